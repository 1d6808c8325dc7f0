import { AlertforestError } from '../../errors.ts';
import type { Sender } from '../../training/feedback/intake-outcome.ts';
import type { WireFeedbackWithdrawn } from './feedback.ts';
import type { FeedbackServiceDeps } from './feedback-service.ts';
import { checkKey, neverJudged } from './judged-key.ts';
import { payQuota } from './pay-quota.ts';

export type WithdrawDeps = Pick<FeedbackServiceDeps, 'feedback' | 'now' | 'takeQuota' | 'noteJudged'>;

/** Whose votes a caller casts and takes back: the proven name, else the claimed one, else the unnamed one. */
export function analystOf(sender: Sender, claimed: string | undefined): string {
  return (sender.verified ? sender.name : (claimed ?? sender.name)) ?? 'unnamed';
}

/**
 * Takes back the vote of the caller on one alert.
 *
 * @throws AlertforestError ALERT_UNKNOWN for an alert that was never judged, NOT_FOUND where no vote of this analyst
 * stands, RATE_LIMITED, STORE_UNAVAILABLE
 */
export async function withdrawFeedback(
  alertKey: string,
  claimed: string | undefined,
  sender: Sender,
  deps: WithdrawDeps,
): Promise<WireFeedbackWithdrawn> {
  payQuota(deps, sender, 1);
  const analyst = analystOf(sender, claimed);
  checkKey(alertKey);
  const before = await deps.feedback.get(alertKey);
  const { verified } = sender;
  const at = new Date(deps.now()).toISOString();
  const taken = await deps.feedback.withdraw(alertKey, { analyst, verified, at });
  if (taken === undefined) throw neverJudged(alertKey);
  const vote = before?.votes.find((one) => one.analyst === analyst && one.from !== 'record');
  if (taken.status !== 'withdrawn' || vote === undefined) {
    throw new AlertforestError('NOT_FOUND', `No vote of ${analyst} stands on the alert ${alertKey}.`, {
      issues: [{ path: 'analyst', message: 'Expected an analyst whose own vote stands.' }],
    });
  }
  const after = await deps.feedback.get(alertKey);
  const { pending, queued } = await deps.noteJudged(taken.pending ? 1 : 0);
  return {
    alert_key: alertKey,
    analyst,
    withdrawn: { disposition: vote.disposition, risk_score: vote.risk_score ?? null, at: vote.at },
    before: { label: before?.effective.disposition ?? null, weight: before?.effective.agreement ?? null },
    after: { label: after?.effective.disposition ?? null, weight: after?.effective.agreement ?? null },
    pending,
    retrain_queued: queued,
  };
}
