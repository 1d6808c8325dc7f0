// Conformal sets: the rank, ties, classes with too few rows, and that nothing is random.
import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { conformalScores } from '../../src/models/conformal-scores.ts';
import { ConformalSets } from '../../src/policy/conformal.ts';

/** Sets at `alpha` from judged alerts of the first class, given the probability each had; its probability of a new one. */
function firstClass(own: readonly number[], alpha: number) {
  const row = (p: number): number[] => [p, 1 - p, 0, 0];
  const scores = conformalScores(
    own.flatMap(row),
    own.map(() => 0),
  );
  const sets = new ConformalSets(scores, alpha);
  return { sets, holds: (p: number): boolean => (sets.maskOf(row(p)) & 1) === 1 };
}

const evenly = (n: number): number[] => Array.from({ length: n }, (_, k) => (k + 1) / (n + 1));

describe('a conformal set', () => {
  it.each([
    // MAPIE 1.6.0 starts where we do; crepes 0.9.1 puts everything into the set below, puncc 0.9.3 was read only.
    [0.1, 9, false],
    [0.1, 10, true],
    [0.05, 19, false],
    [0.05, 20, true],
    [0.2, 4, false],
    [0.2, 5, true],
  ])('at alpha %f with %d judged alerts of a class covers it: %s', (alpha, n, isCovered) => {
    const { sets, holds } = firstClass(evenly(n), alpha);
    expect(sets.isCovered(DISPOSITIONS[0])).toBe(isCovered);
    expect(sets.uncovered.includes(DISPOSITIONS[0])).toBe(!isCovered);
    expect(holds(1)).toBe(isCovered);
  });

  it.each([
    [10, 0.1],
    [19, 0.1],
    [20, 0.05],
    [39, 0.05],
    [100, 0.1],
    [999, 0.1],
  ])('of %d judged alerts at alpha %f takes the ceil((n + 1)(1 - alpha))-th smallest score', (n, alpha) => {
    const own = evenly(n);
    const rank = Math.min(n, Math.ceil((n + 1) * (1 - alpha) - 1e-9));
    const lowest = own.toSorted((a, b) => b - a)[rank - 1]!;
    const { holds } = firstClass(own, alpha);
    expect(holds(lowest)).toBe(true);
    expect(holds(lowest - 1e-5)).toBe(false);
  });

  it('keeps ties: an alert like all judged ones is in, as in puncc and in crepes with `smoothing=False`', () => {
    for (const p of [0.1, 0.3, 0.7]) {
      const { holds } = firstClass(new Array<number>(20).fill(p), 0.1);
      expect(holds(p)).toBe(true);
      expect(holds(p - 1e-5)).toBe(false);
    }
  });

  it('leaves a class without judged alerts out and names it, where crepes draws at random', () => {
    const { sets } = firstClass(evenly(50), 0.1);
    expect(sets.uncovered).toEqual(DISPOSITIONS.slice(1));
    expect(sets.maskOf([0, 1, 1, 1])).toBe(0);
  });

  it('is the same however often it is asked', () => {
    const { sets } = firstClass(evenly(30), 0.1);
    const asked = Array.from({ length: 100 }, (_, k) => [k / 100, 1 - k / 100, 0, 0]);
    const once = asked.map((row) => sets.maskOf(row));
    expect(asked.map((row) => sets.maskOf(row))).toEqual(once);
    expect(asked.map((row) => firstClass(evenly(30), 0.1).sets.maskOf(row))).toEqual(once);
  });
});
