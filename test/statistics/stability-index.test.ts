// Population stability index: the values that libraries print for five stated inputs, how each comes about, and ours.
import { describe, expect, it } from 'vitest';
import { binCount, valueBins } from '../../src/models/value-bins.ts';
import { compareValues } from '../../src/monitoring/compare-values.ts';
import { LEAST_SHARE } from '../../src/monitoring/population-stability.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import { changes } from './stated-changes.ts';

type Values = readonly number[];
/** (nBins,) shares of the reference and of the window, over the bins of one library. */
type Binned = (before: Values, now: Values) => readonly [number[], number[]];

const sharesBy = (values: Values, nBins: number, binOf: (value: number) => number): number[] => {
  const shares = new Array<number>(nBins).fill(0);
  for (const value of values) shares[binOf(value)]! += 1 / values.length;
  return shares;
};

/** One bin for each value of either side. */
const byValue: Binned = (before, now) => {
  const distinct = [...new Set([...before, ...now])];
  const binOf = (value: number): number => distinct.indexOf(value);
  return [sharesBy(before, distinct.length, binOf), sharesBy(now, distinct.length, binOf)];
};

/** Ten bins of equal width over `range`, the outer ones open. */
const equalWidth =
  (rangeOf: (before: Values, now: Values) => Values): Binned =>
  (before, now) => {
    const range = rangeOf(before, now);
    const low = Math.min(...range);
    const width = (Math.max(...range) - low) / 10;
    const binOf = (value: number): number => Math.min(9, Math.max(0, Math.floor((value - low) / width)));
    return [sharesBy(before, 10, binOf), sharesBy(now, 10, binOf)];
  };

/** Ten bins by quantile of the reference, equal edges once, the outer bins open: right-closed, as numpy cuts. */
const equalFrequency: Binned = (before, now) => {
  const sorted = [...before].sort((a, b) => a - b);
  const edges = Array.from({ length: 11 }, (_, k) => quantile(sorted, k / 10));
  // The outermost edges become infinite, so a bin is left only between distinct inner ones.
  const inner = [...new Set(edges)].slice(1, -1);
  const binOf = (value: number): number => inner.filter((edge) => value > edge).length;
  return [sharesBy(before, inner.length + 1, binOf), sharesBy(now, inner.length + 1, binOf)];
};

const atLeast =
  (floor: number) =>
  (share: number): number =>
    Math.max(floor, share);

function indexOf([before, now]: readonly [number[], number[]], counted: (share: number) => number): number {
  return before.reduce((sum, share, bin) => {
    const [from, to] = [counted(share), counted(now[bin]!)];
    return sum + (to - from) * Math.log(to / from);
  }, 0);
}

const { steps, flag, constant, severity, swapped, rare } = changes;

describe('the index of each library, from its bins and its least share', () => {
  it.each([
    ['evidently 0.7.23', 'steps', steps, byValue, atLeast(1e-4), 6.901],
    ['evidently 0.7.23', 'flag', flag, byValue, atLeast(1e-4), 3.248],
    ['evidently 0.7.23', 'constant', constant, byValue, atLeast(1e-4), 18.419],
    ['evidently 0.7.23', 'severity', severity, byValue, atLeast(1e-4), 2.085],
    // The range of both sides, and the least float64 for an empty bin.
    [
      'frouros 0.9.0',
      'steps',
      steps,
      equalWidth((a, b) => [...a, ...b]),
      atLeast(2.2250738585072014e-308),
      706.6,
    ],
    [
      'frouros 0.9.0',
      'flag',
      flag,
      equalWidth((a, b) => [...a, ...b]),
      atLeast(2.2250738585072014e-308),
      3.248,
    ],
    [
      'frouros 0.9.0',
      'constant',
      constant,
      equalWidth((a, b) => [...a, ...b]),
      atLeast(2.2250738585072014e-308),
      1416.8,
    ],
    [
      'frouros 0.9.0',
      'severity',
      severity,
      equalWidth((a, b) => [...a, ...b]),
      atLeast(2.2250738585072014e-308),
      2.085,
    ],
    ['feature-engine 1.9.4, equal frequency', 'steps', steps, equalFrequency, atLeast(1e-4), 4.346],
    ['feature-engine 1.9.4, equal frequency', 'flag', flag, equalFrequency, atLeast(1e-4), 0],
    ['feature-engine 1.9.4, equal width', 'steps', steps, equalWidth((a) => a), atLeast(1e-4), 4.346],
    ['feature-engine 1.9.4, equal width', 'flag', flag, equalWidth((a) => a), atLeast(1e-4), 3.248],
    // A hair on every share instead of a floor: equal to the third digit where no bin is empty.
    ['popmon 1.4.12', 'flag', flag, byValue, (share: number) => share + 1e-5, 3.248],
  ])('%s on %s', (_library, _name, [before, now], binned, counted, expected) => {
    const digits = expected > 100 ? 1 : 3;
    expect(indexOf(binned(before, now), counted)).toBeCloseTo(expected, digits);
  });
});

describe('ours: one bin a value up to twenty, an empty bin as a thousandth', () => {
  it.each([
    // Ten bins of one value and one for values never seen: five are lost, half of the window is new.
    ['1..10 against 6..15', steps, 5 * 0.099 * Math.log(100) + 0.499 * Math.log(500)],
    ['a flag from 5 to 80 %', flag, 3.248],
    ['a constant that changes', constant, 13.802],
    ['severity 60/35/5 against 5/60/35', severity, 2.085],
    ['severity 60/35/5 against 60/5/35', swapped, 1.1675],
    ['9 % to 100 %', rare, 8.385],
  ])('on %s', (_name, [before, now], expected) => {
    expect(compareValues(before, now).psi).toBeCloseTo(expected, 3);
  });

  it.each([
    ['flag', flag],
    ['severity', severity],
    ['swapped', swapped],
  ])('equals evidently on %s, where no bin is empty', (_name, [before, now]) => {
    expect(compareValues(before, now).psi).toBeCloseTo(indexOf(byValue(before, now), atLeast(1e-4)), 12);
  });

  it('counts an empty bin as at most 6.9 times the share that left it', () => {
    expect(LEAST_SHARE).toBe(1e-3);
    const [before, now] = constant;
    expect(compareValues(before, now).psi / 2).toBeLessThan(Math.log(1 / LEAST_SHARE));
    expect(Math.log(1 / LEAST_SHARE)).toBeCloseTo(6.9, 1);
  });

  it('has a bin for values never seen and one for missing, where evidently raises on NaN', () => {
    expect(binCount(valueBins([0, 1]))).toBe(4);
    const missing = [...new Array<number>(80).fill(Number.NaN), ...new Array<number>(20).fill(0)];
    const few = [...new Array<number>(5).fill(Number.NaN), ...new Array<number>(95).fill(0)];
    expect(compareValues(few, missing).psi).toBeCloseTo(3.248, 3);
  });

  it('leaves a frequent value alone in its bin above twenty values, outer bins open', () => {
    const reference = [...new Array<number>(90).fill(0), ...Array.from({ length: 60 }, (_, k) => k + 1)];
    const bins = valueBins(reference);
    expect(bins.values).toEqual([0]);
    expect(bins.edges.length).toBeGreaterThan(2);
    expect(bins.edges[0]).toBeGreaterThan(1);
    expect(bins.edges.at(-1)).toBeLessThanOrEqual(60);
    // The build before had a single bin for a column whose lowest value holds 90 %.
    const lowest = [...new Array<number>(900).fill(0), ...Array.from({ length: 100 }, (_, k) => k + 1)];
    const now = [...new Array<number>(500).fill(0), ...Array.from({ length: 500 }, (_, k) => (k % 100) + 1)];
    expect(compareValues(lowest, now).psi).toBeGreaterThan(0.25);
  });
});
