import { setImmediate as nextTurn } from 'node:timers/promises';
import { ATTACK_SHARES, TRUE_POSITIVE } from '../alert/disposition.ts';
import { groupDraws } from '../trees/metrics/group-bootstrap.ts';
import type { CostMatrix } from './policy.ts';
import { type Interval, intervalOf } from './workload-curve.ts';

/** Judged alerts with what a model that had not seen them said; arrays of one length n. */
export interface JudgedScores {
  /** (n,) attack probability, 0-1. */
  readonly attack: Float64Array;
  /** (n,) index into DISPOSITIONS. */
  readonly labels: Int32Array;
  /** (n,) number of the incident: its alerts are drawn together. */
  readonly groups: Int32Array;
  /** (n,) how many alerts each stands for. */
  readonly weights: Float64Array;
}

/** What closing everything below a cut would do. */
export interface CutFigures {
  readonly closeBelow: number;
  /** Share of the alerts, 0-1. */
  readonly closed: Interval;
  /** Share of the true positives, 0-1. */
  readonly missed: Interval;
  /** True positives below the cut, as alerts. */
  readonly nMissed: number;
  readonly costPerAlert: Interval;
  /** Against the first cut, over the same resamples. */
  readonly change: { readonly closed: Interval; readonly missed: Interval; readonly costPerAlert: Interval };
}

/** Judged alerts of like probability: what was said of them, and what they turned out to be. */
export interface ReliabilityBin {
  /** Alerts in it, each once. */
  readonly n: number;
  /** Mean attack probability, weighted. */
  readonly predicted: number;
  /** Share that was an attack (a suspicious one counts half), weighted. */
  readonly observed: Interval;
}

export interface WorkloadFigureOptions {
  /** @default 200 */
  readonly nRounds?: number;
  /** 32-bit. @default 1 */
  readonly seed?: number;
}

/** Longest that one slice holds the event loop. */
const MAX_SLICE_MS = 8;

/** Sums of the alerts below one cut. */
interface Sums {
  readonly closed: Float64Array;
  /** Weighted shares of an attack among them: a suspicious alert counts half. */
  readonly attack: Float64Array;
  readonly truePositives: Float64Array;
}

/**
 * What each cut closes, misses and costs, with 95 % intervals over incidents drawn again; in slices, so that a service
 * can answer others meanwhile. The first cut is the one that the others are compared with.
 *
 * @param cuts attack probabilities below which everything is closed, any order
 */
export async function workloadFigures(
  scores: JudgedScores,
  cuts: readonly number[],
  costs: CostMatrix,
  { nRounds = 200, seed = 1 }: WorkloadFigureOptions = {},
): Promise<CutFigures[]> {
  const bins = binsOf(scores.attack, cuts);
  const plain = figuresOf(sumsOf(scores, scores.weights, bins), bins.order, costs);
  const rounds: Figures[] = [];
  const weights = new Float64Array(scores.attack.length);
  let sliceStartedAtMs = performance.now();
  for (const times of groupDraws(scores.groups, nRounds, seed)) {
    for (let i = 0; i < weights.length; i++) weights[i] = scores.weights[i]! * times[i]!;
    rounds.push(figuresOf(sumsOf(scores, weights, bins), bins.order, costs));
    if (performance.now() - sliceStartedAtMs > MAX_SLICE_MS) {
      await nextTurn();
      sliceStartedAtMs = performance.now();
    }
  }
  const interval = (of: (figures: Figures) => number): Interval => intervalOf(of(plain), rounds.map(of));
  return cuts.map((closeBelow, c) => ({
    closeBelow,
    closed: interval(({ closed }) => closed[c]!),
    missed: interval(({ missed }) => missed[c]!),
    nMissed: nMissedBelow(scores, closeBelow),
    costPerAlert: interval(({ cost }) => cost[c]!),
    change: {
      closed: interval(({ closed }) => closed[c]! - closed[0]!),
      missed: interval(({ missed }) => missed[c]! - missed[0]!),
      costPerAlert: interval(({ cost }) => cost[c]! - cost[0]!),
    },
  }));
}

/**
 * Whether 30 % means 30 %: judged alerts by ascending probability in bins that hold about as many each, equal
 * probabilities together, with 95 % intervals over incidents drawn again; in slices, as {@link workloadFigures}.
 */
export async function reliabilityOf(
  scores: JudgedScores,
  nBins: number,
  { nRounds = 200, seed = 1 }: WorkloadFigureOptions = {},
): Promise<ReliabilityBin[]> {
  const { attack, labels, groups, weights } = scores;
  const edges = evenCuts(attack, nBins).slice(1);
  const binOf = Int32Array.from(attack, (value) => edges.findIndex((edge) => value < edge));
  const sums = (times?: Float64Array): { n: Float64Array; said: Float64Array; was: Float64Array } => {
    const all = {
      n: new Float64Array(edges.length),
      said: new Float64Array(edges.length),
      was: new Float64Array(edges.length),
    };
    for (let i = 0; i < attack.length; i++) {
      const weight = weights[i]! * (times?.[i] ?? 1);
      const bin = binOf[i]!;
      all.n[bin]! += weight;
      all.said[bin]! += weight * attack[i]!;
      all.was[bin]! += weight * ATTACK_SHARES[labels[i]!]!;
    }
    return all;
  };
  const plain = sums();
  const rounds = edges.map((): number[] => []);
  let sliceStartedAtMs = performance.now();
  for (const times of groupDraws(groups, nRounds, seed)) {
    const { n, was } = sums(times);
    rounds.forEach((shares, bin) => {
      if (n[bin]! > 0) shares.push(was[bin]! / n[bin]!);
    });
    if (performance.now() - sliceStartedAtMs > MAX_SLICE_MS) {
      await nextTurn();
      sliceStartedAtMs = performance.now();
    }
  }
  return edges.flatMap((_, bin) => {
    const n = binOf.reduce((sum, own) => sum + (own === bin ? 1 : 0), 0);
    if (n === 0) return [];
    const observed = intervalOf(plain.was[bin]! / plain.n[bin]!, rounds[bin]!);
    return [{ n, predicted: plain.said[bin]! / plain.n[bin]!, observed }];
  });
}

/** Cuts that close about every `1 / n` of the alerts, each between two alerts of different probability; ascending. */
export function evenCuts(attack: Float64Array, n: number): number[] {
  const sorted = attack.slice().sort();
  const cuts = new Set<number>();
  for (let step = 0; step < n; step++) {
    const at = sorted[Math.floor((step * sorted.length) / n)];
    if (at !== undefined) cuts.add(at);
  }
  // just above 1 closes everything
  return [...cuts, 1 + Number.EPSILON];
}

interface Bins {
  /** (n,) how many of the sorted cuts lie at or below each alert: the cuts from there on close it. */
  readonly of: Int32Array;
  /** (nCuts,) place of each cut among the sorted ones. */
  readonly order: Int32Array;
}

function binsOf(attack: Float64Array, cuts: readonly number[]): Bins {
  const sorted = cuts.map((cut, at) => ({ cut, at })).sort((a, b) => a.cut - b.cut);
  const order = new Int32Array(cuts.length);
  sorted.forEach(({ at }, place) => {
    order[at] = place;
  });
  const of = Int32Array.from(attack, (value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.cut <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
  return { of, order };
}

/** Sums by sorted cut; the last entry is over all alerts. */
function sumsOf({ labels }: JudgedScores, weights: Float64Array, bins: Bins): Sums {
  const size = bins.order.length + 1;
  const sums = {
    closed: new Float64Array(size),
    attack: new Float64Array(size),
    truePositives: new Float64Array(size),
  };
  for (let i = 0; i < weights.length; i++) {
    const bin = bins.of[i]!;
    const weight = weights[i]!;
    sums.closed[bin]! += weight;
    sums.attack[bin]! += weight * ATTACK_SHARES[labels[i]!]!;
    if (labels[i] === TRUE_POSITIVE) sums.truePositives[bin]! += weight;
  }
  for (let bin = 1; bin < size; bin++) {
    sums.closed[bin]! += sums.closed[bin - 1]!;
    sums.attack[bin]! += sums.attack[bin - 1]!;
    sums.truePositives[bin]! += sums.truePositives[bin - 1]!;
  }
  return sums;
}

/** By cut, in the order given. */
interface Figures {
  readonly closed: Float64Array;
  readonly missed: Float64Array;
  readonly cost: Float64Array;
}

function figuresOf(sums: Sums, order: Int32Array, costs: CostMatrix): Figures {
  const total = sums.closed.at(-1) ?? 0;
  const attacks = sums.attack.at(-1) ?? 0;
  const truePositives = sums.truePositives.at(-1) ?? 0;
  const by = (of: (bin: number) => number): Float64Array => Float64Array.from(order, of);
  return {
    closed: by((bin) => sums.closed[bin]! / total),
    missed: by((bin) => sums.truePositives[bin]! / truePositives),
    cost: by((bin) => {
      const closedAttack = sums.attack[bin]!;
      const closedHarmless = sums.closed[bin]! - closedAttack;
      const openHarmless = total - attacks - closedHarmless;
      const spent = closedAttack * costs.missed_attack + openHarmless * costs.false_alarm;
      return (spent - closedHarmless * costs.correct_close) / total;
    }),
  };
}

function nMissedBelow({ attack, labels }: JudgedScores, closeBelow: number): number {
  let n = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === TRUE_POSITIVE && attack[i]! < closeBelow) n++;
  return n;
}
