import type { EffectiveJudgement, Vote } from '../alert/judgement.ts';
import type { ArrivedState, RecordState } from '../alert/record-state.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';

/** An operator's word on a judgement that a guard held back. */
export interface QuarantineRuling {
  readonly action: 'confirm' | 'reject';
  readonly by: string;
  readonly why: string | undefined;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** An analyst takes back the vote of their own. */
export interface Withdrawal {
  readonly analyst: string;
  /** True where the identity was proven: a claim takes back no proven vote. */
  readonly verified: boolean;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** What a judgement is about: an alert as it was scored, and how it was chosen. */
export interface JudgedSnapshot {
  readonly snapshot: AlertSnapshot;
  readonly seen: {
    /**
     * `update`: the newest payload that its vendor had changed by the time of the judgement; `last`: the one scored
     * last before the judgement was received; `sent`: the alert that came with it; `first`: the one stored at the
     * first judgement, where no log tells of others.
     */
    readonly choice: 'update' | 'last' | 'sent' | 'first';
    /** ISO 8601 UTC; absent where it was never scored here. */
    readonly scoredAt?: string | undefined;
  };
}

/** Everything known about one judged alert. */
export interface FeedbackSample {
  readonly snapshot: AlertSnapshot;
  /** Absent where the row was written by a build that always kept the first snapshot. */
  readonly seen?: JudgedSnapshot['seen'];
  /** One vote per analyst and one for the record that counts, oldest first; at least one. */
  readonly votes: readonly Vote[];
  readonly effective: EffectiveJudgement;
  /** Rises by one whenever the effective label or weight, or the ruling, changes; each rise left a marker. */
  readonly rev: number;
  readonly ruling: QuarantineRuling | undefined;
}

/**
 * `superseded`: an older state of a record, or a claim under a name whose proven vote stands; `withdrawn`: its record was reopened, or says nothing any
 * more, or the vote was taken back; `no_label`:
 * a closed record that says nothing; `open`: a record that was never closed as far as is known; `no_member`: an alert
 * that is not of the incident whose state it was offered.
 */
export type SubmitStatus =
  | 'accepted'
  | 'duplicate'
  | 'revised'
  | 'superseded'
  | 'withdrawn'
  | 'no_label'
  | 'open'
  | 'no_member';

/** A word on an alert: a person's vote, or the state of a record. */
export type Word =
  | { readonly vote: Vote }
  | {
      readonly state: ArrivedState;
      /** Owners of the record so far: unverified votes of theirs that older builds kept for it are replaced. */
      readonly owners?: readonly string[];
      /** False for a state without a date and a label: it is not kept where nothing is stored yet. */
      readonly isDated: boolean;
      /** Whether an alert with this snapshot may take the state; left out, every alert may. */
      readonly mayTake?: (snapshot: AlertSnapshot) => boolean;
    };

/** Looks up what a judgement is about; `isStored` says whether undefined may be answered to keep what is stored. */
export type JudgedOf = (isStored: boolean) => Promise<JudgedSnapshot | undefined>;

/**
 * Alerts on which a word of this request was refused, by key, with what throws for a word that was refused there as well:
 * the store that was asked leaves it here, and asks storage no second time for such a word.
 */
export type FullAlerts = Map<string, (word: Word) => void>;

/** What is known of an alert before anything is asked of storage. */
export interface TakeHint {
  readonly identity: AlertIdentity | undefined;
  /** Whether nothing stands on it, as far as this process can tell. */
  readonly isLikelyNew: boolean;
  readonly full?: FullAlerts | undefined;
}

/** What stands on an alert, also where nothing of it teaches. */
export interface StandingFeedback {
  readonly sample: FeedbackSample | undefined;
  readonly snapshot: AlertSnapshot;
  readonly seen: JudgedSnapshot['seen'] | undefined;
  readonly records: readonly RecordState[];
}

/** The newest state of an incident's record, and which alerts follow it. */
export interface IncidentState {
  /** Key of the record. */
  readonly id: string;
  /** Group of the incident, as in an alert's snapshot. */
  readonly group: string;
  /** Undefined where others were merged into it before anything of its own arrived. */
  readonly state: RecordState | undefined;
  /** Alert keys that were ever named as members, sorted. */
  readonly members: readonly string[];
  /** Groups of incidents that were merged into this one, sorted. */
  readonly absorbed: readonly string[];
  readonly owners: readonly string[];
  /** Whether any state of the record ever carried a label. */
  readonly wasLabelled: boolean;
  /** Rises with every change; what is not spread to all members has a note of its version. */
  readonly version: number;
}

/** What to add to an incident's row. */
export interface IncidentChange {
  readonly id: string;
  readonly group: string;
  readonly state?: ArrivedState;
  readonly members: readonly string[];
  readonly absorbed: readonly string[];
  readonly owners: readonly string[];
}

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
  /** Distinct alerts with at least one marker; those that follow the judgement of one incident are one. */
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
  /** The state of a record as it arrived. */
  readonly state?: RecordState | undefined;
  readonly ruling: QuarantineRuling | undefined;
  /** Whose vote was taken back; the vote itself is in the entry that brought it. */
  readonly withdrawal?: Withdrawal | undefined;
  /** What was said moved here from another key, or from here to one. */
  readonly moved?: { readonly from: string } | { readonly to: string } | undefined;
}

/** Which alert it is. */
export type AlertIdentity = Pick<AlertSnapshot, 'alertKey' | 'alertId' | 'tenant' | 'source'>;

export interface AlertReference {
  readonly alertKey: string;
  readonly alertId: string;
  readonly tenant: string | undefined;
  readonly source: string;
  /** The further id of the alert by which it was found; absent where it was its own. */
  readonly alias?: string;
  /** Key under which an earlier build kept it: what is found under that is this alert. */
  readonly formerKey?: string;
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
  /**
   * Records a word on an alert, durably before it returns. An older state of a record is `superseded` and changes
   * nothing; a newer one takes the place of the one before; a reopened one is `withdrawn`. `judgedOf` is asked only
   * where something is to be written that may need it.
   *
   * @param hint what is known of the alert without asking: it changes what the call costs, never what it does
   * @throws AlertforestError FEEDBACK_INVALID when the alert already carries the most votes it can hold
   */
  take(alertKey: string, word: Word, judgedOf: JudgedOf, hint?: TakeHint): Promise<SubmitResult>;
  /**
   * Moves everything that was said about an alert from the key of an earlier build to the one it has now, with a history
   * row at both. May end at any write and be called again, by anyone: nothing is lost, and nothing teaches twice. Words
   * sent to the former key are taken under the new one from then on. False where nothing is kept under `from`.
   */
  move(from: string, to: AlertIdentity, at: string): Promise<boolean>;
  /** What stands on an alert, whether it teaches or not. */
  standing(alertKey: string): Promise<StandingFeedback | undefined>;
  /**
   * Records the state of an incident before its members follow. The newest state stays; members and merged groups only
   * grow. `isChanged` is false where there was nothing to write.
   */
  noteIncident(change: IncidentChange): Promise<{
    readonly status: SubmitStatus;
    readonly incident: IncidentState;
    readonly isChanged: boolean;
  }>;
  /** Every member follows the state of this version: its note goes. */
  incidentSpread(id: string, version: number): Promise<void>;
  incident(id: string): Promise<IncidentState | undefined>;
  /** Incidents whose newest state may not have reached all members, with the versions that have a note. */
  unspreadIncidents(): Promise<
    readonly { readonly incident: IncidentState; readonly versions: readonly number[] }[]
  >;
  /** Every incident, in no promised order. */
  incidents(): AsyncIterable<IncidentState>;
  /**
   * Removes what one analyst said from every alert, and the name from the history, where a pseudonym stands from then
   * on. Returns the alerts changed.
   */
  forget(analyst: string, pseudonym: string): Promise<number>;
  /**
   * Takes back the vote of one analyst, with its own entry in the history: `withdrawn`, or `duplicate` where no
   * such vote stands; `undefined` when the alert was never judged.
   */
  withdraw(alertKey: string, withdrawal: Withdrawal): Promise<SubmitResult | undefined>;
  /** Records an operator's ruling on a quarantined judgement; `undefined` when the alert was never judged. */
  rule(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined>;
  /** `undefined` where nothing that stands on the alert teaches. */
  get(alertKey: string): Promise<FeedbackSample | undefined>;
  /** Judged alerts that carry this vendor id, any tenant and source. */
  findByAlertId(alertId: string): Promise<readonly AlertReference[]>;
  /** Distinct alerts with at least one marker; those that follow the judgement of one incident are one. */
  countPending(): Promise<number>;
  /** The same count with the age of the oldest marker. */
  summarizePending(): Promise<PendingSummary>;
  /** The newest marker of each pending alert. */
  listPending(): Promise<readonly PendingMarker[]>;
  /**
   * Every alert on which something stands that teaches, by key.
   *
   * @param after alert key behind which to begin
   */
  samples(after?: string): AsyncIterable<FeedbackSample>;
  /** Removes the markers of each alert up to and including `rev`; newer ones stay. Missing ones are fine. */
  consume(markers: readonly PendingMarker[]): Promise<void>;
  history(alertKey: string): Promise<readonly HistoryEntry[]>;
  /** Alerts whose history goes further than what stands on them: their row was put back from outside, or has gone. */
  behind(): AsyncIterable<string>;
  /**
   * Says again what the history of such an alert holds, with a marker of its own. A write that meets one does so too.
   *
   * @returns false where nothing was missing
   */
  catchUp(alertKey: string): Promise<boolean>;
  /**
   * Makes the rows that cannot be read again from their histories, as far as those and the snapshot can be; the others
   * stay set aside.
   *
   * @returns the alerts whose rows were made again
   */
  rebuildUnreadable(): Promise<readonly string[]>;
}
