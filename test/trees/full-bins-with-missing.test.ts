import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';

// 255 distinct values fill every bin, so that the bin after the last is the code of a missing value.
const n = 600;
const data = Float32Array.from({ length: n }, (_, i) => (i % 5 === 0 ? Number.NaN : i));
const X = Matrix.from(data, n, 1);

describe('a column with 255 bins and missing values', () => {
  it('can be split by a random forest, missing values apart from all others', () => {
    const y = Int32Array.from(data, (value) => (Number.isNaN(value) ? 1 : 0));
    const forest = RandomForestClassifier.fit(X, y, { seed: 1, nEstimators: 5, maxFeatures: 'all' });
    const proba = forest.predictProba(X);
    const nRight = y.reduce((sum, label, i) => sum + (proba[i * 2 + label]! > 0.5 ? 1 : 0), 0);
    // a bootstrap sample may lack the largest values; all others must come out right
    expect(nRight).toBeGreaterThan(0.98 * n);
  });

  it('can be split by boosting', () => {
    const y = Float64Array.from(data, (value) => (Number.isNaN(value) ? 10 : 0));
    const risk = GradientBoostingRegressor.fit(X, y, { seed: 1, nEstimators: 30, learningRate: 0.5 }).predict(
      X,
    );
    y.forEach((target, i) => {
      expect(risk[i]).toBeCloseTo(target, 3);
    });
  });
});
