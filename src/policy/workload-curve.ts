import { TRUE_POSITIVE } from '../alert/disposition.ts';
import { drawGroups } from '../trees/metrics/group-bootstrap.ts';
import { sortedQuantile } from '../trees/metrics/quantile.ts';
import type { ScoredAlerts } from './decision-threshold.ts';

/** A share with a 95 % bootstrap interval; NaN where there is nothing to count. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** "x % of the alerts closed at y % missed". */
export interface WorkloadPoint {
  /** Most true positives that may be closed, 0-1. */
  readonly missRate: number;
  /** Alerts with an attack probability below it are closed; 0 closes nothing. */
  readonly closeBelow: number;
  /** Share of all alerts closed, 0-1. */
  readonly closedShare: Interval;
  /** Share of the alerts that are no true positive which is closed, 0-1. */
  readonly noiseClosedShare: Interval;
}

/** What one cut closes and misses. */
export interface CutOutcome {
  readonly closeBelow: number;
  readonly closedShare: Interval;
  /** Share of the true positives below the cut, 0-1. */
  readonly missRate: Interval;
  readonly nTruePositives: number;
  readonly nMissed: number;
}

export interface WorkloadOptions {
  /** Groups are drawn as a whole: alerts of one incident are not independent. (n,) Left out: each alert alone. */
  readonly groups?: readonly string[];
  /** Bootstrap rounds for the intervals, 0 for none. @default 200 */
  readonly nRounds?: number;
  /** 32-bit. @default 1 */
  readonly seed?: number;
}

/** Miss rates of the curve: those that field reports quote. */
export const MISS_RATES = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1] as const;

/**
 * The most alerts that can be closed at each miss rate, closing from the least attack-like upwards. An interval
 * says how the same rule (choose the cut at this miss rate) fares on alerts drawn again.
 */
export function workloadCurve(
  scored: ScoredAlerts,
  missRates: readonly number[] = MISS_RATES,
  options: WorkloadOptions = {},
): WorkloadPoint[] {
  const sorted = sortByAttack(scored);
  const plain = missRates.map((rate) => cutAtMissRate(sorted, sorted.weights, rate));
  const closed: number[][] = missRates.map(() => []);
  const noise: number[][] = missRates.map(() => []);
  forEachResample(scored, sorted, options, (weights) => {
    missRates.forEach((rate, r) => {
      const cut = cutAtMissRate(sorted, weights, rate);
      closed[r]!.push(cut.closedShare);
      noise[r]!.push(cut.noiseClosedShare);
    });
  });
  return missRates.map((missRate, r) => ({
    missRate,
    closeBelow: plain[r]!.closeBelow,
    closedShare: intervalOf(plain[r]!.closedShare, closed[r]!),
    noiseClosedShare: intervalOf(plain[r]!.noiseClosedShare, noise[r]!),
  }));
}

/** What closing everything below `closeBelow` would close and miss. */
export function cutOutcome(
  scored: ScoredAlerts,
  closeBelow: number,
  options: WorkloadOptions = {},
): CutOutcome {
  const sorted = sortByAttack(scored);
  const plain = outcomeAt(sorted, sorted.weights, closeBelow);
  const closed: number[] = [];
  const missed: number[] = [];
  forEachResample(scored, sorted, options, (weights) => {
    const outcome = outcomeAt(sorted, weights, closeBelow);
    closed.push(outcome.closedShare);
    missed.push(outcome.missRate);
  });
  let nTruePositives = 0;
  let nMissed = 0;
  sorted.isTruePositive.forEach((isTruePositive, p) => {
    if (isTruePositive !== 1) return;
    nTruePositives++;
    if (sorted.attack[p]! < closeBelow) nMissed++;
  });
  return {
    closeBelow,
    closedShare: intervalOf(plain.closedShare, closed),
    missRate: intervalOf(plain.missRate, missed),
    nTruePositives,
    nMissed,
  };
}

/** Alerts by ascending attack probability, as parallel arrays. */
interface SortedAlerts {
  readonly order: Int32Array;
  readonly attack: Float64Array;
  readonly isTruePositive: Uint8Array;
  readonly weights: Float64Array;
}

function sortByAttack(scored: ScoredAlerts): SortedAlerts {
  const n = scored.labels.length;
  if (scored.attack.length !== n || (scored.weights !== undefined && scored.weights.length !== n)) {
    throw new RangeError(
      `Expected ${n} probabilities and weights, got ${scored.attack.length} and ${scored.weights?.length ?? n}.`,
    );
  }
  const order = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => scored.attack[a]! - scored.attack[b]!,
  );
  return {
    order,
    attack: Float64Array.from(order, (i) => scored.attack[i]!),
    isTruePositive: Uint8Array.from(order, (i) => (scored.labels[i] === TRUE_POSITIVE ? 1 : 0)),
    weights: Float64Array.from(order, (i) => scored.weights?.[i] ?? 1),
  };
}

function cutAtMissRate(
  sorted: SortedAlerts,
  weights: Float64Array,
  missRate: number,
): { closeBelow: number; closedShare: number; noiseClosedShare: number } {
  const { attack, isTruePositive } = sorted;
  const n = attack.length;
  let total = 0;
  let attacks = 0;
  for (let p = 0; p < n; p++) {
    total += weights[p]!;
    attacks += weights[p]! * isTruePositive[p]!;
  }
  // a hair of slack: a budget of exactly k misses must admit k misses whatever the sums round to
  const budget = missRate * attacks + 1e-9 * attacks;
  let closed = 0;
  let missed = 0;
  let best = { closeBelow: 0, closed: 0, missed: 0 };
  for (let p = 0; p < n; p++) {
    closed += weights[p]!;
    missed += weights[p]! * isTruePositive[p]!;
    if (missed > budget) break;
    // equal probabilities are closed together, so a cut lies only before a larger one
    const next = p + 1 < n ? attack[p + 1]! : Number.POSITIVE_INFINITY;
    if (next > attack[p]!) best = { closeBelow: Math.min(next, 1 + Number.EPSILON), closed, missed };
  }
  return {
    closeBelow: best.closeBelow,
    closedShare: best.closed / total,
    noiseClosedShare: (best.closed - best.missed) / (total - attacks),
  };
}

function outcomeAt(
  sorted: SortedAlerts,
  weights: Float64Array,
  closeBelow: number,
): { closedShare: number; missRate: number } {
  let total = 0;
  let attacks = 0;
  let closed = 0;
  let missed = 0;
  for (let p = 0; p < sorted.attack.length; p++) {
    const weight = weights[p]!;
    total += weight;
    attacks += weight * sorted.isTruePositive[p]!;
    if (sorted.attack[p]! < closeBelow) {
      closed += weight;
      missed += weight * sorted.isTruePositive[p]!;
    }
  }
  return { closedShare: closed / total, missRate: missed / attacks };
}

/** Calls `visit` with the weights of each bootstrap round: groups drawn with replacement, by seed. */
function forEachResample(
  scored: ScoredAlerts,
  sorted: SortedAlerts,
  options: WorkloadOptions,
  visit: (weights: Float64Array) => void,
): void {
  const { nRounds = 200, seed = 1, groups } = options;
  const n = scored.labels.length;
  if (groups !== undefined && groups.length !== n) {
    throw new RangeError(`Expected ${n} groups, got ${groups.length}.`);
  }
  const weights = new Float64Array(n);
  drawGroups(groups ?? n, nRounds, seed, (times) => {
    for (let p = 0; p < n; p++) weights[p] = sorted.weights[p]! * times[sorted.order[p]!]!;
    visit(weights);
  });
}

/** The middle 95 % of the rounds that had something to count. */
export function intervalOf(value: number, rounds: readonly number[]): Interval {
  const counted = rounds.filter((round) => !Number.isNaN(round)).sort((a, b) => a - b);
  if (counted.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  return { value, low: sortedQuantile(counted, 0.025), high: sortedQuantile(counted, 0.975) };
}
