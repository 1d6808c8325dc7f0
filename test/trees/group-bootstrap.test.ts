import { describe, expect, it } from 'vitest';
import { drawGroups } from '../../src/trees/metrics/group-bootstrap.ts';

const roundsOf = (groups: readonly string[] | number, rounds: number, seed: number): number[][] => {
  const seen: number[][] = [];
  drawGroups(groups, rounds, seed, (times) => seen.push([...times]));
  return seen;
};

describe('the bootstrap over groups', () => {
  it('draws rows of one group together, as many groups as there are', () => {
    for (const times of roundsOf(['a', 'b', 'a', 'c'], 50, 1)) {
      expect(times[0]).toBe(times[2]);
      expect(times[0]! + times[1]! + times[3]!).toBe(3);
    }
  });

  it('takes a number of rows as that many groups of one', () => {
    expect(roundsOf(4, 20, 7)).toEqual(roundsOf(['a', 'b', 'c', 'd'], 20, 7));
  });

  it('draws the same for a seed, and each group about once a round', () => {
    expect(roundsOf(5, 3, 2)).toEqual(roundsOf(5, 3, 2));
    const sums = roundsOf(5, 2_000, 3).reduce(
      (sum, times) => sum.map((value, i) => value + times[i]!),
      [0, 0, 0, 0, 0],
    );
    for (const sum of sums) expect(Math.abs(sum / 2_000 - 1)).toBeLessThan(0.1);
  });

  it('visits nothing that has no rows but each round', () => {
    expect(roundsOf(0, 2, 1)).toEqual([[], []]);
  });
});
