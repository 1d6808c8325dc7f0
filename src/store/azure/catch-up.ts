import { AlertforestError, hasCode } from '../../errors.ts';
import {
  applyRuling,
  applyState,
  applyVote,
  applyWithdrawal,
  emptyAlert,
  type FeedbackChange,
  type JudgedAlert,
  pendingWhole,
} from '../feedback-change.ts';
import type { HistoryEntry } from '../feedback-store.ts';
import { unlessDamaged } from '../set-aside.ts';
import {
  historyKey,
  type StoredAlert,
  sampleKey,
  shardOf,
  toHistoryEntry,
  toStoredAlert,
  transactionOf,
} from './feedback-rows.ts';
import { parseRow, snapshotFromRow, snapshotRowSchema } from './snapshot-row.ts';
import { prefixRange, type TableAccess } from './table-access.ts';

// A sample and its history are written together, so a history that goes further than the sample says that the sample's
// row was put back to an earlier state from outside. Every later write would find its entry taken.

/** Who is said to have written an entry that a repair made. */
const WRITER = 'repair';

/** The row of an alert as it is stored under this very key. */
export async function readStored(table: TableAccess, alertKey: string): Promise<StoredAlert | undefined> {
  const row = await table.get(shardOf(alertKey), sampleKey(alertKey));
  return row && toStoredAlert(row);
}

/** A write that may not have gone through: what it was decided on, and what would have stood then. */
export interface Refusal {
  readonly decidedOn: StoredAlert | undefined;
  readonly next: JudgedAlert;
}

/**
 * As {@link readStored}, after a write that was decided on `refused` did not go through: where the row is still that
 * one, it is brought up to its history first.
 */
export async function readAnew(
  table: TableAccess,
  alertKey: string,
  refused: Refusal | undefined,
): Promise<StoredAlert | undefined> {
  const stored = await readStored(table, alertKey);
  if (refused === undefined || stored?.etag !== refused.decidedOn?.etag) return stored;
  const base = stored?.alert ?? emptyAlert(refused.next);
  return (await sayMissed(table, base, stored?.etag)) ? readStored(table, alertKey) : stored;
}

/** Brings the row of an alert up to its history. @returns false where it is there already, or there is no row */
export async function catchUp(table: TableAccess, alertKey: string): Promise<boolean> {
  const stored = await readStored(table, alertKey);
  return stored !== undefined && sayMissed(table, stored.alert, stored.etag);
}

/**
 * Makes the rows of a shard that cannot be read again from their histories. What is kept of such a row is its snapshot;
 * one whose snapshot or history cannot be read either is left.
 */
export async function* rebuilt(table: TableAccess, partition: string): AsyncGenerator<string> {
  for await (const page of table.pages({ partition, ...prefixRange('s|') })) {
    for (const row of page) {
      if (unlessDamaged(() => toStoredAlert(row)) !== undefined) continue;
      const snapshot = unlessDamaged(() => snapshotFromRow(parseRow(snapshotRowSchema, row, 'feedback')));
      if (snapshot === undefined) continue;
      const rev = Number.isInteger(row['rev']) ? (row['rev'] as number) : 0;
      const base = { ...emptyAlert({ snapshot, seen: undefined }), rev };
      try {
        if (await sayMissed(table, base, row.etag)) yield snapshot.alertKey;
      } catch (error) {
        if (!hasCode(error, 'STORE_CORRUPT')) throw error;
      }
    }
  }
}

/** Alerts of a shard whose row is older than their history, or has gone. */
export async function* rowsBehind(table: TableAccess, partition: string): AsyncGenerator<string> {
  const select = ['PartitionKey', 'RowKey'];
  const newest = new Map<string, number>();
  for await (const page of table.pages({ partition, ...prefixRange('h|'), select })) {
    for (const { rowKey } of page) {
      const [, alertKey = '', entry] = rowKey.split('|');
      newest.set(alertKey, Number(entry));
    }
  }
  for await (const page of table.pages({
    partition,
    ...prefixRange('s|'),
    select: [...select, 'nEntries'],
  })) {
    for (const { rowKey, nEntries } of page) {
      const alertKey = rowKey.split('|')[1] ?? '';
      // written since is not behind: the history was read first
      if (Number(nEntries) < (newest.get(alertKey) ?? 0)) yield alertKey;
      newest.delete(alertKey);
    }
  }
  // of these the row has gone as a whole
  yield* newest.keys();
}

/**
 * Says again what the history holds beyond `base`, and leaves a marker, so that it is learned.
 *
 * @param etag of the row that `base` was read from; undefined where there is none
 * @returns false where the history goes no further, or another writer was first
 * @throws AlertforestError STORE_CORRUPT where the alert has moved to another key or from one since
 */
async function sayMissed(table: TableAccess, base: JudgedAlert, etag: string | undefined): Promise<boolean> {
  const { alertKey } = base.snapshot;
  const partition = shardOf(alertKey);
  const rows = await table.all({
    partition,
    from: historyKey(alertKey, base.nEntries + 1),
    below: prefixRange(`h|${alertKey}|`).below,
  });
  const missed = rows.map((row) => toHistoryEntry(alertKey, row));
  const last = missed.at(-1);
  if (last === undefined) return false;
  const markers = await table.all({
    partition,
    ...prefixRange(`p|${alertKey}|`),
    select: ['PartitionKey', 'RowKey'],
  });
  const said = missed.reduce(sayAgain, base);
  // no release may have consumed it: a revision rises by one an entry at most
  const rev = Math.max(base.rev + missed.length, ...markers.map(({ rowKey }) => revOf(rowKey))) + 1;
  const next: JudgedAlert = { ...said, rev, nEntries: last.entry + 1 };
  const refused = await table.transact(
    transactionOf(next, {
      writer: WRITER,
      etag,
      isMarked: true,
      whole: pendingWhole(base, next),
      entry: { at: last.at },
    }),
  );
  return refused === undefined;
}

const revOf = (rowKey: string): number => Number(rowKey.split('|')[2] ?? 0);

function sayAgain(before: JudgedAlert, entry: HistoryEntry): JudgedAlert {
  const { vote, state, ruling, withdrawal, moved } = entry;
  if (moved !== undefined) {
    const { alertKey } = before.snapshot;
    throw new AlertforestError(
      'STORE_CORRUPT',
      `The row of judged alert ${alertKey} is older than its history, in which it has moved ${'to' in moved ? `to ${moved.to}` : `from ${moved.from}`}: restore the row.`,
    );
  }
  const changes: readonly ((alert: JudgedAlert) => FeedbackChange)[] = [
    ...(vote === undefined ? [] : [(alert: JudgedAlert) => applyVote(alert, undefined, vote)]),
    ...(state === undefined ? [] : [(alert: JudgedAlert) => applyState(alert, undefined, state)]),
    ...(ruling === undefined ? [] : [(alert: JudgedAlert) => applyRuling(alert, ruling)]),
    ...(withdrawal === undefined ? [] : [(alert: JudgedAlert) => applyWithdrawal(alert, withdrawal)]),
  ];
  return changes.reduce((alert, change) => change(alert).next ?? alert, before);
}
