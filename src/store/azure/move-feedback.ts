import type { TransactionAction } from '@azure/data-tables';
import { AlertforestError } from '../../errors.ts';
import { type JudgedAlert, pendingWhole } from '../feedback-change.ts';
import { afterMove, applyMove, holdsWords } from '../feedback-move.ts';
import type { AlertIdentity } from '../feedback-store.ts';
import { type Refusal, readAnew } from './catch-up.ts';
import { idIndexOf, shardOf, transactionOf } from './feedback-rows.ts';
import { checkRow, prefixRange, type TableAccess } from './table-access.ts';

const MAX_ROUNDS = 64;

/** Leads from the vendor's id to the alert; written before the alert, so that none is without it. */
export async function writeReference(
  table: TableAccess,
  { alertKey, alertId, tenant, source }: AlertIdentity,
): Promise<void> {
  const { partition, prefix } = idIndexOf(alertId);
  const row = { partitionKey: partition, rowKey: prefix + alertKey, alertKey, alertId, tenant, source };
  checkRow(row, 'FEEDBACK_INVALID');
  await table.upsert(row);
}

/**
 * Moves what was said about an alert to the key it has now, in three writes, since the two keys lie in two partitions:
 *
 * 1. The former row says where it goes. From here on nothing is written to it but this, and words sent there end here.
 * 2. The new row takes everything over and says where it came from: whoever reads samples counts the new row then, and
 *    the former one until then.
 * 3. The former row is emptied, its markers go.
 *
 * A process that ends in between is followed by whoever is sent a word on the alert next.
 */
export async function moveFeedback(
  table: TableAccess,
  from: string,
  to: AlertIdentity,
  at: string,
  writer: string,
): Promise<boolean> {
  let refused: Refusal | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const former = await readAnew(table, from, refused);
    if (former === undefined) return false;
    const { alert, etag } = former;
    if (alert.movedTo === undefined) {
      const next: JudgedAlert = { ...alert, movedTo: to, nEntries: alert.nEntries + 1 };
      const entry = { at, movedTo: to.alertKey };
      await table.transact(transactionOf(next, { writer, etag, isMarked: false, entry }));
      // Read anew, whoever was first: another may have sent it elsewhere.
      refused = { decidedOn: former, next };
      continue;
    }
    if (!holdsWords(alert)) return alert.movedTo.alertKey === to.alertKey;
    const markers = await markersOf(table, from);
    await takeOver(table, alert, alert.movedTo, { at, writer });
    const emptied = transactionOf(afterMove(alert, alert.movedTo), {
      writer,
      etag,
      isMarked: false,
      entry: { at },
    });
    const actions: TransactionAction[] = [
      emptied[0] as TransactionAction,
      ...markers.map((rowKey): TransactionAction => ['delete', { partitionKey: shardOf(from), rowKey }]),
    ];
    if ((await table.transact(actions)) === undefined) return alert.movedTo.alertKey === to.alertKey;
  }
  throw new AlertforestError('STORE_CONFLICT', `Alert ${from} is moved by too many callers at once.`, {
    retryAfterSeconds: 1,
  });
}

async function takeOver(
  table: TableAccess,
  former: JudgedAlert,
  to: AlertIdentity,
  { at, writer }: { at: string; writer: string },
): Promise<void> {
  let refused: Refusal | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = await readAnew(table, to.alertKey, refused);
    const { next, isMarked } = applyMove(before?.alert, former, to);
    if (next === undefined) return;
    if (before === undefined) await writeReference(table, to);
    const entry = { at, movedFrom: former.snapshot.alertKey };
    const whole = pendingWhole(before?.alert, next);
    await table.transact(transactionOf(next, { writer, etag: before?.etag, isMarked, whole, entry }));
    refused = { decidedOn: before, next };
  }
  throw new AlertforestError(
    'STORE_CONFLICT',
    `Alert ${to.alertKey} is judged by too many callers at once.`,
    {
      retryAfterSeconds: 1,
    },
  );
}

/** Row keys of an alert's markers; at most one for each of its revisions. */
async function markersOf(table: TableAccess, alertKey: string): Promise<readonly string[]> {
  const select = ['PartitionKey', 'RowKey'];
  const rows = await table.all({ partition: shardOf(alertKey), ...prefixRange(`p|${alertKey}|`), select });
  return rows.map(({ rowKey }) => rowKey).slice(0, 90);
}
