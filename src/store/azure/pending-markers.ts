import type { PendingMarker, PendingSummary } from '../feedback-store.ts';
import { markerKey, markerRowSchema, SHARDS, shardOf } from './feedback-rows.ts';
import { checkAlertKey, parseRow } from './snapshot-row.ts';
import { prefixRange, type TableAccess } from './table-access.ts';

/** Which judged alerts wait for a retrain: the rows `p|<key>|<rev>` of the feedback table, read and removed alone. */
export class PendingMarkers {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  /** How many judged alerts wait, and since when the oldest does, ISO. */
  async summarize(): Promise<PendingSummary> {
    const shards = await Promise.all(SHARDS.map((shard) => this.#markedIn(shard)));
    const oldest = shards.flatMap(({ oldestAt }) => (oldestAt === undefined ? [] : [oldestAt])).sort();
    // the alerts of one incident lie in many shards
    const judged = new Set(shards.flatMap(({ judged }) => judged));
    return { count: judged.size, oldestAt: oldest[0] };
  }

  /** The newest revision of each alert that waits. */
  async list(): Promise<readonly PendingMarker[]> {
    const shards = await Promise.all(SHARDS.map((shard) => this.#markers(shard)));
    return shards.flatMap((markers) =>
      [...markers].map(([alertKey, revs]) => ({ alertKey, rev: revs.at(-1) as number })),
    );
  }

  /** Removes the markers of these alerts up to their revisions; newer ones stay. */
  async consume(markers: readonly PendingMarker[]): Promise<void> {
    const shards = new Map<string, Map<string, number>>();
    for (const { alertKey, rev } of markers) {
      const shard = shardOf(checkAlertKey(alertKey));
      const revs = shards.get(shard) ?? new Map<string, number>();
      shards.set(shard, revs.set(alertKey, Math.max(rev, revs.get(alertKey) ?? 0)));
    }
    await Promise.all([...shards].map(([shard, revs]) => this.#consumeShard(shard, revs)));
  }

  /** Revisions of each pending alert of a shard, ascending. */
  async #markers(partition: string): Promise<Map<string, number[]>> {
    const markers = new Map<string, number[]>();
    const query = { partition, ...prefixRange('p|'), select: ['PartitionKey', 'RowKey'] };
    for await (const page of this.#table.pages(query)) {
      for (const { rowKey } of page) {
        const [, alertKey = '', rev = ''] = rowKey.split('|');
        const revs = markers.get(alertKey);
        if (revs) revs.push(Number(rev));
        else markers.set(alertKey, [Number(rev)]);
      }
    }
    return markers;
  }

  /** A marker never changes, so the time its row was last changed is when it was written: also in older tables. */
  async #markedIn(
    partition: string,
  ): Promise<{ readonly judged: readonly string[]; readonly oldestAt: string | undefined }> {
    /** Alert -> what its newest marker counts as; rows come in the order of their revisions. */
    const judged = new Map<string, string>();
    let oldestAt: string | undefined;
    const query = {
      partition,
      ...prefixRange('p|'),
      select: ['PartitionKey', 'RowKey', 'Timestamp', 'whole'],
    };
    for await (const page of this.#table.pages(query)) {
      for (const row of page) {
        const { timestamp, whole } = parseRow(markerRowSchema, row, 'feedback markers');
        const at = new Date(timestamp).toISOString();
        if (oldestAt === undefined || at < oldestAt) oldestAt = at;
        const alertKey = row.rowKey.split('|')[1] ?? '';
        judged.set(alertKey, whole ?? alertKey);
      }
    }
    return { judged: [...judged.values()], oldestAt };
  }

  async #consumeShard(shard: string, upTo: ReadonlyMap<string, number>): Promise<void> {
    const markers = await this.#markers(shard);
    const rowKeys: string[] = [];
    for (const [alertKey, rev] of upTo) {
      for (const found of markers.get(alertKey) ?? []) {
        if (found <= rev) rowKeys.push(markerKey(alertKey, found));
      }
    }
    await this.#table.deleteAll(shard, rowKeys);
  }
}
