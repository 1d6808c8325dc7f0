import { createHash } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { ALERT_KEY } from '../../alert/alert.ts';
import { voteSchema } from '../../alert/judgement.ts';
import { type RecordState, recordStateSchema } from '../../alert/record-state.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { type JudgedAlert, tooManyVotes } from '../feedback-change.ts';
import type { AlertIdentity, HistoryEntry, QuarantineRuling, Withdrawal } from '../feedback-store.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { parseRow, snapshotFromRow, snapshotRowSchema, snapshotToRow } from './snapshot-row.ts';
import { checkRow, type StoredRow, type TableRow } from './table-access.ts';

// Partition of an alert: 's' and the first hex digit of its key. The number of shards is frozen: another number
// would look for an alert where it is not.
export const SHARDS = Array.from({ length: 16 }, (_, i) => `s${i.toString(16)}`);
export const shardOf = (alertKey: string): string => `s${alertKey[0]}`;

export const sampleKey = (alertKey: string): string => `s|${alertKey}`;
export const markerKey = (alertKey: string, rev: number): string =>
  `p|${alertKey}|${String(rev).padStart(6, '0')}`;
export const historyKey = (alertKey: string, entry: number): string =>
  `h|${alertKey}|${String(entry).padStart(6, '0')}`;

const rulingSchema = z.object({
  action: z.enum(['confirm', 'reject']),
  by: z.string(),
  why: z.string().optional(),
  at: z.string(),
});

const withdrawalSchema: z.ZodType<Withdrawal> = z.object({
  analyst: z.string(),
  verified: z.boolean(),
  at: z.string(),
});

const sampleRowSchema = snapshotRowSchema.extend({
  /** 0 where nothing that was ever said teaches. */
  rev: z.int().min(0),
  nEntries: z.int().min(1),
  movedTo: z.string().optional(),
});

const seenSchema = z.object({
  choice: z.enum(['update', 'last', 'sent', 'first']),
  scoredAt: z.string().optional(),
});

const keysRowSchema = z.object({ formerKey: z.string().optional(), movedTo: z.string().optional() });
const movedIdentitySchema = z.object({
  alertKey: z.string().regex(ALERT_KEY),
  alertId: z.string(),
  tenant: z.string().optional(),
  source: z.string(),
}) as z.ZodType<AlertIdentity>;

/** `whole`: see pendingWhole; absent in markers of builds that counted alerts alone. */
export const markerRowSchema = z.object({ timestamp: z.string(), whole: z.string().optional() });
const historyRowSchema = z.object({
  entry: z.int(),
  at: z.string(),
  movedFrom: z.string().optional(),
  movedTo: z.string().optional(),
});
export const referenceRowSchema = z.object({
  alertKey: z.string(),
  alertId: z.string(),
  tenant: z.string().optional(),
  source: z.string(),
});

/** What one entry of the history holds, as JSON. */
export interface EntryTexts {
  readonly at: string;
  readonly vote?: string;
  readonly ruling?: string;
  readonly state?: string;
  readonly withdrawal?: string;
  readonly movedFrom?: string;
  readonly movedTo?: string;
}

export interface StoredAlert {
  readonly alert: JudgedAlert;
  readonly etag: string;
}

export function transactionOf(
  next: JudgedAlert,
  write: {
    writer: string;
    etag: string | undefined;
    isMarked: boolean;
    /** Left out: the alert is a newly judged thing of its own. */
    whole?: string | undefined;
    entry: EntryTexts;
  },
): TransactionAction[] {
  const { alertKey } = next.snapshot;
  const partitionKey = shardOf(alertKey);
  const sample: TableRow = {
    partitionKey,
    rowKey: sampleKey(alertKey),
    ...snapshotToRow(next.snapshot),
    rev: next.rev,
    nEntries: next.nEntries,
    movedTo: next.movedTo === undefined ? undefined : JSON.stringify(next.movedTo),
    ...longTextProperties('votes', JSON.stringify(next.votes)),
    ...(next.records.length === 0 ? {} : longTextProperties('records', JSON.stringify(next.records))),
    ...(next.seen === undefined ? {} : { seen: JSON.stringify(next.seen) }),
    ...(next.ruling === undefined ? {} : longTextProperties('ruling', JSON.stringify(next.ruling))),
  };
  const { at, vote = '', ruling = '', state = '', withdrawal, movedFrom, movedTo } = write.entry;
  const history: TableRow = {
    partitionKey,
    rowKey: historyKey(alertKey, next.nEntries),
    entry: next.nEntries,
    at,
    // Id of the call, so that it can tell its own write from another's.
    writer: write.writer,
    ...longTextProperties('vote', vote),
    ...longTextProperties('ruling', ruling),
    ...longTextProperties('state', state),
    ...(withdrawal === undefined ? {} : { withdrawal }),
    movedFrom,
    movedTo,
  };
  checkReadBack(alertKey, sample, history);
  try {
    checkRow(sample, 'FEEDBACK_INVALID');
    checkRow(history, 'FEEDBACK_INVALID');
  } catch (error) {
    if (hasCode(error, 'FEEDBACK_INVALID') && next.votes.length > 1) throw tooManyVotes(alertKey, error);
    throw error;
  }
  const marker: TableRow = { partitionKey, rowKey: markerKey(alertKey, next.rev), whole: write.whole };
  return [
    // The etag must be the fourth item of the tuple; inside the row it would be ignored and an update lost.
    write.etag === undefined ? ['create', sample] : ['update', sample, 'Replace', { etag: write.etag }],
    ['create', history],
    ...(write.isMarked ? [['create', marker] satisfies TransactionAction] : []),
  ];
}

/** What nothing could read again is never written. @throws AlertforestError FEEDBACK_INVALID that names the field */
function checkReadBack(alertKey: string, sample: TableRow, history: TableRow): void {
  try {
    toStoredAlert({ ...sample, etag: '' });
    toHistoryEntry(alertKey, { ...history, etag: '' });
  } catch (cause) {
    if (!hasCode(cause, 'STORE_CORRUPT')) throw cause;
    const message = `The judgement of alert ${alertKey} was not stored, since it could not be read again: ${cause.message}`;
    throw new AlertforestError('FEEDBACK_INVALID', message, { cause });
  }
}

export function idIndexOf(alertId: string): { partition: string; prefix: string } {
  const hash = createHash('sha256').update(alertId).digest('hex').slice(0, 32);
  return { partition: `i${hash[0]}`, prefix: `i|${hash}|` };
}

/** @throws AlertforestError STORE_CORRUPT that names the alert */
export function toStoredAlert(row: StoredRow): StoredAlert {
  try {
    return storedAlertOf(row);
  } catch (error) {
    if (!hasCode(error, 'STORE_CORRUPT')) throw error;
    const alertKey = row.rowKey.split('|')[1] ?? row.rowKey;
    throw new AlertforestError('STORE_CORRUPT', `Judged alert ${alertKey}: ${error.message}`, {
      cause: error,
    });
  }
}

function storedAlertOf(row: StoredRow): StoredAlert {
  const { rev, nEntries, movedTo, ...snapshot } = parseRow(sampleRowSchema, row, 'feedback');
  const ruling = longTextOf('ruling', row);
  const records = longTextOf('records', row);
  const seen = row['seen'];
  const alert: JudgedAlert = {
    snapshot: snapshotFromRow(snapshot),
    seen: typeof seen === 'string' ? parseJson(seenSchema, seen) : undefined,
    votes: parseJson(z.array(voteSchema), longTextOf('votes', row)),
    records: records === '' ? [] : parseJson(z.array(recordStateSchema), records),
    rev,
    nEntries,
    ruling: ruling === '' ? undefined : toRuling(ruling),
    ...(movedTo === undefined ? {} : { movedTo: parseJson<AlertIdentity>(movedIdentitySchema, movedTo) }),
  };
  return { alert, etag: row.etag };
}

/** The other keys of an alert, out of a row of which little more was read. */
export function keysOf(row: StoredRow): {
  formerKey: string | undefined;
  movedTo: AlertIdentity | undefined;
} {
  const { formerKey, movedTo } = parseRow(keysRowSchema, row, 'feedback');
  return {
    formerKey,
    movedTo: movedTo === undefined ? undefined : parseJson<AlertIdentity>(movedIdentitySchema, movedTo),
  };
}

export function toHistoryEntry(alertKey: string, row: StoredRow): HistoryEntry {
  const { entry, at, movedFrom, movedTo } = parseRow(historyRowSchema, row, 'feedback history');
  const ruling = longTextOf('ruling', row);
  const vote = longTextOf('vote', row);
  const state = longTextOf('state', row);
  const withdrawal = row['withdrawal'];
  return {
    alertKey,
    entry,
    at,
    vote: vote === '' ? undefined : parseJson(voteSchema, vote),
    ...(state === '' ? {} : { state: parseJson<RecordState>(recordStateSchema, state) }),
    ruling: ruling === '' ? undefined : toRuling(ruling),
    ...(typeof withdrawal === 'string' ? { withdrawal: parseJson(withdrawalSchema, withdrawal) } : {}),
    ...(movedFrom === undefined ? {} : { moved: { from: movedFrom } }),
    ...(movedTo === undefined ? {} : { moved: { to: movedTo } }),
  };
}

export function historyTexts({
  vote,
  state,
  ruling,
  withdrawal,
  moved,
}: HistoryEntry): Record<string, string> {
  const text = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));
  return {
    ...longTextProperties('vote', text(vote)),
    ...longTextProperties('state', text(state)),
    ...longTextProperties('ruling', text(ruling)),
    ...(withdrawal === undefined ? {} : { withdrawal: text(withdrawal) }),
    ...(moved === undefined ? {} : 'from' in moved ? { movedFrom: moved.from } : { movedTo: moved.to }),
  };
}

function toRuling(text: string): QuarantineRuling {
  const { action, by, why, at } = parseJson(rulingSchema, text);
  return { action, by, why, at };
}

function parseJson<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read a row of feedback: it holds no JSON.', {
      cause,
    });
  }
  return parseRow(schema, value, 'feedback');
}
