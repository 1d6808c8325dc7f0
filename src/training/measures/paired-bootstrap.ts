import { drawGroups } from '../../trees/metrics/group-bootstrap.ts';
import { sortedQuantile } from '../../trees/metrics/quantile.ts';

/**
 * A number that two models get over the same alerts, under weights of the alerts. `undefined` where it has no value
 * under these weights, for example an AUC when only one side was drawn.
 */
export interface PairedMeasure {
  readonly name: string;
  /** Difference, in the measure's own unit, that still counts as equal. */
  readonly margin: number;
  readonly higherIsBetter: boolean;
  readonly champion: (weights: Float64Array) => number | undefined;
  readonly challenger: (weights: Float64Array) => number | undefined;
}

/** How the challenger stands to the champion; every field is JSON. `worse` > 0 means the challenger is worse. */
export interface PairedComparison {
  readonly name: string;
  readonly champion: number;
  readonly challenger: number;
  readonly margin: number;
  /** Difference over all alerts. */
  readonly worse: number;
  /** 5 % and 95 % of the difference over the resamples. */
  readonly worse_low: number;
  readonly worse_high: number;
  /** Share of the resamples in which the challenger is worse by more than the margin. */
  readonly beyond_margin: number;
}

/**
 * Weights of each alert in resamples of whole groups, drawn with replacement: alerts of one incident stand or fall
 * together. A weight is how often the alert was drawn, times how many it stands for. The first entry is the set as
 * it is.
 *
 * @param samplingWeights (n,) left out: each alert stands for itself
 */
export function resampleGroups(
  groups: readonly string[],
  resamples: number,
  seed: number,
  samplingWeights?: Float64Array,
): Float64Array[] {
  const draws = [samplingWeights?.slice() ?? new Float64Array(groups.length).fill(1)];
  drawGroups(groups, resamples, seed, (times) => {
    draws.push(times.map((drawn, i) => drawn * (samplingWeights?.[i] ?? 1)));
  });
  return draws;
}

/** Compares over the draws of {@link resampleGroups}; `undefined` where the measure has no value over all alerts. */
export function comparePaired(
  measure: PairedMeasure,
  draws: readonly Float64Array[],
): PairedComparison | undefined {
  const worseOf = (weights: Float64Array): number | undefined => {
    const champion = measure.champion(weights);
    const challenger = measure.challenger(weights);
    if (champion === undefined || challenger === undefined) return undefined;
    return measure.higherIsBetter ? champion - challenger : challenger - champion;
  };
  const all = draws[0];
  if (all === undefined) throw new RangeError('Expected at least one draw, got none.');
  const champion = measure.champion(all);
  const challenger = measure.challenger(all);
  const worse = worseOf(all);
  if (champion === undefined || challenger === undefined || worse === undefined) return undefined;

  const differences: number[] = [];
  for (let b = 1; b < draws.length; b++) {
    const difference = worseOf(draws[b]!);
    if (difference !== undefined) differences.push(difference);
  }
  differences.sort((a, b) => a - b);
  return {
    name: measure.name,
    champion,
    challenger,
    margin: measure.margin,
    worse,
    worse_low: quantileOf(differences, 0.05, worse),
    worse_high: quantileOf(differences, 0.95, worse),
    beyond_margin:
      differences.length === 0
        ? Number(worse > measure.margin)
        : differences.filter((difference) => difference > measure.margin).length / differences.length,
  };
}

/** Lower bound, at `confidence`, of a number over the draws; `undefined` where it has no value over all alerts. */
export function lowerBound(
  of: (weights: Float64Array) => number | undefined,
  draws: readonly Float64Array[],
  confidence: number,
): { readonly value: number; readonly low: number } | undefined {
  const value = draws[0] && of(draws[0]);
  if (value === undefined) return undefined;
  const values = draws.slice(1).flatMap((weights) => of(weights) ?? []);
  values.sort((a, b) => a - b);
  return { value, low: quantileOf(values, 1 - confidence, value) };
}

/** The same for both ends of a two-sided interval of 90 %. */
export function interval(
  of: (weights: Float64Array) => number | undefined,
  draws: readonly Float64Array[],
): { readonly value: number; readonly low: number; readonly high: number } | undefined {
  const value = draws[0] && of(draws[0]);
  if (value === undefined) return undefined;
  const values = draws.slice(1).flatMap((weights) => of(weights) ?? []);
  values.sort((a, b) => a - b);
  return { value, low: quantileOf(values, 0.05, value), high: quantileOf(values, 0.95, value) };
}

function quantileOf(sorted: readonly number[], share: number, ifEmpty: number): number {
  return sorted.length === 0 ? ifEmpty : sortedQuantile(sorted, share);
}
