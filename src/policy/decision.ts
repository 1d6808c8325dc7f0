import { DISPOSITIONS, type Severity } from '../alert/alert.ts';
import { isAuditSample } from './audit-sample.ts';
import type { ConformalSets } from './conformal.ts';
import { attackProbability, decisionThreshold } from './decision-threshold.ts';
import type { Policy } from './policy.ts';

export const DECISIONS = ['close', 'review', 'escalate'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Why an alert is not closed, where a reason is worth a word. */
export const REVIEW_REASONS = [
  'audit_sample',
  'loading',
  'intel_hit',
  'notable',
  'incident',
  'critical_severity',
  'too_costly_to_close',
  'ambiguous',
  'unlike_judged_alerts',
  'too_few_judged_alerts',
] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** Reasons that come from the stages around the models. */
export type ContextReason = Extract<ReviewReason, 'loading' | 'intel_hit' | 'notable' | 'incident'>;

export interface DecisionOutcome {
  readonly decision: Decision;
  /** Only with `review`. */
  readonly reason?: ReviewReason;
}

export interface DecisionInput {
  /** (nClasses,) calibrated. */
  readonly probabilities: ArrayLike<number>;
  readonly severity: Severity;
  readonly alertKey: string;
  /** What the context of the alert says against closing it. */
  readonly forbidden?: ContextReason | undefined;
}

const TRUE_POSITIVE_BIT = 1 << DISPOSITIONS.indexOf('true_positive');
const HARMLESS_BITS = (1 << DISPOSITIONS.indexOf('benign')) | (1 << DISPOSITIONS.indexOf('false_positive'));

/**
 * Decides what happens to an alert.
 *
 * `close` when closing is the cheaper mistake, the conformal set is not empty and holds only benign or
 * false_positive, enough true positives were judged to say so, the severity is not critical, nothing in the alert's
 * context forbids it and the alert is no audit sample; `escalate` when the set is exactly {true_positive}; else `review`.
 */
export function decide(input: DecisionInput, policy: Policy, sets: ConformalSets): DecisionOutcome {
  const mask = sets.maskOf(input.probabilities);
  if (mask === TRUE_POSITIVE_BIT) return { decision: 'escalate' };
  // an uncovered class is in no set, so its absence says nothing: without judged attacks nothing is closed
  if (!sets.isCovered('true_positive')) return { decision: 'review', reason: 'too_few_judged_alerts' };
  if (mask === 0) return { decision: 'review', reason: 'unlike_judged_alerts' };
  if ((mask & ~HARMLESS_BITS) !== 0) return { decision: 'review', reason: 'ambiguous' };
  const closeBelow = policy.close_below ?? decisionThreshold(policy.costs);
  if (!(attackProbability(input.probabilities) < closeBelow)) {
    return { decision: 'review', reason: 'too_costly_to_close' };
  }
  if (input.severity === 'critical') return { decision: 'review', reason: 'critical_severity' };
  if (input.forbidden !== undefined) return { decision: 'review', reason: input.forbidden };
  if (isAuditSample(input.alertKey, policy.audit_share)) {
    return { decision: 'review', reason: 'audit_sample' };
  }
  return { decision: 'close' };
}
