import type { Vote } from '../../alert/judgement.ts';
import type { RecordState } from '../../alert/record-state.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { checkAlertKey } from '../azure/snapshot-row.ts';
import {
  applyForgetting,
  applyRuling,
  applyWithdrawal,
  applyWord,
  type FeedbackChange,
  type JudgedAlert,
  needsJudged,
  pendingWhole,
  standingOf,
  toSample,
} from '../feedback-change.ts';
import { firstSeen, forgottenEntry, referenceTo } from '../feedback-history.ts';
import { afterMove, applyMove } from '../feedback-move.ts';
import type {
  AlertIdentity,
  AlertReference,
  FeedbackSample,
  FeedbackStore,
  HistoryEntry,
  IncidentChange,
  IncidentState,
  JudgedOf,
  PendingMarker,
  PendingSummary,
  QuarantineRuling,
  StandingFeedback,
  SubmitResult,
  SubmitStatus,
  Withdrawal,
  Word,
} from '../feedback-store.ts';
import { applyIncident, forgottenIncident } from '../incident-change.ts';

/** {@link FeedbackStore} in memory: for tests and for runs that keep nothing. */
export class MemoryFeedbackStore implements FeedbackStore {
  readonly #alerts = new Map<string, JudgedAlert>();
  /** Alert key -> revision -> when its marker was written. */
  readonly #markers = new Map<
    string,
    Map<number, { readonly at: string; readonly whole: string | undefined }>
  >();
  readonly #history = new Map<string, HistoryEntry[]>();
  readonly #incidents = new Map<string, IncidentState>();
  /** Incident -> versions not spread yet. */
  readonly #unspread = new Map<string, Set<number>>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  submit(snapshot: AlertSnapshot, vote: Vote): Promise<SubmitResult> {
    return this.take(snapshot.alertKey, { vote }, firstSeen(snapshot));
  }

  async take(named: string, word: Word, judgedOf: JudgedOf): Promise<SubmitResult> {
    const alertKey = this.#keyNow(checkAlertKey(named));
    let change = applyWord(this.#alerts.get(alertKey), undefined, word);
    if (needsJudged(this.#alerts.get(alertKey), change)) {
      const judged = await judgedOf(this.#alerts.has(alertKey));
      const kept = judged && {
        ...judged,
        snapshot: { ...judged.snapshot, columns: judged.snapshot.columns.slice() },
      };
      // Others may have written while the snapshot was looked up: no turn lies between this and the write.
      change = applyWord(this.#alerts.get(alertKey), kept, word);
    }
    const at = 'vote' in word ? word.vote.at : word.state.receivedAt;
    const vote = 'vote' in word ? word.vote : undefined;
    return this.#apply(alertKey, change, { at, vote, state: change.state, ruling: undefined });
  }

  async withdraw(alertKey: string, withdrawal: Withdrawal): Promise<SubmitResult | undefined> {
    const key = this.#keyNow(checkAlertKey(alertKey));
    const before = this.#alerts.get(key);
    const entry = { at: withdrawal.at, vote: undefined, state: undefined, ruling: undefined, withdrawal };
    return before && this.#apply(key, applyWithdrawal(before, withdrawal), entry);
  }

  async rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined> {
    const key = this.#keyNow(checkAlertKey(alertKey));
    const before = this.#alerts.get(key);
    const entry = { at: ruling.at, vote: undefined, state: undefined, ruling };
    return before && this.#apply(key, applyRuling(before, ruling), entry);
  }

  async get(alertKey: string): Promise<FeedbackSample | undefined> {
    const alert = this.#alerts.get(this.#keyNow(checkAlertKey(alertKey)));
    return alert && toSample(alert);
  }

  async standing(alertKey: string): Promise<StandingFeedback | undefined> {
    const alert = this.#alerts.get(this.#keyNow(checkAlertKey(alertKey)));
    return alert && standingOf(alert);
  }

  async move(from: string, to: AlertIdentity, at: string): Promise<boolean> {
    const former = this.#alerts.get(checkAlertKey(from));
    if (former === undefined || former.movedTo !== undefined)
      return former?.movedTo?.alertKey === to.alertKey;
    const change = applyMove(this.#alerts.get(checkAlertKey(to.alertKey)), former, to);
    const entry = { at, vote: undefined, state: undefined, ruling: undefined };
    this.#apply(to.alertKey, change, { ...entry, moved: { from } });
    const left = { ...afterMove(former, to), nEntries: former.nEntries + 1 };
    this.#apply(
      from,
      { status: 'withdrawn', next: left, isMarked: false },
      { ...entry, moved: { to: to.alertKey } },
    );
    this.#markers.delete(from);
    return true;
  }

  #keyNow(alertKey: string): string {
    return this.#alerts.get(alertKey)?.movedTo?.alertKey ?? alertKey;
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    const found = [...this.#alerts.values()].flatMap(({ snapshot, movedTo }) =>
      snapshot.alertId === alertId ? [referenceTo(snapshot, movedTo)] : [],
    );
    return [...new Map(found.map((reference) => [reference.alertKey, reference])).values()];
  }

  async countPending(): Promise<number> {
    return (await this.summarizePending()).count;
  }

  async summarizePending(): Promise<PendingSummary> {
    const times = [...this.#markers.values()]
      .flatMap((revs) => [...revs.values()].map(({ at }) => at))
      .sort();
    const judged = new Set(
      [...this.#markers].map(([alertKey, revs]) => revs.get(Math.max(...revs.keys()))?.whole ?? alertKey),
    );
    return { count: judged.size, oldestAt: times[0] };
  }

  async listPending(): Promise<readonly PendingMarker[]> {
    return [...this.#markers].map(([alertKey, revs]) => ({ alertKey, rev: Math.max(...revs.keys()) }));
  }

  async *samples(after = ''): AsyncIterable<FeedbackSample> {
    const byKey = [...this.#alerts].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, alert] of byKey) {
      const sample = toSample(alert);
      if (sample !== undefined) yield sample;
    }
  }

  async consume(markers: readonly PendingMarker[]): Promise<void> {
    for (const { alertKey, rev } of markers) {
      const left = [...(this.#markers.get(checkAlertKey(alertKey)) ?? [])].filter(([other]) => other > rev);
      if (left.length === 0) this.#markers.delete(alertKey);
      else this.#markers.set(alertKey, new Map(left));
    }
  }

  /** Rows of this store are put back by nobody. */
  async *behind(): AsyncIterable<string> {}

  async catchUp(): Promise<boolean> {
    return false;
  }

  async rebuildUnreadable(): Promise<readonly string[]> {
    return [];
  }

  async history(alertKey: string): Promise<readonly HistoryEntry[]> {
    return [...(this.#history.get(checkAlertKey(alertKey)) ?? [])];
  }

  async noteIncident(
    change: IncidentChange,
  ): Promise<{ status: SubmitStatus; incident: IncidentState; isChanged: boolean }> {
    const before = this.#incidents.get(checkAlertKey(change.id));
    const { status, next } = applyIncident(before, change);
    if (next !== undefined) {
      this.#incidents.set(change.id, next);
      const versions = this.#unspread.get(change.id) ?? new Set();
      this.#unspread.set(change.id, versions.add(next.version));
    }
    return { status, incident: (next ?? before) as IncidentState, isChanged: next !== undefined };
  }

  async incidentSpread(id: string, version: number): Promise<void> {
    const left = [...(this.#unspread.get(id) ?? [])].filter((other) => other !== version);
    if (left.length === 0) this.#unspread.delete(id);
    else this.#unspread.set(id, new Set(left));
  }

  async incident(id: string): Promise<IncidentState | undefined> {
    return this.#incidents.get(checkAlertKey(id));
  }

  async unspreadIncidents(): Promise<readonly { incident: IncidentState; versions: readonly number[] }[]> {
    return [...this.#unspread].map(([id, versions]) => ({
      incident: this.#incidents.get(id) as IncidentState,
      versions: [...versions],
    }));
  }

  async *incidents(): AsyncIterable<IncidentState> {
    yield* [...this.#incidents.values()];
  }

  async forget(analyst: string, pseudonym: string): Promise<number> {
    let n = 0;
    for (const [alertKey, alert] of [...this.#alerts]) {
      const change = applyForgetting(alert, analyst, pseudonym);
      if (change === undefined) continue;
      n++;
      const at = new Date(this.#now()).toISOString();
      this.#apply(alertKey, change, { at, vote: undefined, state: undefined, ruling: undefined });
    }
    for (const [id, incident] of this.#incidents)
      this.#incidents.set(id, forgottenIncident(incident, analyst, pseudonym) ?? incident);
    // A name also stands in entries of words that others have replaced since.
    for (const [alertKey, entries] of this.#history) {
      const without = entries.map((entry) => forgottenEntry(entry, analyst, pseudonym));
      this.#history.set(alertKey, without);
    }
    return n;
  }

  #apply(
    alertKey: string,
    { status, next, isMarked }: FeedbackChange,
    said: {
      at: string;
      vote: Vote | undefined;
      state: RecordState | undefined;
      ruling: QuarantineRuling | undefined;
      withdrawal?: Withdrawal;
      moved?: HistoryEntry['moved'];
    },
  ): SubmitResult {
    if (next !== undefined) {
      const before = this.#alerts.get(alertKey);
      this.#alerts.set(alertKey, next);
      const { state, ...rest } = said;
      const entry: HistoryEntry = {
        alertKey,
        entry: next.nEntries,
        ...rest,
        ...(state === undefined ? {} : { state }),
      };
      this.#history.set(alertKey, [...(this.#history.get(alertKey) ?? []), entry]);
      if (isMarked) {
        const revs = this.#markers.get(alertKey) ?? new Map();
        const at = new Date(this.#now()).toISOString();
        this.#markers.set(alertKey, revs.set(next.rev, { at, whole: pendingWhole(before, next) }));
      }
    }
    return { status, alertKey, rev: this.#alerts.get(alertKey)?.rev ?? 0, pending: isMarked };
  }
}
