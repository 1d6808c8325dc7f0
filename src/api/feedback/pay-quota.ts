import { AlertforestError } from '../../errors.ts';
import type { Sender } from '../../training/feedback/intake-outcome.ts';

/** What paying for work needs. */
export interface Paying {
  /**
   * Takes `n` units of work from the caller's quota; seconds to wait where it is used up, 0 where it is not. A unit is
   * one alert that is looked up and written, a member of an incident as much as its own judgement.
   */
  readonly takeQuota: (sender: Sender, n: number) => number;
}

/**
 * Takes units of work from the caller's quota.
 *
 * @throws AlertforestError RATE_LIMITED, with the seconds to wait
 */
export function payQuota({ takeQuota }: Paying, sender: Sender, units: number): void {
  const waitSeconds = takeQuota(sender, units);
  if (waitSeconds === 0) return;
  throw new AlertforestError('RATE_LIMITED', 'Too much feedback in one minute from this caller.', {
    retryAfterSeconds: waitSeconds,
  });
}
