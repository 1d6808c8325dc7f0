import { describe, expect, it } from 'vitest';
import { binCount, binShares, valueBins } from '../../src/models/value-bins.ts';

describe('bins over one number', () => {
  it('give each of up to 20 values its own, one to values never seen and one to missing values', () => {
    const bins = valueBins([3, 1, 1, Number.NaN, 2]);
    expect(bins).toEqual({ values: [1, 2, 3], edges: [] });
    expect([...binShares([1, 1, 2, 9, -9, Number.NaN, 2.5, 3], bins)]).toEqual([
      0.25, 0.125, 0.125, 0.375, 0.125,
    ]);
  });

  it('change to quantiles from the 21st value on', () => {
    const values = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
    expect(valueBins(values(20)).values).toHaveLength(20);
    expect(valueBins(values(21))).toMatchObject({ values: [], edges: expect.arrayContaining([2]) });
    expect(binCount(valueBins(values(100)))).toBe(11);
  });

  it('keep a value of more than a bin alone, its neighbours beside it', () => {
    const reference = [...Array(80).fill(5), ...Array.from({ length: 40 }, (_, i) => i / 4)];
    const bins = valueBins(reference);
    expect(bins.values).toEqual([5]);
    const shares = binShares([5, 5, 4.99, 5.01], bins);
    expect(shares[0]).toBe(0.5);
  });

  it('leave the outer bins open', () => {
    const bins = valueBins(Array.from({ length: 100 }, (_, i) => i));
    const shares = binShares([-1e9, 1e9], bins);
    expect(shares[0]).toBe(0.5);
    expect(shares.at(-2)).toBe(0.5);
  });

  it('stand for a column that is missing throughout, and for no values at all', () => {
    expect(valueBins([Number.NaN])).toEqual({ values: [], edges: [] });
    expect([...binShares([Number.NaN, 1], valueBins([]))]).toEqual([0.5, 0.5]);
    expect([...binShares([], valueBins([1]))]).toEqual([0, 0, 0]);
  });

  it('take 0 and -0 as one value', () => {
    expect(valueBins([0, -0])).toEqual({ values: [0], edges: [] });
    expect([...binShares([-0], valueBins([0]))]).toEqual([1, 0, 0]);
  });

  it('hold values as float32 columns do, through JSON and back', () => {
    const column = Float32Array.of(0.1, 0.2, 0.1);
    const bins = JSON.parse(JSON.stringify(valueBins(column)));
    expect([...binShares(column, bins)]).toEqual([2 / 3, 1 / 3, 0, 0]);
  });
});
