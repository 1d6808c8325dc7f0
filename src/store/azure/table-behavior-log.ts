import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { type BehaviorDelta, type BehaviorLog, checkDelta } from '../behavior-log.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { parseRow } from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { checkRow, prefixRange, TableAccess, type TableRow } from './table-access.ts';

const rowSchema = z.object({ instance: z.string(), seq: z.int().min(0) });
const ROWS = prefixRange('d|');

/**
 * {@link BehaviorLog} in one table: a bucket is a partition, a delta a row, its bytes as base64 text. One row an
 * instance and tick, so that a tick costs one transaction however a batch is billed.
 */
export class TableBehaviorLog implements BehaviorLog {
  readonly #table: TableAccess;

  constructor(table: TableClient, settings: StorageCallSettings = {}) {
    this.#table = new TableAccess(table, settings);
  }

  async append(bucket: number, delta: BehaviorDelta): Promise<void> {
    checkDelta(delta);
    const { instance, seq, bytes } = delta;
    // hashed: an instance id may hold characters that a key may not
    const name = createHash('sha256').update(instance).digest('hex').slice(0, 16);
    const row: TableRow = {
      partitionKey: partitionOf(bucket),
      rowKey: `d|${name}|${String(seq).padStart(10, '0')}`,
      instance,
      seq,
      ...longTextProperties('bytes', Buffer.from(bytes).toString('base64')),
    };
    checkRow(row, 'INTERNAL');
    await this.#table.upsert(row);
  }

  async read(bucket: number): Promise<readonly BehaviorDelta[]> {
    const rows = await this.#table.all({ partition: partitionOf(bucket), ...ROWS });
    return rows.map((row) => {
      const { instance, seq } = parseRow(rowSchema, row, 'behavior');
      return { instance, seq, bytes: Buffer.from(longTextOf('bytes', row), 'base64') };
    });
  }

  async drop(bucket: number): Promise<void> {
    const partition = partitionOf(bucket);
    const rows = await this.#table.all({ partition, ...ROWS, select: ['PartitionKey', 'RowKey'] });
    await this.#table.deleteAll(
      partition,
      rows.map(({ rowKey }) => rowKey),
    );
  }
}

const partitionOf = (bucket: number): string => `b${String(bucket).padStart(12, '0')}`;
