// Jensen-Shannon: what libraries call by that name, from the distance we print.
import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/monitoring/compare-values.ts';
import { changes } from './stated-changes.ts';

const { flag, disjoint, steps } = changes;

/** What others print, given the distance in base 2. */
const baseE = (distance: number): number => distance * Math.sqrt(Math.LN2);
const base2 = (distance: number): number => distance;
/** No root, base e. */
const divergence = (distance: number): number => distance ** 2 * Math.LN2;

describe('the Jensen-Shannon distance, base 2, over the bins of the stability index', () => {
  it.each([
    ['scipy 1.17.1, evidently 0.7.23, frouros 0.9.0: distance, base e', 'disjoint', disjoint, baseE, 0.8326],
    ['scipy 1.17.1, evidently 0.7.23, frouros 0.9.0: distance, base e', 'a flag', flag, baseE, 0.5765],
    ['scipy 1.17.1 `base=2`: distance', 'disjoint', disjoint, base2, 1],
    ['scipy 1.17.1 `base=2`: distance', 'a flag', flag, base2, 0.6925],
    ['popmon 1.4.12: divergence, base e', 'disjoint', disjoint, divergence, Math.LN2],
  ])('%s of %s', (_library, _name, [before, now], printed, expected) => {
    expect(printed(compareValues(before, now).jsDistance)).toBeCloseTo(expected, 4);
  });

  it('lies in [0, 1], 0 for equal samples', () => {
    for (const [before, now] of Object.values(changes)) {
      expect(compareValues(before, before).jsDistance).toBe(0);
      expect(compareValues(before, now).jsDistance).toBeGreaterThan(0);
      expect(compareValues(before, now).jsDistance).toBeLessThanOrEqual(1);
    }
  });

  it('is counted in the bins of the index', () => {
    // Half is shared over ten own bins and the one for values never seen: 1 - 0.5 of the divergence.
    const [before, now] = steps;
    const { bins, jsDistance } = compareValues(before, now);
    expect(bins).toBe(12);
    expect(jsDistance).toBeCloseTo(Math.sqrt(0.5), 12);
  });
});
