import type { Severity } from '../alert/alert.ts';
import { attackProbability, BENIGN, FALSE_POSITIVE, TRUE_POSITIVE } from '../alert/disposition.ts';
import { isAuditSample } from './audit-sample.ts';
import type { ConformalSets } from './conformal.ts';
import { decisionThreshold } from './decision-threshold.ts';
import type { Policy } from './policy.ts';

export const DECISIONS = ['close', 'review', 'escalate'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Why an alert is not closed, where a reason is worth a word. */
export const REVIEW_REASONS = [
  'audit_sample',
  'loading',
  'policy_unread',
  'intel_hit',
  'notable',
  'incident',
  'critical_severity',
  'too_costly_to_close',
  'ambiguous',
  'unlike_judged_alerts',
  'too_few_judged_alerts',
  'provisional_release',
  'source_not_judged_enough',
  'rule_not_judged_enough',
  'tenant_not_judged_enough',
  'outside_judged_alerts',
] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** Reasons that come from around the models. */
export type ContextReason = Extract<
  ReviewReason,
  'loading' | 'policy_unread' | 'intel_hit' | 'notable' | 'incident'
>;

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
  /** What speaks against closing the alert, whatever the models say. */
  readonly forbidden?: ContextReason | undefined;
  readonly known: Known;
}

/** What stands behind a verdict. */
export interface Known {
  /** The release that serves was promoted on too little to be sure of it. */
  readonly isProvisional: boolean;
  /** Judged alerts of the same source, rule and tenant; `tenant` is undefined where the alert names none. */
  readonly judged: { readonly source: number; readonly rule: number; readonly tenant: number | undefined };
  /** Whether the alert lies far outside the judged ones; asked only where all else speaks for closing. */
  readonly isOutside: () => boolean;
}

const TRUE_POSITIVE_BIT = 1 << TRUE_POSITIVE;
const HARMLESS_BITS = (1 << BENIGN) | (1 << FALSE_POSITIVE);

/**
 * Decides what happens to an alert.
 *
 * `close` when closing is the cheaper mistake, the conformal set is not empty and holds only benign or
 * false_positive, enough true positives were judged to say so, the severity is not critical, nothing in the alert's
 * context forbids it, the alert is no audit sample, and what stands behind the verdict is enough: no provisional
 * release, judged alerts of the same source, rule and tenant, and none far outside of what was judged (the conformal
 * promise holds only for alerts like the judged ones); `escalate` when the set is exactly {true_positive}; else
 * `review`.
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
  const unknown = whyUnknown(input.known, policy.close_from);
  if (unknown !== undefined) return { decision: 'review', reason: unknown };
  if (isAuditSample(input.alertKey, policy.audit_share)) {
    return { decision: 'review', reason: 'audit_sample' };
  }
  return { decision: 'close' };
}

function whyUnknown(known: Known, least: Policy['close_from']): ReviewReason | undefined {
  const { judged } = known;
  if (known.isProvisional) return 'provisional_release';
  if (judged.source < least.source) return 'source_not_judged_enough';
  if (judged.rule < least.rule) return 'rule_not_judged_enough';
  if (judged.tenant !== undefined && judged.tenant < least.tenant) return 'tenant_not_judged_enough';
  return known.isOutside() ? 'outside_judged_alerts' : undefined;
}
