import type { NormalizedAlert } from './normalize.ts';

/** Why a record that is understood is no alert. */
export type SkipCode =
  | 'resolved'
  | 'acknowledged'
  | 'unban'
  | 'sensor_status'
  | 'heartbeat'
  | 'redirected'
  | 'subscription_validation'
  | 'test';

/** A record that is understood and no alert: a notice about one, a sensor's word about itself, a protocol's handshake. */
export interface Skip {
  readonly code: SkipCode;
  /** One sentence for people. */
  readonly reason: string;
  /** What the record is about: the id of the alert it speaks of, where it was merged into, what to answer. */
  readonly ref?: string;
}

/** A record that must not be scored, where an alert was asked for. */
export class SkippedAlert extends Error {
  readonly skip: Skip;
  readonly normalized: NormalizedAlert;

  constructor(normalized: NormalizedAlert, skip: Skip) {
    super(skip.reason);
    this.name = 'SkippedAlert';
    this.skip = skip;
    this.normalized = normalized;
  }
}
