import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { AlertforestError } from '../errors.ts';
import { OnDemandTable } from './on-demand-table.ts';
import type { RunLog, RunRecord, TickRecord } from './run-log.ts';
import { StorageCaller, type StorageCallSettings } from './storage-call.ts';

const RUNS = 'run';
/** The same runs by time: the row key falls as time rises, so the newest come first. */
const BY_TIME = 'time';
const TICK = 'tick';
const LATEST = 'latest';
/** Past every time that can be written as ISO text: 9999-12-31. */
const END_OF_TIME_MS = 253_402_300_800_000;

const states = z.enum(['running', 'promoted', 'refused', 'below', 'busy', 'superseded', 'failed']);
const optional = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const runSchema = z.object({
  runId: z.string(),
  trigger: z.enum(['timer', 'queue', 'manual', 'bootstrap']),
  state: states,
  startedAt: z.string(),
  finishedAt: optional,
  stage: z.string(),
  progress: z.number(),
  pending: z
    .number()
    .nullish()
    .transform((n) => n ?? undefined),
  release: optional,
  reasons: z.array(z.string()),
  error: optional,
});
const tickSchema = z.object({ at: z.string(), isPastDue: z.boolean(), result: states });

interface JsonRow {
  readonly json: string;
}

/** Reasons and errors are cut so that a record always fits one property of 32 Ki characters. */
const MAX_TEXT = 2_000;
const MAX_REASONS = 12;
const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** {@link RunLog} in one table: a row by id, a row by time, and the last tick. */
export class TableRunLog implements RunLog {
  readonly #table: OnDemandTable;

  constructor(client: TableClient, settings: StorageCallSettings = {}) {
    this.#table = new OnDemandTable(client, new StorageCaller(settings));
  }

  async put(run: RunRecord): Promise<void> {
    const json = JSON.stringify({
      ...run,
      reasons: run.reasons.slice(0, MAX_REASONS).map(clip),
      error: run.error === undefined ? undefined : clip(run.error),
    });
    const what = `write retrain run ${run.runId}`;
    // By id first: a run that is listed can always be asked for.
    await this.#table.put<JsonRow>(what, { partitionKey: RUNS, rowKey: run.runId, json });
    await this.#table.put<JsonRow>(what, { partitionKey: BY_TIME, rowKey: timeKey(run), json });
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    const row = await this.#table.get<JsonRow>(`read retrain run ${runId}`, RUNS, runId);
    return row && parsed(runSchema, row.json);
  }

  async list(limit: number): Promise<readonly RunRecord[]> {
    const rows = await this.#table.query<JsonRow>('list retrain runs', `PartitionKey eq '${BY_TIME}'`, limit);
    return rows.map(({ json }) => parsed(runSchema, json));
  }

  async putTick(tick: TickRecord): Promise<void> {
    await this.#table.put<JsonRow>('write the last tick', {
      partitionKey: TICK,
      rowKey: LATEST,
      json: JSON.stringify(tick),
    });
  }

  async lastTick(): Promise<TickRecord | undefined> {
    const row = await this.#table.get<JsonRow>('read the last tick', TICK, LATEST);
    return row && parsed(tickSchema, row.json);
  }
}

function timeKey(run: RunRecord): string {
  const leftMs = END_OF_TIME_MS - Date.parse(run.startedAt);
  return `${String(leftMs).padStart(15, '0')}-${run.runId}`;
}

function parsed<T>(schema: z.ZodType<T>, json: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'A row of the retrain log does not hold what it should.', {
      cause,
    });
  }
}
