import type { Vote } from '../../alert/judgement.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { checkAlertKey } from '../azure/snapshot-row.ts';
import {
  applyRuling,
  applyVote,
  type FeedbackChange,
  type JudgedAlert,
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

/** {@link FeedbackStore} in memory: for tests and for runs that keep nothing. */
export class MemoryFeedbackStore implements FeedbackStore {
  readonly #alerts = new Map<string, JudgedAlert>();
  /** Alert key -> revision -> when its marker was written. */
  readonly #markers = new Map<string, Map<number, string>>();
  readonly #history = new Map<string, HistoryEntry[]>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async submit(snapshot: AlertSnapshot, vote: Vote): Promise<SubmitResult> {
    const before = this.#alerts.get(checkAlertKey(snapshot.alertKey));
    const kept = { ...snapshot, columns: snapshot.columns.slice() };
    return this.#apply(snapshot.alertKey, applyVote(before, kept, vote), vote.at, vote, undefined);
  }

  async rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined> {
    const before = this.#alerts.get(checkAlertKey(alertKey));
    return before && this.#apply(alertKey, applyRuling(before, ruling), ruling.at, undefined, ruling);
  }

  async get(alertKey: string): Promise<FeedbackSample | undefined> {
    const alert = this.#alerts.get(checkAlertKey(alertKey));
    return alert && toSample(alert);
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    return [...this.#alerts.values()].flatMap(({ snapshot }) => {
      const { alertKey, tenant, source } = snapshot;
      return snapshot.alertId === alertId ? [{ alertKey, alertId, tenant, source }] : [];
    });
  }

  async countPending(): Promise<number> {
    return this.#markers.size;
  }

  async summarizePending(): Promise<PendingSummary> {
    const times = [...this.#markers.values()].flatMap((revs) => [...revs.values()]).sort();
    return { count: this.#markers.size, oldestAt: times[0] };
  }

  async listPending(): Promise<readonly PendingMarker[]> {
    return [...this.#markers].map(([alertKey, revs]) => ({ alertKey, rev: Math.max(...revs.keys()) }));
  }

  async *samples(): AsyncIterable<FeedbackSample> {
    for (const alert of [...this.#alerts.values()]) yield toSample(alert);
  }

  async consume(markers: readonly PendingMarker[]): Promise<void> {
    for (const { alertKey, rev } of markers) {
      const left = [...(this.#markers.get(checkAlertKey(alertKey)) ?? [])].filter(([other]) => other > rev);
      if (left.length === 0) this.#markers.delete(alertKey);
      else this.#markers.set(alertKey, new Map(left));
    }
  }

  async history(alertKey: string): Promise<readonly HistoryEntry[]> {
    return [...(this.#history.get(checkAlertKey(alertKey)) ?? [])];
  }

  #apply(
    alertKey: string,
    { status, next, isMarked }: FeedbackChange,
    at: string,
    vote: Vote | undefined,
    ruling: QuarantineRuling | undefined,
  ): SubmitResult {
    if (next !== undefined) {
      this.#alerts.set(alertKey, next);
      const entry: HistoryEntry = { alertKey, entry: next.nEntries, at, vote, ruling };
      this.#history.set(alertKey, [...(this.#history.get(alertKey) ?? []), entry]);
      if (isMarked) {
        const revs = this.#markers.get(alertKey) ?? new Map<number, string>();
        this.#markers.set(alertKey, revs.set(next.rev, new Date(this.#now()).toISOString()));
      }
    }
    return { status, alertKey, rev: this.#alerts.get(alertKey)?.rev ?? 0, pending: isMarked };
  }
}
