import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/monitoring/compare-values.ts';
import { jensenShannonDistance, populationStability } from '../../src/monitoring/population-stability.ts';
import { repeated } from '../statistics/stated-changes.ts';

const flag = (ones: number): number[] => repeated([0, 1], [100 - ones, ones]);

describe('the stability index over bins of its own', () => {
  it.each([
    ['the same', flag(5), flag(5), 0],
    ['missing from 5 to 80 %', repeated([0, NaN], [95, 5]), repeated([0, NaN], [20, 80]), 3.248],
    ['missing throughout', Array(100).fill(NaN), Array(100).fill(NaN), 0],
  ])('is what it should be for %s', (_name, before, now, expected) => {
    expect(compareValues(before, now).psi).toBeCloseTo(expected, 3);
  });

  it('stays under 0.1 for two draws of one distribution and passes 0.25 for a shift', () => {
    const values = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 2000) / 2000);
    expect(compareValues(values, values.slice(0, 1000)).psi).toBeLessThan(0.1);
    expect(
      compareValues(
        values,
        values.map((value) => value + 0.3),
      ).psi,
    ).toBeGreaterThan(0.25);
  });

  it('takes frozen bins, and its own where much of the baseline was never seen', () => {
    const frozen = { values: [0, 1], edges: [] };
    expect(compareValues(flag(5), flag(80), frozen)).toMatchObject({ bins: 4, binsOf: 'release' });
    const sevens = Array(100).fill(7);
    const eights = Array(100).fill(8);
    const compared = compareValues(sevens, eights, frozen);
    expect(compared.binsOf).toBe('baseline');
    expect(compared.psi).toBeCloseTo(13.8016, 3);
  });

  it('counts an empty bin as a thousandth', () => {
    expect(populationStability([1, 0], [0.5, 0.5])).toBeCloseTo(
      0.5 * Math.log(2) + 0.499 * Math.log(500),
      12,
    );
  });
});

describe('the Jensen-Shannon distance', () => {
  it('is 0 for equal distributions and 1 for disjoint ones', () => {
    expect(jensenShannonDistance([0.3, 0.7], [0.3, 0.7])).toBe(0);
    expect(jensenShannonDistance([1, 0], [0, 1])).toBe(1);
  });

  it('is the same both ways', () => {
    const [p, q] = [
      [0.1, 0.2, 0.7],
      [0.5, 0, 0.5],
    ];
    expect(jensenShannonDistance(p!, q!)).toBeCloseTo(jensenShannonDistance(q!, p!), 14);
  });
});
