import { ATTACK_SHARES } from '../alert/disposition.ts';
import type { CostMatrix } from './policy.ts';

/**
 * Attack probability below which closing costs less than looking, in [0, 1]:
 * attack x missed < (1 - attack) x (false alarm + correct close).
 */
export function decisionThreshold(costs: CostMatrix): number {
  const saved = costs.false_alarm + costs.correct_close;
  return saved / (costs.missed_attack + saved);
}

/** What one alert costs once it is known what it was; a gain is negative. */
export function outcomeCost(isClosed: boolean, attackShare: number, costs: CostMatrix): number {
  return isClosed
    ? attackShare * costs.missed_attack - (1 - attackShare) * costs.correct_close
    : (1 - attackShare) * costs.false_alarm;
}

/** What counted decisions are worth, in the currency of the costs: correct closes earn, the others cost. */
export function outcomeValue(
  {
    correct,
    missed,
    falseAlarms,
  }: { readonly correct: number; readonly missed: number; readonly falseAlarms: number },
  costs: CostMatrix,
): number {
  return correct * costs.correct_close - missed * costs.missed_attack - falseAlarms * costs.false_alarm;
}

/** Judged alerts with the attack probability a model gave them; arrays of one length n. */
export interface ScoredAlerts {
  /** (n,) in [0, 1]. */
  readonly attack: ArrayLike<number>;
  /** (n,) index into DISPOSITIONS. */
  readonly labels: ArrayLike<number>;
  /** (n,) >= 0; an audit sample stands for 1 / share alerts. Left out: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Mean cost per alert when everything below the decision threshold of `costs` is closed: what a model selection
 * compares candidates by. NaN without alerts.
 */
export function expectedCost(scored: ScoredAlerts, costs: CostMatrix): number {
  const closeBelow = decisionThreshold(costs);
  let total = 0;
  let weights = 0;
  for (let i = 0; i < scored.labels.length; i++) {
    const weight = scored.weights?.[i] ?? 1;
    const isClosed = scored.attack[i]! < closeBelow;
    total += weight * outcomeCost(isClosed, ATTACK_SHARES[scored.labels[i]!]!, costs);
    weights += weight;
  }
  return total / weights;
}
