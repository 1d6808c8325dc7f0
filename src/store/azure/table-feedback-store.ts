import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import type { Vote } from '../../alert/judgement.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import {
  applyForgetting,
  applyRuling,
  applyWithdrawal,
  applyWord,
  type FeedbackChange,
  type JudgedAlert,
  needsJudged,
  standingOf,
  toSample,
} from '../feedback-change.ts';
import { firstSeen, forgottenEntry, referenceTo } from '../feedback-history.ts';
import type {
  AlertIdentity,
  AlertReference,
  FeedbackSample,
  FeedbackStore,
  FullAlerts,
  HistoryEntry,
  IncidentChange,
  IncidentState,
  JudgedOf,
  JudgedSnapshot,
  PendingMarker,
  PendingSummary,
  QuarantineRuling,
  StandingFeedback,
  SubmitResult,
  SubmitStatus,
  TakeHint,
  Withdrawal,
  Word,
} from '../feedback-store.ts';
import { SetAside } from '../set-aside.ts';
import { catchUp, readStored, rebuilt, rowsBehind } from './catch-up.ts';
import {
  type EntryTexts,
  historyTexts,
  idIndexOf,
  keysOf,
  referenceRowSchema,
  SHARDS,
  type StoredAlert,
  sampleKey,
  shardOf,
  toHistoryEntry,
  toStoredAlert,
} from './feedback-rows.ts';
import { JudgementWriter } from './judgement-writer.ts';
import { moveFeedback } from './move-feedback.ts';
import { PendingMarkers } from './pending-markers.ts';
import { checkAlertKey, parseRow } from './snapshot-row.ts';
import type { StorageCallSettings } from './storage-call.ts';
import { prefixRange, type StoredRow, TableAccess } from './table-access.ts';
import { TableIncidents } from './table-incidents.ts';

/** What rows that were set aside are called. */
const JUDGEMENTS = 'the judgements';
const nameOf = ({ rowKey }: StoredRow): string => `alert ${rowKey.split('|')[1] ?? rowKey}`;

/**
 * {@link FeedbackStore} in one table. In the partition of an alert:
 *
 *     s|<key>          sample: snapshot, votes, states of records, rev, ruling
 *     p|<key>|<rev>    marker, immutable: revision rev is not in a model yet
 *     h|<key>|<entry>  history
 *
 * A change writes sample, history and marker in one transaction, conditional on the sample's etag. In partitions of
 * their own, by hash of the vendor's id, rows `i|<hash>|<key>` lead from an id to its alerts; they are written first,
 * so that no judged alert is without one. What is kept of incidents: {@link TableIncidents}.
 *
 * Nothing depends on order or on a clock; counting and consuming look at markers alone.
 */
export class TableFeedbackStore implements FeedbackStore {
  readonly #table: TableAccess;
  readonly #newId: () => string;
  readonly #writer: JudgementWriter;
  readonly #incidents: TableIncidents;
  readonly #pending: PendingMarkers;
  readonly #setAside: SetAside;

  constructor(
    table: TableClient,
    settings: StorageCallSettings = {},
    newId: () => string = randomUUID,
    setAside = new SetAside(),
  ) {
    this.#table = new TableAccess(table, settings);
    this.#newId = newId;
    this.#writer = new JudgementWriter(this.#table, newId);
    this.#setAside = setAside;
    this.#pending = new PendingMarkers(this.#table);
    this.#incidents = new TableIncidents(this.#table, SHARDS, shardOf, newId, setAside);
  }

  submit(snapshot: AlertSnapshot, vote: Vote): Promise<SubmitResult> {
    const hint = { identity: snapshot, isLikelyNew: false };
    return this.take(snapshot.alertKey, { vote }, firstSeen(snapshot), hint);
  }

  async take(alertKey: string, word: Word, judgedOf: JudgedOf, hint?: TakeHint): Promise<SubmitResult> {
    checkAlertKey(alertKey);
    // Looked up once for a new alert and once for a stored one, however often the row is contended for.
    const known = new Map<boolean, Promise<JudgedSnapshot | undefined>>();
    const judgedFor = (isStored: boolean): Promise<JudgedSnapshot | undefined> => {
      const asked = known.get(isStored) ?? judgedOf(isStored);
      known.set(isStored, asked);
      return asked;
    };
    hint?.full?.get(alertKey)?.(word);
    // a word that is not refused there may make room: what comes after it is asked of storage again
    hint?.full?.delete(alertKey);
    const change = async (before: JudgedAlert | undefined): Promise<FeedbackChange> => {
      const plain = applyOrRemember(before, word, alertKey, hint?.full);
      if (!needsJudged(before, plain)) return plain;
      return applyWord(before, await judgedFor(before !== undefined), word);
    };
    return 'vote' in word
      ? this.#writer.write(
          alertKey,
          change,
          () => ({ at: word.vote.at, vote: JSON.stringify(word.vote) }),
          hint,
        )
      : this.#writer.write(
          alertKey,
          change,
          ({ state }) => ({ at: word.state.receivedAt, state: JSON.stringify(state ?? word.state) }),
          hint,
        );
  }

  async withdraw(alertKey: string, withdrawal: Withdrawal): Promise<SubmitResult | undefined> {
    const texts = { at: withdrawal.at, withdrawal: JSON.stringify(withdrawal) };
    return this.#changeJudged(alertKey, (before) => applyWithdrawal(before, withdrawal), texts);
  }

  async rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined> {
    const texts = { at: ruling.at, ruling: JSON.stringify(ruling) };
    return this.#changeJudged(alertKey, (before) => applyRuling(before, ruling), texts);
  }

  async get(alertKey: string): Promise<FeedbackSample | undefined> {
    try {
      const stored = await this.#readNow(checkAlertKey(alertKey));
      this.#setAside.clear(JUDGEMENTS, `alert ${alertKey}`);
      return stored && toSample(stored.alert);
    } catch (error) {
      if (hasCode(error, 'STORE_CORRUPT'))
        this.#setAside.note(JUDGEMENTS, `alert ${alertKey}`, error.message);
      throw error;
    }
  }

  async standing(alertKey: string): Promise<StandingFeedback | undefined> {
    const stored = await this.#readNow(checkAlertKey(alertKey));
    return stored && standingOf(stored.alert);
  }

  async move(from: string, to: AlertIdentity, at: string): Promise<boolean> {
    checkAlertKey(to.alertKey);
    return moveFeedback(this.#table, checkAlertKey(from), to, at, this.#newId());
  }

  noteIncident(
    change: IncidentChange,
  ): Promise<{ status: SubmitStatus; incident: IncidentState; isChanged: boolean }> {
    return this.#incidents.note(change);
  }

  incidentSpread(id: string, version: number): Promise<void> {
    return this.#incidents.spread(id, version);
  }

  incident(id: string): Promise<IncidentState | undefined> {
    return this.#incidents.get(id);
  }

  unspreadIncidents(): Promise<readonly { incident: IncidentState; versions: readonly number[] }[]> {
    return this.#incidents.unspread();
  }

  incidents(): AsyncIterable<IncidentState> {
    return this.#incidents.all();
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    const { partition, prefix } = idIndexOf(alertId);
    const rows = await this.#table.all({ partition, ...prefixRange(prefix) });
    const references = await Promise.all(
      rows.map(async (row) => {
        const { alertKey, tenant, source, ...found } = parseRow(referenceRowSchema, row, 'feedback');
        // A reference without an alert was left by a submit that went no further.
        const stored = found.alertId === alertId ? await this.#named(checkAlertKey(alertKey)) : undefined;
        if (stored === undefined) return [];
        const { formerKey, movedTo } = stored;
        const named =
          formerKey === undefined
            ? { alertKey, alertId, tenant, source }
            : { alertKey, alertId, tenant, source, formerKey };
        return [referenceTo(named, movedTo)];
      }),
    );
    return [...new Map(references.flat().map((reference) => [reference.alertKey, reference])).values()];
  }

  async countPending(): Promise<number> {
    return (await this.summarizePending()).count;
  }

  summarizePending(): Promise<PendingSummary> {
    return this.#pending.summarize();
  }

  listPending(): Promise<readonly PendingMarker[]> {
    return this.#pending.list();
  }

  consume(markers: readonly PendingMarker[]): Promise<void> {
    return this.#pending.consume(markers);
  }

  async *samples(after = ''): AsyncIterable<FeedbackSample> {
    const range = prefixRange('s|');
    for (const partition of SHARDS) {
      if (after !== '' && partition < shardOf(after)) continue;
      const from = after !== '' && partition === shardOf(after) ? `s|${after}` : range.from;
      for await (const page of this.#table.pages({ partition, ...range, from })) {
        for (const row of page) {
          if (row.rowKey === `s|${after}`) continue;
          const alert = this.#setAside.read(JUDGEMENTS, nameOf(row), () => toStoredAlert(row).alert);
          const sample = alert && toSample(alert);
          if (sample !== undefined && alert !== undefined && !(await this.#hasMoved(alert))) yield sample;
        }
      }
    }
  }

  catchUp(alertKey: string): Promise<boolean> {
    return catchUp(this.#table, checkAlertKey(alertKey));
  }

  async *behind(): AsyncIterable<string> {
    for (const shard of SHARDS) yield* rowsBehind(this.#table, shard);
  }

  async rebuildUnreadable(): Promise<readonly string[]> {
    const alertKeys: string[] = [];
    for (const shard of SHARDS) {
      for await (const alertKey of rebuilt(this.#table, shard)) alertKeys.push(alertKey);
    }
    for (const alertKey of alertKeys) this.#setAside.clear(JUDGEMENTS, `alert ${alertKey}`);
    return alertKeys;
  }

  async history(alertKey: string): Promise<readonly HistoryEntry[]> {
    const partition = shardOf(checkAlertKey(alertKey));
    const rows = await this.#table.all({ partition, ...prefixRange(`h|${alertKey}|`) });
    return rows.map((row) => toHistoryEntry(alertKey, row));
  }

  async forget(analyst: string, pseudonym: string): Promise<number> {
    // First of all: an alert that follows an incident must not take its judgement back.
    await this.#incidents.forget(analyst, pseudonym);
    let n = 0;
    for (const partition of SHARDS) {
      for await (const page of this.#table.pages({ partition, ...prefixRange('s|') })) {
        for (const row of page) {
          const { alert } = toStoredAlert(row);
          if (applyForgetting(alert, analyst, pseudonym) === undefined) continue;
          n++;
          await this.#writer.write(
            alert.snapshot.alertKey,
            async (before) =>
              (before && applyForgetting(before, analyst, pseudonym)) ?? {
                status: 'duplicate',
                next: undefined,
                isMarked: false,
              },
            () => ({ at: new Date().toISOString() }),
          );
        }
      }
      await this.#forgetHistory(partition, analyst, pseudonym);
    }
    return n;
  }

  /** A name also stands in entries of words that others have replaced since. */
  async #forgetHistory(partition: string, analyst: string, pseudonym: string): Promise<void> {
    for await (const page of this.#table.pages({ partition, ...prefixRange('h|') })) {
      for (const row of page) {
        const alertKey = row.rowKey.split('|')[1] ?? '';
        const entry = toHistoryEntry(alertKey, row);
        const without = forgottenEntry(entry, analyst, pseudonym);
        if (JSON.stringify(without) === JSON.stringify(entry)) continue;
        await this.#table.upsert({
          partitionKey: partition,
          rowKey: row.rowKey,
          entry: without.entry,
          at: without.at,
          writer: String(row['writer'] ?? ''),
          ...historyTexts(without),
        });
      }
    }
  }

  /** Changes an alert that was judged before; undefined where it never was. */
  async #changeJudged(
    alertKey: string,
    change: (before: JudgedAlert) => FeedbackChange,
    texts: EntryTexts,
  ): Promise<SubmitResult | undefined> {
    if ((await this.#named(checkAlertKey(alertKey))) === undefined) return undefined;
    return this.#writer.write(
      alertKey,
      async (before) => {
        if (before !== undefined) return change(before);
        const shard = shardOf(alertKey);
        throw new AlertforestError('STORE_CORRUPT', `Judged alert ${alertKey} has gone from ${shard}.`);
      },
      () => texts,
    );
  }

  /** The row of an alert, by the key it has now or had before. */
  async #readNow(alertKey: string): Promise<StoredAlert | undefined> {
    const stored = await readStored(this.#table, alertKey);
    const to = stored?.alert.movedTo;
    return to === undefined ? stored : ((await readStored(this.#table, to.alertKey)) ?? stored);
  }

  /** Whether the words of a row that is on its way to another key stand there already. */
  async #hasMoved({ snapshot, movedTo }: JudgedAlert): Promise<boolean> {
    if (movedTo === undefined) return false;
    const there = await readStored(this.#table, movedTo.alertKey);
    return there?.alert.snapshot.formerKey === snapshot.alertKey;
  }

  async #named(
    alertKey: string,
  ): Promise<{ formerKey: string | undefined; movedTo: AlertIdentity | undefined } | undefined> {
    const select = ['rev', 'formerKey', 'movedTo'];
    const row = await this.#table.get(shardOf(alertKey), sampleKey(alertKey), select);
    return row && keysOf(row);
  }
}

function applyOrRemember(
  before: JudgedAlert | undefined,
  word: Word,
  alertKey: string,
  full: FullAlerts | undefined,
): FeedbackChange {
  try {
    return applyWord(before, undefined, word);
  } catch (error) {
    full?.set(alertKey, (next) => void applyWord(before, undefined, next));
    throw error;
  }
}
