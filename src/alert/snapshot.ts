import type { Severity } from './alert.ts';

/** A rule that spoke on an alert. */
export interface RuleHit {
  readonly id: string;
  /** The hit held only because a field was absent. */
  readonly half?: true | undefined;
}

/**
 * What is kept of a scored alert: enough to train on it later, nothing that could be read as alert content.
 * Columns are the stateless features as float32; track-record columns are refitted out of fold and never kept.
 */
export interface AlertSnapshot {
  /** 32 hex digits, see alertKey. */
  readonly alertKey: string;
  readonly alertId: string;
  readonly tenant: string | undefined;
  readonly source: string;
  /** 32 hex digits, see alertGroup; frozen at the first write. */
  readonly group: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly severity: Severity;
  /** 16 hex digits: hash of tenant x rule, for the guards' caps per rule. */
  readonly ruleKey: string;
  /** Id of the catalogue that names the columns: 12 hex digits over names and definition versions. */
  readonly catalogId: string;
  /** Version of the reader that read the payload, see READER_VERSION; absent in rows older than the name. */
  readonly readerVersion?: number;
  /** (nStatelessFeatures,) NaN where missing. */
  readonly columns: Float32Array;
  /** One 64-bit hash (16 hex digits) per track-record family, '' where the alert lacks the value; order of RECORD_FAMILIES. */
  readonly recordKeys: readonly string[];
  /** Key under which an earlier build kept the alert; its group may still be of that key. */
  readonly formerKey?: string;
  /**
   * In (0, 1], share of the audit sample that kept this alert open when it would have been closed; absent where a
   * person was to look at it in any case.
   */
  readonly auditShare?: number;
  /** Rules that spoke when it was scored, at most 64; absent where they were not asked. Kept with judgements only. */
  readonly ruleHits?: readonly RuleHit[];
}
