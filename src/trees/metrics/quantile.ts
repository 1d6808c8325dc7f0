import { checkFinite } from './metric-inputs.ts';

/** Value below which the share `q` in [0, 1] of `values` lies, linear between neighbours as in numpy. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantiles(values, [q])[0];
}

/** `quantile` for several shares over one sort. */
export function quantiles(values: ArrayLike<number>, shares: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new RangeError('Expected at least one value, got 0.');
  checkFinite(values, 'values');
  const sorted = Float64Array.from(values).sort();
  const result = new Float64Array(shares.length);
  for (let s = 0; s < shares.length; s++) {
    if (!(shares[s] >= 0 && shares[s] <= 1)) {
      throw new RangeError(`Expected a share in [0, 1], got ${shares[s]}.`);
    }
    result[s] = sortedQuantile(sorted, shares[s]);
  }
  return result;
}

/** `quantile` of values that are sorted already, at least one and all finite; nothing is checked. */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
