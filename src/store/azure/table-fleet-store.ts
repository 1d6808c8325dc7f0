import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import type { FleetStore, InstanceReport } from '../fleet-store.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { parseRow } from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { checkRow, odataText, TableAccess, type TableRow } from './table-access.ts';

const PARTITION = 'fleet';
/** Every row key of the partition: they are hexadecimal. */
const ALL_ROWS = { partition: PARTITION, from: '0', below: 'g' };
/** Instances come and go with the load; those unseen for this long are forgotten. */
const FORGET_AFTER_MS = 7 * 86_400_000;

const rowSchema = z.object({
  instanceId: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  release: z.string().optional(),
});
const textsSchema = z.record(z.string(), z.string());

/** {@link FleetStore} in one partition of one table, a row an instance. */
export class TableFleetStore implements FleetStore {
  readonly #table: TableAccess;
  #forgottenAtMs = Number.NEGATIVE_INFINITY;

  constructor(table: TableClient, settings: StorageCallSettings = {}) {
    this.#table = new TableAccess(table, settings);
  }

  async report(instance: InstanceReport): Promise<void> {
    const { instanceId, startedAt, release } = instance;
    const seenAtMs = Date.parse(instance.seenAt);
    const row: TableRow = {
      partitionKey: PARTITION,
      // Hashed: an instance id may hold characters that a key may not.
      rowKey: createHash('sha256').update(instanceId).digest('hex').slice(0, 32),
      instanceId,
      startedAt,
      seenAt: new Date(seenAtMs).toISOString(),
      release,
      ...longTextProperties('versions', JSON.stringify(instance.versions)),
      ...longTextProperties('sketches', JSON.stringify(instance.sketches)),
    };
    checkRow(row, 'INTERNAL');
    await this.#table.upsert(row);
    if (seenAtMs - this.#forgottenAtMs < FORGET_AFTER_MS) return;
    this.#forgottenAtMs = seenAtMs;
    await this.#forget(seenAtMs - FORGET_AFTER_MS);
  }

  async list(sinceMs: number): Promise<readonly InstanceReport[]> {
    const where = `seenAt ge ${odataText(new Date(sinceMs).toISOString())}`;
    const rows = await this.#table.all({ ...ALL_ROWS, where });
    return rows.map((row) => {
      const { instanceId, startedAt, seenAt, release } = parseRow(rowSchema, row, 'the fleet');
      const [versions, sketches] = [textsOf('versions', row), textsOf('sketches', row)];
      return { instanceId, startedAt, seenAt, release, versions, sketches };
    });
  }

  async #forget(beforeMs: number): Promise<void> {
    const where = `seenAt lt ${odataText(new Date(beforeMs).toISOString())}`;
    const rows = await this.#table.all({ ...ALL_ROWS, where, select: ['PartitionKey', 'RowKey'] });
    await this.#table.deleteAll(
      PARTITION,
      rows.map(({ rowKey }) => rowKey),
    );
  }
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
