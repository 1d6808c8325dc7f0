import { createHash, randomUUID } from 'node:crypto';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { type Vote, voteSchema } from '../../alert/judgement.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import {
  applyRuling,
  applyVote,
  type FeedbackChange,
  type JudgedAlert,
  tooManyVotes,
  toSample,
} from '../feedback-change.ts';
import type {
  AlertReference,
  FeedbackSample,
  FeedbackStore,
  HistoryEntry,
  PendingMarker,
  PendingSummary,
  QuarantineRuling,
  SubmitResult,
} from '../feedback-store.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import {
  checkAlertKey,
  parseRow,
  snapshotFromRow,
  snapshotRowSchema,
  snapshotToRow,
} from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { checkRow, prefixRange, type StoredRow, TableAccess, type TableRow } from './table-access.ts';

// Partition of an alert: 's' and the first hex digit of its key. The number of shards is frozen: another number
// would look for an alert where it is not.
const SHARDS = Array.from({ length: 16 }, (_, i) => `s${i.toString(16)}`);
const shardOf = (alertKey: string): string => `s${alertKey[0]}`;

const sampleKey = (alertKey: string): string => `s|${alertKey}`;
const markerKey = (alertKey: string, rev: number): string => `p|${alertKey}|${String(rev).padStart(6, '0')}`;
const historyKey = (alertKey: string, entry: number): string =>
  `h|${alertKey}|${String(entry).padStart(6, '0')}`;

/** Tries to write one change; each failure means that someone else succeeded. */
const MAX_ROUNDS = 64;

const rulingSchema = z.object({
  action: z.enum(['confirm', 'reject']),
  by: z.string(),
  why: z.string().optional(),
  at: z.string(),
});

const sampleRowSchema = snapshotRowSchema.extend({
  rev: z.int().min(1),
  nEntries: z.int().min(1),
});

const markerRowSchema = z.object({ timestamp: z.string() });
const historyRowSchema = z.object({ entry: z.int(), at: z.string() });
const referenceRowSchema = z.object({
  alertKey: z.string(),
  alertId: z.string(),
  tenant: z.string().optional(),
  source: z.string(),
});

interface StoredAlert {
  readonly alert: JudgedAlert;
  readonly etag: string;
}

/**
 * {@link FeedbackStore} in one table. In the partition of an alert:
 *
 *     s|<key>          sample: snapshot, votes, rev, ruling
 *     p|<key>|<rev>    marker, immutable: revision rev is not in a model yet
 *     h|<key>|<entry>  history
 *
 * A change writes sample, history and marker in one transaction, conditional on the sample's etag. In partitions of
 * their own, by hash of the vendor's id, rows `i|<hash>|<key>` lead from an id to its alerts; they are written first,
 * so that no judged alert is without one.
 *
 * Nothing depends on order or on a clock; counting and consuming look at markers alone.
 */
export class TableFeedbackStore implements FeedbackStore {
  readonly #table: TableAccess;
  readonly #newId: () => string;

  constructor(table: TableClient, settings: StorageCallSettings = {}, newId: () => string = randomUUID) {
    this.#table = new TableAccess(table, settings);
    this.#newId = newId;
  }

  async submit(snapshot: AlertSnapshot, vote: Vote): Promise<SubmitResult> {
    checkAlertKey(snapshot.alertKey);
    const change = (before: JudgedAlert | undefined): FeedbackChange => applyVote(before, snapshot, vote);
    return this.#write(snapshot.alertKey, change, { at: vote.at, vote: JSON.stringify(vote) });
  }

  async rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined> {
    checkAlertKey(alertKey);
    if ((await this.#table.get(shardOf(alertKey), sampleKey(alertKey), ['rev'])) === undefined)
      return undefined;
    const change = (before: JudgedAlert | undefined): FeedbackChange => {
      if (before === undefined) {
        throw new AlertforestError(
          'STORE_CORRUPT',
          `Judged alert ${alertKey} has gone from ${shardOf(alertKey)}.`,
        );
      }
      return applyRuling(before, ruling);
    };
    return this.#write(alertKey, change, { at: ruling.at, ruling: JSON.stringify(ruling) });
  }

  async get(alertKey: string): Promise<FeedbackSample | undefined> {
    const stored = await this.#read(checkAlertKey(alertKey));
    return stored && toSample(stored.alert);
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    const { partition, prefix } = idIndexOf(alertId);
    const rows = await this.#table.all({ partition, ...prefixRange(prefix) });
    const references = await Promise.all(
      rows.map(async (row) => {
        const { alertKey, tenant, source, ...found } = parseRow(referenceRowSchema, row, 'feedback');
        // A reference without an alert was left by a submit that went no further.
        const exists = found.alertId === alertId && (await this.#exists(checkAlertKey(alertKey)));
        return exists ? [{ alertKey, alertId, tenant, source }] : [];
      }),
    );
    return references.flat();
  }

  async countPending(): Promise<number> {
    const counts = await Promise.all(SHARDS.map(async (shard) => (await this.#markers(shard)).size));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async summarizePending(): Promise<PendingSummary> {
    const shards = await Promise.all(SHARDS.map((shard) => this.#summaryOf(shard)));
    const oldest = shards.flatMap(({ oldestAt }) => (oldestAt === undefined ? [] : [oldestAt])).sort();
    return { count: shards.reduce((sum, { count }) => sum + count, 0), oldestAt: oldest[0] };
  }

  async listPending(): Promise<readonly PendingMarker[]> {
    const shards = await Promise.all(SHARDS.map((shard) => this.#markers(shard)));
    return shards.flatMap((markers) =>
      [...markers].map(([alertKey, revs]) => ({ alertKey, rev: revs.at(-1) as number })),
    );
  }

  async *samples(): AsyncIterable<FeedbackSample> {
    for (const partition of SHARDS) {
      for await (const page of this.#table.pages({ partition, ...prefixRange('s|') })) {
        for (const row of page) yield toSample(toStoredAlert(row).alert);
      }
    }
  }

  async consume(markers: readonly PendingMarker[]): Promise<void> {
    const shards = new Map<string, Map<string, number>>();
    for (const { alertKey, rev } of markers) {
      const shard = shardOf(checkAlertKey(alertKey));
      const revs = shards.get(shard) ?? new Map<string, number>();
      shards.set(shard, revs.set(alertKey, Math.max(rev, revs.get(alertKey) ?? 0)));
    }
    await Promise.all([...shards].map(([shard, revs]) => this.#consumeShard(shard, revs)));
  }

  async history(alertKey: string): Promise<readonly HistoryEntry[]> {
    const partition = shardOf(checkAlertKey(alertKey));
    const rows = await this.#table.all({ partition, ...prefixRange(`h|${alertKey}|`) });
    return rows.map((row) => {
      const { entry, at } = parseRow(historyRowSchema, row, 'feedback history');
      const ruling = longTextOf('ruling', row);
      const vote = longTextOf('vote', row);
      return {
        alertKey,
        entry,
        at,
        vote: vote === '' ? undefined : parseJson(voteSchema, vote),
        ruling: ruling === '' ? undefined : toRuling(ruling),
      };
    });
  }

  async #write(
    alertKey: string,
    change: (before: JudgedAlert | undefined) => FeedbackChange,
    entry: { at: string; vote?: string; ruling?: string },
  ): Promise<SubmitResult> {
    const writer = this.#newId();
    let tried: { readonly result: SubmitResult; readonly entry: number } | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const before = await this.#read(alertKey);
      if (tried !== undefined && (await this.#isWritten(alertKey, writer, tried.entry))) return tried.result;
      const { status, next, isMarked } = change(before?.alert);
      if (next === undefined) return { status, alertKey, rev: before?.alert.rev ?? 0, pending: false };
      if (before === undefined) await this.#writeReference(next.snapshot);
      const refused = await this.#table.transact(
        transactionOf(next, { writer, etag: before?.etag, isMarked, entry }),
      );
      tried = { result: { status, alertKey, rev: next.rev, pending: isMarked }, entry: next.nEntries };
      if (refused === undefined) return tried.result;
    }
    throw new AlertforestError('STORE_CONFLICT', `Alert ${alertKey} is judged by too many callers at once.`, {
      retryAfterSeconds: 1,
    });
  }

  /**
   * Whether the write of this entry was ours although its answer said otherwise: the answer to a first try was lost,
   * and the second found the rows taken. The sample may have moved on since; the history has not.
   */
  async #isWritten(alertKey: string, writer: string, entry: number): Promise<boolean> {
    const row = await this.#table.get(shardOf(alertKey), historyKey(alertKey, entry), ['writer']);
    return row?.['writer'] === writer;
  }

  async #writeReference({ alertKey, alertId, tenant, source }: AlertSnapshot): Promise<void> {
    const { partition, prefix } = idIndexOf(alertId);
    const row = { partitionKey: partition, rowKey: prefix + alertKey, alertKey, alertId, tenant, source };
    checkRow(row, 'FEEDBACK_INVALID');
    await this.#table.upsert(row);
  }

  async #read(alertKey: string): Promise<StoredAlert | undefined> {
    const row = await this.#table.get(shardOf(alertKey), sampleKey(alertKey));
    return row && toStoredAlert(row);
  }

  async #exists(alertKey: string): Promise<boolean> {
    return (await this.#table.get(shardOf(alertKey), sampleKey(alertKey), ['rev'])) !== undefined;
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
  async #summaryOf(partition: string): Promise<PendingSummary> {
    const alerts = new Set<string>();
    let oldestAt: string | undefined;
    const query = { partition, ...prefixRange('p|'), select: ['PartitionKey', 'RowKey', 'Timestamp'] };
    for await (const page of this.#table.pages(query)) {
      for (const row of page) {
        const { timestamp } = parseRow(markerRowSchema, row, 'feedback markers');
        const at = new Date(timestamp).toISOString();
        if (oldestAt === undefined || at < oldestAt) oldestAt = at;
        alerts.add(row.rowKey.split('|')[1] ?? '');
      }
    }
    return { count: alerts.size, oldestAt };
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

function transactionOf(
  next: JudgedAlert,
  write: {
    writer: string;
    etag: string | undefined;
    isMarked: boolean;
    entry: { at: string; vote?: string; ruling?: string };
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
    ...longTextProperties('votes', JSON.stringify(next.votes)),
    ...(next.ruling === undefined ? {} : longTextProperties('ruling', JSON.stringify(next.ruling))),
  };
  const { at, vote = '', ruling = '' } = write.entry;
  const history: TableRow = {
    partitionKey,
    rowKey: historyKey(alertKey, next.nEntries),
    entry: next.nEntries,
    at,
    // Id of the call, so that it can tell its own write from another's.
    writer: write.writer,
    ...longTextProperties('vote', vote),
    ...longTextProperties('ruling', ruling),
  };
  try {
    checkRow(sample, 'FEEDBACK_INVALID');
    checkRow(history, 'FEEDBACK_INVALID');
  } catch (error) {
    if (hasCode(error, 'FEEDBACK_INVALID') && next.votes.length > 1) throw tooManyVotes(alertKey, error);
    throw error;
  }
  const marker: TableRow = { partitionKey, rowKey: markerKey(alertKey, next.rev) };
  return [
    // The etag must be the fourth item of the tuple; inside the row it would be ignored and an update lost.
    write.etag === undefined ? ['create', sample] : ['update', sample, 'Replace', { etag: write.etag }],
    ['create', history],
    ...(write.isMarked ? [['create', marker] satisfies TransactionAction] : []),
  ];
}

function idIndexOf(alertId: string): { partition: string; prefix: string } {
  const hash = createHash('sha256').update(alertId).digest('hex').slice(0, 32);
  return { partition: `i${hash[0]}`, prefix: `i|${hash}|` };
}

function toStoredAlert(row: StoredRow): StoredAlert {
  const { rev, nEntries, ...snapshot } = parseRow(sampleRowSchema, row, 'feedback');
  const ruling = longTextOf('ruling', row);
  const alert = {
    snapshot: snapshotFromRow(snapshot),
    votes: parseJson(z.array(voteSchema).min(1), longTextOf('votes', row)),
    rev,
    nEntries,
    ruling: ruling === '' ? undefined : toRuling(ruling),
  };
  return { alert, etag: row.etag };
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
