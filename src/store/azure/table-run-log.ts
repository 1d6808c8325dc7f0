import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import { checkReadable } from '../check-readable.ts';
import { ownerSchema } from '../owner.ts';
import type { InspectionRecord, RunLog, RunRecord, TickRecord } from '../run-log.ts';
import { SetAside, unlessDamaged } from '../set-aside.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { parseRow } from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { prefixRange, type StoredRow, TableAccess, type TableRow } from './table-access.ts';

const PARTITION = 'runs';
/** What rows that were set aside are called. */
const RUNS = 'the retrain log';
const nameOf = (runId: string): string => `run ${runId}`;
const TICK = 'tick';
const INSPECTION = 'inspection';
/** Past every moment that ISO text of four-digit years can name. */
const END_OF_TIME_MS = 253_402_300_800_000;
const RUN_ID = /^[A-Za-z0-9._-]{1,200}$/;

const states = z.enum(['running', 'promoted', 'refused', 'below', 'busy', 'superseded', 'failed']);

const runSchema = z.object({
  runId: z.string(),
  trigger: z.enum(['timer', 'queue', 'manual', 'bootstrap']),
  state: states,
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  stage: z.string(),
  progress: z.number(),
  pending: z.number().optional(),
  release: z.string().optional(),
  reasons: z.array(z.string()),
  error: z.string().optional(),
  owner: ownerSchema.optional(),
});

const tickSchema = z.object({ at: z.string(), isPastDue: z.boolean(), result: states });

/** A record is cut to this before it is written: reasons and errors are for people, and a row has limits. */
const MAX_TEXT = 4_000;
const MAX_REASONS = 50;
const inspectionSchema = z.object({ at: z.string(), damage: z.array(z.string()) });
const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/**
 * {@link RunLog} in one partition of one table, every record twice in one transaction:
 *
 *     r|<run>           by id
 *     t|<time>|<run>    by start, newest first: `time` falls as time rises
 *     tick              the last tick
 *     inspection        the last inspection
 */
export class TableRunLog implements RunLog {
  readonly #table: TableAccess;
  readonly #setAside: SetAside;

  constructor(table: TableClient, settings: StorageCallSettings = {}, setAside = new SetAside()) {
    this.#table = new TableAccess(table, settings);
    this.#setAside = setAside;
  }

  async put(run: RunRecord): Promise<void> {
    const startedAtMs = Date.parse(run.startedAt);
    if (!RUN_ID.test(run.runId) || Number.isNaN(startedAtMs)) {
      throw new RangeError(
        `Expected a run with a \`runId\` of letters, digits, ".", "_" and "-" and an ISO \`startedAt\`, got ${run.runId} and ${run.startedAt}.`,
      );
    }
    const clipped = {
      ...run,
      reasons: run.reasons.slice(0, MAX_REASONS).map(clip),
      error: run.error === undefined ? undefined : clip(run.error),
    };
    checkReadable(`run ${run.runId}`, runSchema, clipped);
    const json = JSON.stringify(clipped);
    const time = String(END_OF_TIME_MS - startedAtMs).padStart(15, '0');
    const rows = [`r|${run.runId}`, `t|${time}|${run.runId}`].map(
      (rowKey): TableRow => ({ partitionKey: PARTITION, rowKey, ...longTextProperties('json', json) }),
    );
    await this.#table.transact(rows.map((row) => ['upsert', row, 'Replace']));
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    if (!RUN_ID.test(runId)) return undefined;
    const row = await this.#table.get(PARTITION, `r|${runId}`);
    return row && toRun(row);
  }

  async list(limit: number): Promise<readonly RunRecord[]> {
    const runs: RunRecord[] = [];
    // A run that was queued and began later has a row for either time; the later one comes first and is the newer.
    const seen = new Set<string>();
    const query = { partition: PARTITION, ...prefixRange('t|'), pageSize: Math.min(limit, 1_000) };
    pages: for await (const page of this.#table.pages(query)) {
      for (const row of page) {
        if (runs.length === limit) break pages;
        const runId = runIdOf(row);
        if (seen.has(runId)) continue;
        seen.add(runId);
        const run = this.#setAside.read(RUNS, nameOf(runId), () => toRun(row));
        if (run !== undefined) runs.push(run);
      }
      if (runs.length === limit) break;
    }
    await this.#forgetRemoved(seen);
    return runs;
  }

  /** What was set aside and has been removed since, on another instance or by hand. */
  async #forgetRemoved(seen: ReadonlySet<string>): Promise<void> {
    for (const name of this.#setAside.names(RUNS)) {
      const runId = name.slice(nameOf('').length);
      if (!name.startsWith(nameOf('')) || seen.has(runId)) continue;
      if ((await this.#table.get(PARTITION, `r|${runId}`, ['RowKey'])) === undefined)
        this.#setAside.clear(RUNS, name);
    }
  }

  async prune(keep: number): Promise<number> {
    const kept = new Set<string>();
    const old = new Set<string>();
    const rowKeys: string[] = [];
    const query = { partition: PARTITION, ...prefixRange('t|'), select: ['PartitionKey', 'RowKey'] };
    for await (const page of this.#table.pages(query)) {
      for (const row of page) {
        const runId = runIdOf(row);
        if (kept.has(runId) || kept.size < keep) {
          kept.add(runId);
          continue;
        }
        if (!old.has(runId)) rowKeys.push(`r|${runId}`);
        old.add(runId);
        rowKeys.push(row.rowKey);
      }
    }
    await this.#table.deleteAll(PARTITION, rowKeys);
    for (const runId of old) this.#setAside.clear(RUNS, nameOf(runId));
    return old.size;
  }

  async dropUnreadable(): Promise<number> {
    const rowKeys = new Set<string>();
    const isRead = (row: StoredRow): boolean =>
      unlessDamaged(() => (READERS[row.rowKey] ?? toRun)(row)) !== undefined;
    for await (const page of this.#table.pages({ partition: PARTITION, from: '', below: '~' }))
      for (const row of page) {
        if (isRead(row)) continue;
        rowKeys.add(row.rowKey);
        // what no list shows any more is not kept by its id alone
        if (row.rowKey.startsWith('t|')) rowKeys.add(`r|${runIdOf(row)}`);
      }
    await this.#table.deleteAll(PARTITION, [...rowKeys]);
    this.#setAside.keep(RUNS, new Set());
    return rowKeys.size;
  }

  async putTick({ at, isPastDue, result }: TickRecord): Promise<void> {
    const tick = { at, isPastDue, result };
    checkReadable('the last tick', tickSchema, tick);
    await this.#table.upsert({ partitionKey: PARTITION, rowKey: TICK, ...tick });
  }

  async putInspection({ at, damage }: InspectionRecord): Promise<void> {
    const clipped = { at, damage: damage.slice(0, MAX_REASONS).map(clip) };
    checkReadable('the last inspection', inspectionSchema, clipped);
    const json = longTextProperties('json', JSON.stringify(clipped));
    await this.#table.upsert({ partitionKey: PARTITION, rowKey: INSPECTION, ...json });
  }

  async lastInspection(): Promise<InspectionRecord | undefined> {
    const row = await this.#table.get(PARTITION, INSPECTION);
    if (row === undefined) return undefined;
    return this.#setAside.read(RUNS, 'the last inspection', () => toInspection(row));
  }

  async lastTick(): Promise<TickRecord | undefined> {
    const row = await this.#table.get(PARTITION, TICK);
    if (row === undefined) return undefined;
    return this.#setAside.read(RUNS, 'the last tick', () => toTick(row));
  }
}

/** Of a row by start: `t|<time>|<run>`. */
const runIdOf = ({ rowKey }: StoredRow): string => rowKey.slice(rowKey.indexOf('|', 2) + 1);

const toTick = (row: StoredRow): TickRecord => parseRow(tickSchema, row, RUNS);
const toInspection = (row: StoredRow): InspectionRecord => parseRow(inspectionSchema, parsedJson(row), RUNS);

const READERS: Readonly<Record<string, (row: StoredRow) => unknown>> = {
  [TICK]: toTick,
  [INSPECTION]: toInspection,
};

function parsedJson(row: StoredRow): unknown {
  try {
    return JSON.parse(longTextOf('json', row));
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read a row of the retrain log: it holds no JSON.', {
      cause,
    });
  }
}

function toRun(row: StoredRow): RunRecord {
  const value = parsedJson(row);
  const { finishedAt, pending, release, error, ...run } = parseRow(runSchema, value, RUNS);
  return { ...run, finishedAt, pending, release, error };
}
