import type { Alert, Severity } from '../../alert/alert.ts';
import type { TriageFacts } from '../triage-facts.ts';

/** From this strength on an alert of low or unknown severity is notable. */
const GATE = 0.15;
/** A rule score from which an alert of a tenant that is still watched for its first day is notable. */
const WARM_UP_RULE_SCORE = 40;

/**
 * The more severe, the more often an alert may repeat before it is routine: at these gates a pair stays notable for
 * 2, 3, 6 and 13 cells of ten minutes within a week.
 */
const GATES: Readonly<Record<Severity, number>> = {
  unknown: GATE,
  informational: GATE,
  low: GATE,
  medium: 0.1,
  high: 0.05,
  critical: 0.02,
};

/** What stands for the strength of an alert before there is a history to compare it with. */
const WARM_UP_STRENGTH: Readonly<Record<Severity, number>> = {
  unknown: 0,
  informational: 0,
  low: 0.1,
  medium: 0.4,
  high: 0.8,
  critical: 1.5,
};

export interface Notability {
  readonly notable: boolean;
  readonly strength: number;
  readonly isWarmingUp: boolean;
}

/**
 * Whether an alert stands out, and by how much. With a history: by how its pairs differ from what they do. Without: by
 * severity and rules, so that the first incident of a new customer is not missed. An indicator that was hit always does.
 */
export function notability(alert: Alert, facts: Readonly<TriageFacts>): Notability {
  const { behavior, rules, intel } = facts;
  const isWarmingUp = behavior === undefined || Number.isNaN(behavior.score);
  const hit = (intel?.[0]?.confidence ?? 0) / 100;
  if (!isWarmingUp) {
    const strength = Math.max(behavior.own, hit);
    return { notable: strength >= GATES[alert.severity] || hit > 0, strength, isWarmingUp };
  }
  const ruleScore = rules?.score ?? 0;
  const strength = Math.max(WARM_UP_STRENGTH[alert.severity], ruleScore / 100, hit);
  const isSevere = WARM_UP_STRENGTH[alert.severity] >= WARM_UP_STRENGTH.medium;
  return { notable: isSevere || ruleScore >= WARM_UP_RULE_SCORE || hit > 0, strength, isWarmingUp };
}
