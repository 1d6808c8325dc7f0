import {
  binCount,
  binShares,
  N_QUANTILE_BINS,
  namedBins,
  unseenShare,
  type ValueBins,
  valueBins,
} from '../models/value-bins.ts';
import { jensenShannonDistance, populationStability } from './population-stability.ts';

/** One bin of both samples. */
export interface ComparedBin {
  readonly label: string;
  /** Share of each sample in it, 0-1. */
  readonly before: number;
  readonly now: number;
}

/** How far two samples of one number lie apart. */
export interface Compared {
  /** Population stability index, >= 0. */
  readonly psi: number;
  /** Jensen-Shannon distance, base 2, in [0, 1], over the same bins. */
  readonly jsDistance: number;
  /** How many bins both were counted in. */
  readonly bins: number;
  /** Whose bins: frozen with the release, or of the baseline at hand. */
  readonly binsOf: 'release' | 'baseline';
  /** What both hold, by ascending value, missing last; bins that neither fills are left out. */
  readonly distribution: readonly ComparedBin[];
}

/** Whether both hold one and the same value only, or are missing throughout. */
export function isOneValue(before: ArrayLike<number>, now: ArrayLike<number>): boolean {
  const first = before[0] as number;
  const isFirst = (value: number): boolean => value === first || (Number.isNaN(value) && Number.isNaN(first));
  return Array.prototype.every.call(before, isFirst) && Array.prototype.every.call(now, isFirst);
}

/**
 * Over frozen bins where they still fit: when more of the baseline than one bin would hold has values that the release
 * had never seen, they cannot tell those values apart, and the baseline's own bins are taken.
 */
export function compareValues(
  baseline: ArrayLike<number>,
  window: ArrayLike<number>,
  frozen?: ValueBins,
): Compared {
  let bins = frozen ?? valueBins(baseline);
  let before = binShares(baseline, bins);
  let binsOf: Compared['binsOf'] = frozen === undefined ? 'baseline' : 'release';
  if (frozen !== undefined && unseenShare(before, frozen) > 1 / N_QUANTILE_BINS) {
    bins = valueBins(baseline);
    before = binShares(baseline, bins);
    binsOf = 'baseline';
  }
  const now = binShares(window, bins);
  return {
    psi: populationStability(before, now),
    jsDistance: jensenShannonDistance(before, now),
    bins: binCount(bins),
    binsOf,
    distribution: distributionOf(bins, before, now),
  };
}

function distributionOf(bins: ValueBins, before: Float64Array, now: Float64Array): ComparedBin[] {
  return namedBins(bins)
    .map(({ label, at = Number.POSITIVE_INFINITY }, i) => ({ label, at, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ label, i }) => ({ label, before: before[i]!, now: now[i]! }))
    .filter((bin) => bin.before > 0 || bin.now > 0);
}
