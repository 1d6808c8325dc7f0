import { z } from 'zod';

/** Distinct values up to which each has its own bin. */
export const MAX_OWN_BINS = 20;
/** Bins by quantile where there are more distinct values. */
export const N_QUANTILE_BINS = 10;

/**
 * Bins over one number: one for each of `values`, `edges.length + 1` for every other value, one for missing values.
 *
 * Up to {@link MAX_OWN_BINS} distinct values each has its own, and the one bin left is for values never seen: a flag
 * that goes from 5 to 80 % stays in sight, and so does a constant that changes. With more, values that hold more than
 * a tenth of the reference are alone, the rest is cut at its quantiles, and the outer bins are open.
 */
export const valueBinsSchema = z.object({
  /** Ascending. */
  values: z.array(z.number()),
  /** Ascending, between the bins of all other values; a value on an edge belongs to the upper bin. */
  edges: z.array(z.number()),
});
export type ValueBins = Readonly<z.infer<typeof valueBinsSchema>>;

/** Bins over the values of `reference` that are not missing; NaN stands for missing. */
export function valueBins(reference: ArrayLike<number>): ValueBins {
  const sorted = Float64Array.from(reference)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const runs = runsOf(sorted);
  if (runs.length <= MAX_OWN_BINS) return { values: runs.map(({ value }) => value), edges: [] };
  const alone = runs.filter(({ count }) => count * N_QUANTILE_BINS > sorted.length);
  const lone = new Set(alone.map(({ value }) => value));
  const rest = sorted.filter((value) => !lone.has(value));
  const nBins = Math.max(1, Math.round((rest.length * N_QUANTILE_BINS) / sorted.length));
  const edges: number[] = [];
  for (let bin = 1; bin < nBins; bin++) {
    const edge = rest[Math.floor((bin * rest.length) / nBins)]!;
    if (edge !== edges.at(-1) && edge > rest[0]!) edges.push(edge);
  }
  return { values: alone.map(({ value }) => value), edges };
}

/** Distinct values with how often each occurs, ascending. 0 and -0 are one value. */
function runsOf(sorted: Float64Array): { value: number; count: number }[] {
  const runs: { value: number; count: number }[] = [];
  for (const value of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.value === value) last.count++;
    else runs.push({ value: value + 0, count: 1 });
  }
  return runs;
}

/** A bin in words, for a reader of a picture. */
export interface NamedBin {
  /** `3`, `other`, `missing`, `below 0.5`, `0.5 to 2`, `from 2`. */
  readonly label: string;
  /** Where it lies among the numbers, for order; undefined for missing values. */
  readonly at: number | undefined;
}

/** The bins in the order of {@link binShares}. */
export function namedBins({ values, edges }: ValueBins): NamedBin[] {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const between = Array.from({ length: edges.length + 1 }, (_, bin): NamedBin => {
    const [from, to] = [edges[bin - 1], edges[bin]];
    if (from === undefined && to === undefined) return { label: 'other', at: Number.POSITIVE_INFINITY };
    if (from === undefined) return { label: `below ${short(to!)}`, at: Number.NEGATIVE_INFINITY };
    return { label: to === undefined ? `from ${short(from)}` : `${short(from)} to ${short(to)}`, at: from };
  });
  return [
    ...values.map((value) => ({ label: short(value), at: value })),
    ...between,
    { label: 'missing', at: undefined },
  ];
}

/** How many bins there are, the one for missing values included. */
export function binCount({ values, edges }: ValueBins): number {
  return values.length + edges.length + 2;
}

/**
 * Share of `values` in each bin: those of `bins.values` first, then those between the edges, then missing; sums to 1.
 * All 0 for no values.
 */
export function binShares(values: ArrayLike<number>, bins: ValueBins): Float64Array {
  const own = new Map(bins.values.map((value, bin) => [value, bin]));
  const nBins = binCount(bins);
  const counts = new Float64Array(nBins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let bin = nBins - 1;
    if (!Number.isNaN(value)) {
      bin = own.get(value) ?? own.size + binBetween(bins.edges, value);
    }
    counts[bin]! += 1;
  }
  return values.length === 0 ? counts : counts.map((count) => count / values.length);
}

/** Number of edges that are not above `value`. */
function binBetween(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
}

/** Share of values that none of the own bins names, where every value of the reference had its own; else 0. */
export function unseenShare(shares: Float64Array, { values, edges }: ValueBins): number {
  return edges.length === 0 ? shares[values.length]! : 0;
}
