import type { Disposition } from '../alert/alert.ts';
import type { AlertSnapshot, RuleHit } from '../alert/snapshot.ts';
import type { AlertIdentity, AlertReference } from './feedback-store.ts';

/** One scored alert. */
export interface PredictionEntry {
  /** Names this verdict; undefined in rows of releases before it had a name. */
  readonly verdictId?: string | undefined;
  readonly snapshot: AlertSnapshot;
  /** ISO 8601 UTC. */
  readonly scoredAt: string;
  /** Model name -> version that answered. */
  readonly versions: Readonly<Record<string, string>>;
  readonly disposition: Disposition;
  /** 0-1 each, order of DISPOSITIONS. */
  readonly probabilities: readonly number[];
  readonly riskScore: number;
  readonly anomalyScore: number;
  readonly isAnomaly: boolean;
  readonly finalScore: number;
  readonly decision: string;
  readonly auditSample: boolean;
  /** ISO 8601 UTC: when the vendor had last changed the payload that was scored; undefined where it does not say. */
  readonly payloadAt?: string | undefined;
  /** Further ids the alert goes by: a lookup by one of them finds it. */
  readonly aliases?: readonly string[] | undefined;
  /** The incident the alert was part of when it was scored. */
  readonly incidentId?: string | undefined;
  /** Rules that spoke, strongest first, at most 64. */
  readonly ruleHits?: readonly (RuleHit & { readonly weight: number })[];
}

/** Which verdict of an alert is wanted. */
export interface FindOptions {
  /** The vendor's id of the alert where it is known: one partition is asked instead of all. */
  readonly alertId?: string | undefined;
  /**
   * Chooses among the verdicts of one week, newest first, at least one; undefined goes on to the week before. Left out:
   * the newest.
   */
  readonly choose?: ((newestFirst: readonly PredictionEntry[]) => PredictionEntry | undefined) | undefined;
}

export type PredictionLogMode = 'behind' | 'wait' | 'off';

/** Counts of entries since the start. */
export interface PredictionLogStats {
  readonly mode: PredictionLogMode;
  /** Waiting to be written. */
  readonly queued: number;
  readonly written: number;
  /** Given up because the queue was full. */
  readonly dropped: number;
  /** Given up because storage refused them for good. */
  readonly failed: number;
}

/**
 * What was scored, so that feedback can name an alert by id alone. A failure of the log never fails a predict:
 * `append` does not throw for an outage, it counts. Lookups do throw `STORE_UNAVAILABLE`.
 */
export interface PredictionLog {
  /** 'behind': queued and flushed every 250 ms; 'wait': durable when resolved; 'off': nothing is kept. */
  append(entries: readonly PredictionEntry[]): Promise<void>;
  /** Writes what is queued; a batch calls it before it answers. */
  flush(): Promise<void>;
  /** One of the verdicts of an alert: every one is kept, until its week is dropped. */
  find(alertKey: string, options?: FindOptions): Promise<PredictionEntry | undefined>;
  findByAlertId(alertId: string): Promise<readonly AlertReference[]>;
  /** An alert that this process has scored lately, without asking storage; undefined says nothing. */
  scoredHere(alertKey: string): AlertIdentity | undefined;
  /** Scored alerts of one incident. */
  findByGroup(group: string): Promise<readonly AlertReference[]>;
  /**
   * Entries scored at or after `sinceMs` and before `beforeMs`, of an alert the newest verdict, in the order of
   * their keys' draw (key-draw.ts): the first n are a seeded sample of all. Whoever stops there reads little more than these n, however
   * much was logged.
   *
   * @param after alert key behind which in that order to begin
   */
  entriesSince(sinceMs: number, beforeMs?: number, after?: string): AsyncIterable<PredictionEntry>;
  stats(): PredictionLogStats;
  /**
   * Retention: removes whole weeks, so that this one and `weeks - 1` before it are left. Returns what it removed.
   * `weeks` >= 1.
   */
  dropTablesOlderThan(weeks: number): Promise<readonly string[]>;
  /** Flushes and stops the timer. */
  close(): Promise<void>;
}
