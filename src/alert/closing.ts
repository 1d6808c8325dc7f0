import type { Disposition } from './alert.ts';

/**
 * What a closed vendor record says about its alert. An open record has none.
 *
 * `no_label` closes the alert without saying what it was: undetermined, duplicate, insufficient data, a test.
 */
export interface Closing {
  readonly outcome: Disposition | 'no_label';
  /** `incorrect_logic` and `incorrect_data` for false positives where the vendor tells them apart, else the vendor's word. */
  readonly reason?: string;
  /** Closed by a playbook or other automation, without a human's word. Such a closing must not train the models. */
  readonly byAutomation: boolean;
  readonly analyst?: string;
  /** ISO 8601 UTC. */
  readonly closedAt?: string;
  /** The vendor's own words, for the record. */
  readonly raw: string;
  /** Ids of the alerts that belong to this record, as their own payloads carry them. */
  readonly memberAlertIds: readonly string[];
}
