import { describe, expect, it } from 'vitest';
import { partitionFigures } from '../../src/evaluation/simulate/partition-figures.ts';

describe('partitionFigures', () => {
  it('is one for the same partition by other names', () => {
    expect(partitionFigures(['a', 'a', 'b', 'c'], ['x', 'x', 'y', 'z'])).toEqual({
      ari: 1,
      homogeneity: 1,
      completeness: 1,
      pair_f1: 1,
    });
  });

  it('agrees with scikit-learn where the partitions differ', () => {
    // adjusted_rand_score, homogeneity_score, completeness_score of [0,0,1,1] against [0,0,1,2]
    const { ari, homogeneity, completeness, pair_f1 } = partitionFigures(
      ['0', '0', '1', '1'],
      ['0', '0', '1', '2'],
    );
    expect(ari).toBeCloseTo(0.5714285714, 9);
    expect(homogeneity).toBeCloseTo(1, 9);
    expect(completeness).toBeCloseTo(2 / 3, 9);
    expect(pair_f1).toBeCloseTo(2 / 3, 9);
  });
});
