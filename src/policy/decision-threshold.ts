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
 * Mean cost per alert when everything below the decision threshold of `costs` is closed: what the tournament
 * compares contestants by. NaN without alerts.
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

export interface CostPoint {
  /** Alerts with an attack probability below it are closed. */
  readonly closeBelow: number;
  /** Mean cost per alert; a gain is negative. */
  readonly cost: number;
  /** Share of the alerts closed, 0-1. */
  readonly closedShare: number;
}

/** Mean cost per alert at every distinct cut, ascending; the first point closes nothing, the last everything. */
export function costCurve(scored: ScoredAlerts, costs: CostMatrix): CostPoint[] {
  const n = scored.labels.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => scored.attack[a]! - scored.attack[b]!);
  const weightOf = (i: number): number => scored.weights?.[i] ?? 1;
  let total = 0;
  let weights = 0;
  for (let i = 0; i < n; i++) {
    total += weightOf(i) * outcomeCost(false, ATTACK_SHARES[scored.labels[i]!]!, costs);
    weights += weightOf(i);
  }
  if (weights === 0) return [];
  let closed = 0;
  const points: CostPoint[] = [];
  for (let p = 0; p <= n; p++) {
    const closeBelow = p < n ? scored.attack[order[p]!]! : 1 + Number.EPSILON;
    // equal probabilities are closed together: a point only where the cut separates two alerts
    if (p === 0 || p === n || closeBelow > scored.attack[order[p - 1]!]!) {
      points.push({ closeBelow, cost: total / weights, closedShare: closed / weights });
    }
    if (p === n) break;
    const i = order[p]!;
    const share = ATTACK_SHARES[scored.labels[i]!]!;
    total += weightOf(i) * (outcomeCost(true, share, costs) - outcomeCost(false, share, costs));
    closed += weightOf(i);
  }
  return points;
}
