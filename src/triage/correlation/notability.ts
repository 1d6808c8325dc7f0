import type { Alert, Severity } from '../../alert/alert.ts';
import type { BehaviorFacts } from '../behavior/behavior-facts.ts';
import type { TriageFacts } from '../triage-facts.ts';

/** From this strength on an alert of low or unknown severity is notable. */
const GATE = 0.15;
/** A rule score from which an alert of a tenant that is still watched for its first day is notable. */
const WARM_UP_RULE_SCORE = 40;
/** The gate of an alert of unknown severity in a tenant's first day: a pair passes it in its first six cells. */
const FIRST_SIGHT_GATE = 0.05;
/** Before a tenant has raised so many alerts nearly everything is new, whatever it is. */
const FIRST_SIGHT_FROM = 20;

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
  /** Nothing but its rarity in the tenant's first day speaks for it. */
  readonly isFirstSight: boolean;
}

/**
 * Whether an alert stands out, and by how much. With a history: by how its pairs differ from what they do. Without: by
 * severity and rules, so that the first incident of a new customer is not missed. An indicator that was hit always does.
 *
 * A source that gives no severity would say nothing in a first day: of it stands out what is rare so far. That is little
 * evidence, so it has no strength and is read as one, apart from the incidents.
 */
export function notability(alert: Alert, facts: Readonly<TriageFacts>): Notability {
  const { behavior, rules, intel } = facts;
  const isWarmingUp = behavior === undefined || Number.isNaN(behavior.score);
  const hit = (intel?.[0]?.confidence ?? 0) / 100;
  if (!isWarmingUp) {
    const strength = Math.max(behavior.own, hit);
    const notable = strength >= GATES[alert.severity] || hit > 0;
    return { notable, strength, isWarmingUp, isFirstSight: false };
  }
  const ruleScore = rules?.score ?? 0;
  const strength = Math.max(WARM_UP_STRENGTH[alert.severity], ruleScore / 100, hit);
  const isSevere = WARM_UP_STRENGTH[alert.severity] >= WARM_UP_STRENGTH.medium;
  if (isSevere || ruleScore >= WARM_UP_RULE_SCORE || hit > 0)
    return { notable: true, strength, isWarmingUp, isFirstSight: false };
  const isFirstSight = alert.severity === 'unknown' && behavior !== undefined && isRareSoFar(behavior);
  return { notable: isFirstSight, strength: isFirstSight ? 0 : strength, isWarmingUp, isFirstSight };
}

function isRareSoFar({ own, alertsSoFar }: BehaviorFacts): boolean {
  return alertsSoFar >= FIRST_SIGHT_FROM && own >= FIRST_SIGHT_GATE;
}
