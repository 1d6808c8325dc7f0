import { AlertforestError } from '../../errors.ts';
import type { Sender } from '../../training/feedback/intake-outcome.ts';
import type { FeedbackServiceDeps } from './feedback-service.ts';

/**
 * Takes units of work from the caller's quota.
 *
 * @throws AlertforestError RATE_LIMITED, with the seconds to wait
 */
export function payQuota(
  { takeQuota }: Pick<FeedbackServiceDeps, 'takeQuota'>,
  sender: Sender,
  units: number,
): void {
  const waitSeconds = takeQuota(sender, units);
  if (waitSeconds === 0) return;
  throw new AlertforestError('RATE_LIMITED', 'Too much feedback in one minute from this caller.', {
    retryAfterSeconds: waitSeconds,
  });
}
