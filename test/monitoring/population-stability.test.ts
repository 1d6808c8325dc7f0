import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/monitoring/compare-values.ts';
import { jensenShannonDistance, populationStability } from '../../src/monitoring/population-stability.ts';

/** `counts[k]` times the value `values[k]`. */
function repeated(values: readonly number[], counts: readonly number[]): number[] {
  return values.flatMap((value, k) => Array<number>(counts[k] ?? 0).fill(value));
}

const upTo = (first: number): number[] => Array.from({ length: 10 }, (_, i) => first + i);
const flag = (ones: number): number[] => repeated([0, 1], [100 - ones, ones]);
const severity = (...shares: number[]): number[] => repeated([1, 2, 3], shares);

describe('the stability index over bins of its own', () => {
  it.each([
    // Ten bins of one value and one for values never seen: five are lost, half of the window is new.
    ['1..10 against 6..15', upTo(1), upTo(6), 5 * 0.099 * Math.log(100) + 0.499 * Math.log(500)],
    ['a flag from 5 to 80 %', flag(5), flag(80), 3.248],
    ['a constant that changes', Array(100).fill(0), Array(100).fill(5), 13.8016],
    ['severity 60/35/5 against 5/60/35', severity(60, 35, 5), severity(5, 60, 35), 2.085],
    ['severity 60/35/5 against 60/5/35', severity(60, 35, 5), severity(60, 5, 35), 1.1675],
    // Against the floor of 0.001 for the value that had a tenth less than a hundredth before.
    ['9 % to 100 %', flag(9), Array(100).fill(1), 0.91 * Math.log(1 / 0.09) + 0.909 * Math.log(910)],
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

  it('is scipy 1.17.1 with base 2 for a flag from 5 to 80 %', () => {
    expect(compareValues(flag(5), flag(80)).jsDistance).toBeCloseTo(0.6925, 4);
  });

  it('is the same both ways', () => {
    const [p, q] = [
      [0.1, 0.2, 0.7],
      [0.5, 0, 0.5],
    ];
    expect(jensenShannonDistance(p!, q!)).toBeCloseTo(jensenShannonDistance(q!, p!), 14);
  });
});
