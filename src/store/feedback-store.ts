import type { EffectiveJudgement, Vote } from '../alert/judgement.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';

/** An operator's word on a judgement that a guard held back. */
export interface QuarantineRuling {
  readonly action: 'confirm' | 'reject';
  readonly by: string;
  readonly why: string | undefined;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Everything known about one judged alert. */
export interface FeedbackSample {
  readonly snapshot: AlertSnapshot;
  /** One vote per analyst, oldest first. */
  readonly votes: readonly Vote[];
  readonly effective: EffectiveJudgement;
  /** Rises by one whenever the effective label or weight, or the ruling, changes; each rise left a marker. */
  readonly rev: number;
  readonly ruling: QuarantineRuling | undefined;
}

export type SubmitStatus = 'accepted' | 'duplicate' | 'revised';

export interface SubmitResult {
  readonly status: SubmitStatus;
  readonly alertKey: string;
  readonly rev: number;
  /** Whether a marker was written: the judgement of this alert is (again) newer than any model. */
  readonly pending: boolean;
}

/** Immutable note: revision `rev` of this alert is not yet in a model. */
export interface PendingMarker {
  readonly alertKey: string;
  readonly rev: number;
}

/** What no model has learned from yet. */
export interface PendingSummary {
  /** Distinct alerts with at least one marker. */
  readonly count: number;
  /** When the oldest marker was written, ISO 8601 UTC by the store's clock; `undefined` where there is none. */
  readonly oldestAt: string | undefined;
}

export interface HistoryEntry {
  readonly alertKey: string;
  /** Position in the history of this alert, from 1. */
  readonly entry: number;
  readonly at: string;
  readonly vote: Vote | undefined;
  readonly ruling: QuarantineRuling | undefined;
}

export interface AlertReference {
  readonly alertKey: string;
  readonly alertId: string;
  readonly tenant: string | undefined;
  readonly source: string;
}

/**
 * Judgements, the training buffer. Absence is `undefined`; an outage throws `STORE_UNAVAILABLE`.
 * Every method may be called from several instances at once.
 */
export interface FeedbackStore {
  /**
   * Records one analyst's vote, durably before it returns. Same analyst and same disposition and risk is
   * 'duplicate' and writes nothing; a changed vote is 'revised'; a new analyst is 'accepted'. A history row is
   * written in the same transaction, and a marker whenever the effective label or weight changes.
   *
   * @throws AlertforestError FEEDBACK_INVALID when the alert already carries the most votes it can hold
   */
  submit(snapshot: AlertSnapshot, vote: Vote): Promise<SubmitResult>;
  /** Records an operator's ruling on a quarantined judgement; `undefined` when the alert was never judged. */
  rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined>;
  get(alertKey: string): Promise<FeedbackSample | undefined>;
  /** Judged alerts that carry this vendor id, any tenant and source. */
  findByAlertId(alertId: string): Promise<readonly AlertReference[]>;
  /** Distinct alerts with at least one marker. */
  countPending(): Promise<number>;
  /** The same count with the age of the oldest marker. */
  summarizePending(): Promise<PendingSummary>;
  /** The newest marker of each pending alert. */
  listPending(): Promise<readonly PendingMarker[]>;
  /** Every judged alert, in no promised order. */
  samples(): AsyncIterable<FeedbackSample>;
  /** Removes the markers of each alert up to and including `rev`; newer ones stay. Missing ones are fine. */
  consume(markers: readonly PendingMarker[]): Promise<void>;
  history(alertKey: string): Promise<readonly HistoryEntry[]>;
}
