import type { AlertIdentity, Disposition } from './alert.ts';

/**
 * What a closed vendor record says about its alert. An open record has none.
 *
 * `no_label` closes the alert without saying what it was: undetermined, duplicate, insufficient data, a test.
 */
export interface Closing {
  readonly outcome: Disposition | 'no_label';
  /** `incorrect_logic` and `incorrect_data` for false positives where the vendor tells them apart, else the vendor's word. */
  readonly reason?: string;
  /** What a machine closed, without a person's word, must not train the models. */
  readonly by: 'person' | 'machine';
  readonly analyst?: string;
  /** ISO 8601 UTC. */
  readonly closedAt?: string;
  /** The vendor's own words, for the record. */
  readonly raw: string;
  /** A word in the place of the verdict that no vendor's vocabulary holds; the outcome is then `no_label`. */
  readonly unread?: string;
  /** Ids of the alerts that belong to this record, as their own payloads carry them. */
  readonly memberAlertIds: readonly string[];
}

/** What a record says of itself besides its verdict, closed or open. */
export interface RecordFacts {
  /** ISO 8601 UTC: when its vendor last changed it; absent where the record does not say. */
  readonly changedAt?: string;
  /** True where the record stands for several alerts; only such a record labels its members. */
  readonly isIncident: boolean;
  /** Ids of the alerts of an incident, as their own payloads carry them, whether it is closed or not. */
  readonly memberAlertIds?: readonly string[];
  /** The incident into which this one was merged. Such a record carries no label of its own. */
  readonly mergedInto?: string;
  /** The owner and earlier ones, where the record keeps them. */
  readonly owners?: readonly string[];
  /** Ids under which other products know this alert: a copy that names its original is read under the original's id. */
  readonly aliases?: readonly string[];
  /** For an alert listed within its incident: the incident's own word stands here, not the alert's. */
  readonly isInherited?: boolean;
  /** That incident, as its own record is named; `id_scope` counts where no tenant is known. */
  readonly incident?: AlertIdentity;
}
