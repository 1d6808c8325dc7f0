import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import type { FleetStore, HeardInstance, InstanceReport } from '../fleet-store.ts';
import { SetAside, unlessDamaged } from '../set-aside.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { parseRow } from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { checkRow, type StoredRow, TableAccess, type TableRow } from './table-access.ts';

const PARTITION = 'fleet';
/** Every row key of the partition: they are hexadecimal. */
const ALL_ROWS = { partition: PARTITION, from: '0', below: 'g' };
/** Instances come and go with the load; those unseen for this long are forgotten. */
const FORGET_AFTER_MS = 7 * 86_400_000;

/** Rows asked for beyond the age asked for: the clock of storage is known to a second. */
const CLOCK_SLACK_MS = 2_000;

const rowSchema = z.object({
  timestamp: z.iso.datetime(),
  instanceId: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  release: z.string().optional(),
});
const textsSchema = z.record(z.string(), z.string());

/** A moment in an OData condition. */
const odataMoment = (ms: number): string => `datetime'${new Date(ms).toISOString()}'`;

/** The row key is hashed: an instance id may hold characters that a key may not. */
const rowKeyOf = (instanceId: string): string =>
  createHash('sha256').update(instanceId).digest('hex').slice(0, 32);

/**
 * {@link FleetStore} in one partition of one table, a row an instance. Ages are the time between the row's own
 * `Timestamp` and the date of the answer, both by the clock of storage.
 */
export class TableFleetStore implements FleetStore {
  readonly #table: TableAccess;
  readonly #forgetAfterMs: number;
  readonly #setAside: SetAside;
  #forgottenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    table: TableClient,
    { forgetAfterMs = FORGET_AFTER_MS, ...settings }: StorageCallSettings & { forgetAfterMs?: number } = {},
    setAside = new SetAside(),
  ) {
    this.#setAside = setAside;
    this.#table = new TableAccess(table, settings);
    this.#forgetAfterMs = forgetAfterMs;
  }

  async report(instance: InstanceReport): Promise<void> {
    const { instanceId, startedAt, release } = instance;
    const row: TableRow = {
      partitionKey: PARTITION,
      rowKey: rowKeyOf(instanceId),
      instanceId,
      startedAt,
      seenAt: new Date(Date.parse(instance.seenAt)).toISOString(),
      release,
      ...longTextProperties('versions', JSON.stringify(instance.versions)),
      ...longTextProperties('sketches', JSON.stringify(instance.sketches)),
    };
    checkRow(row, 'INTERNAL');
    await this.#table.upsert(row);
    const nowMs = this.#table.clock.now();
    if (nowMs === undefined || nowMs - this.#forgottenAtMs < this.#forgetAfterMs) return;
    this.#forgottenAtMs = nowMs;
    await this.#forget(nowMs - this.#forgetAfterMs);
  }

  async list(maxAgeMs: number): Promise<readonly HeardInstance[]> {
    // Sketches are large, so old rows are left out where the clock of storage is known; the answer decides.
    const knownMs = this.#table.clock.now();
    const oldestMs = knownMs === undefined ? undefined : knownMs - maxAgeMs - CLOCK_SLACK_MS;
    const where =
      oldestMs === undefined ? {} : { where: `Timestamp ge ${odataMoment(Math.max(0, oldestMs))}` };
    const rows = await this.#table.all({ ...ALL_ROWS, ...where });
    const nowMs = this.#table.clock.now() ?? Number.NaN;
    this.#setAside.keep('the fleet', new Set(rows.map(nameOf)));
    return rows.flatMap((row) => {
      const heard = this.#setAside.read('the fleet', nameOf(row), () => toInstance(row, nowMs));
      return heard !== undefined && heard.ageMs <= maxAgeMs ? [heard] : [];
    });
  }

  async dropUnreadable(): Promise<number> {
    const rows = await this.#table.all(ALL_ROWS);
    const rowKeys = rows
      .filter((row) => unlessDamaged(() => toInstance(row, 0)) === undefined)
      .map(({ rowKey }) => rowKey);
    await this.#table.deleteAll(PARTITION, rowKeys);
    this.#setAside.keep('the fleet', new Set());
    return rowKeys.length;
  }

  async withdraw(instanceId: string): Promise<void> {
    await this.#table.delete(PARTITION, rowKeyOf(instanceId));
  }

  async #forget(beforeMs: number): Promise<void> {
    const where = `Timestamp lt ${odataMoment(beforeMs)}`;
    const rows = await this.#table.all({ ...ALL_ROWS, where, select: ['PartitionKey', 'RowKey'] });
    await this.#table.deleteAll(
      PARTITION,
      rows.map(({ rowKey }) => rowKey),
    );
  }
}

const nameOf = ({ rowKey, instanceId }: StoredRow): string =>
  typeof instanceId === 'string' ? `instance ${instanceId}` : `row ${rowKey}`;

function toInstance(row: StoredRow, nowMs: number): HeardInstance {
  const { timestamp, ...report } = parseRow(rowSchema, row, 'the fleet');
  const [versions, sketches] = [textsOf('versions', row), textsOf('sketches', row)];
  const storedAtMs = Date.parse(timestamp);
  const ageMs = Math.max(0, nowMs - storedAtMs);
  const skewMs = Date.parse(report.seenAt) - storedAtMs;
  return { ...report, release: report.release, versions, sketches, ageMs, skewMs };
}

function textsOf(name: string, row: Readonly<Record<string, unknown>>): Record<string, string> {
  try {
    return textsSchema.parse(JSON.parse(longTextOf(name, row)));
  } catch (cause) {
    throw new AlertforestError(
      'STORE_CORRUPT',
      `Cannot read a row of the fleet: \`${name}\` is no JSON of texts.`,
      {
        cause,
      },
    );
  }
}
