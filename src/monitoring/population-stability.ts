/** Bins of one number: up to `nBins` quantile bins over the baseline, and one for missing values. */
export interface QuantileBins {
  /** Upper edges, ascending, all but the last bin's. */
  readonly edges: Float64Array;
}

/** Cuts at the baseline's quantiles; equal values fall together, so a column of few values gets few bins. */
export function quantileBins(baseline: ArrayLike<number>, nBins: number): QuantileBins {
  const sorted = Float64Array.from(baseline)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges: number[] = [];
  for (let bin = 1; bin < nBins; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / nBins)];
    if (edge !== undefined && edge !== edges.at(-1) && edge > (sorted[0] as number)) edges.push(edge);
  }
  return { edges: Float64Array.from(edges) };
}

/** Share of the values in each bin, the last one for missing values; sums to 1. */
export function binShares(values: ArrayLike<number>, { edges }: QuantileBins): Float64Array {
  const shares = new Float64Array(edges.length + 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let bin = edges.length + 1;
    if (!Number.isNaN(value)) {
      bin = 0;
      while (bin < edges.length && value >= (edges[bin] as number)) bin++;
    }
    shares[bin] = (shares[bin] as number) + 1 / values.length;
  }
  return shares;
}

/** Least share a bin counts as, so that an empty bin does not make the index infinite. */
const LEAST_SHARE = 1e-3;

/**
 * Population stability index of two distributions over the same bins: 0 for equal ones. Below 0.1 counts as stable,
 * above 0.25 as shifted; unlike a p-value it does not grow with the sample.
 */
export function populationStability(baseline: ArrayLike<number>, current: ArrayLike<number>): number {
  let index = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const before = Math.max(LEAST_SHARE, baseline[bin] as number);
    const now = Math.max(LEAST_SHARE, current[bin] as number);
    index += (now - before) * Math.log(now / before);
  }
  return index;
}
