import { AlertforestError } from '../errors.ts';

/** What one instance counted in about half a minute. */
export interface BehaviorDelta {
  /** Id of the process: a restart is another one. */
  readonly instance: string;
  /** From 0, without gaps: each is taken in once. */
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a delta at most: one row of Table Storage. */
export const MAX_DELTA_BYTES = 300_000;

/** Deltas by bucket of time, for all instances to read. Throws `STORE_UNAVAILABLE` on an outage. */
export interface BehaviorLog {
  /** Writing the same (instance, seq) again changes nothing. */
  append(bucket: number, delta: BehaviorDelta): Promise<void>;
  read(bucket: number): Promise<readonly BehaviorDelta[]>;
  /** Forgets a bucket. */
  drop(bucket: number): Promise<void>;
}

/** @throws AlertforestError INTERNAL where a delta is too large for its row */
export function checkDelta({ bytes }: BehaviorDelta): void {
  if (bytes.length <= MAX_DELTA_BYTES) return;
  throw new AlertforestError(
    'INTERNAL',
    `Expected a delta of at most ${MAX_DELTA_BYTES} bytes, got ${bytes.length}.`,
  );
}
