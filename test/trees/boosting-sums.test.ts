import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { Matrix } from '../../src/trees/matrix.ts';

const N = 200;
const X = Matrix.from(
  Float32Array.from({ length: N }, (_, i) => i),
  N,
  1,
);
const step = (height: number): Float64Array =>
  Float64Array.from({ length: N }, (_, i) => (i < N / 2 ? height : -height));
/** Equal weights would count as 1 each. */
const upTo = (weight: number): Float64Array =>
  Float64Array.from({ length: N }, (_, i) => (i % 2 === 0 ? weight : weight / 2));

describe('boosting on values whose sums leave float32', () => {
  it('refuses targets, weights, or both together, and says how large they are', () => {
    for (const [height, weight] of [
      [1e300, 1],
      [1, 1e308],
      [1e20, 1e20],
    ] as const) {
      const fit = () => GradientBoostingRegressor.fit(X, step(height), { sampleWeight: upTo(weight) });
      expect(fit).toThrow(RangeError);
      expect(fit).toThrow(/sums stay below 3.4e\+38/);
    }
    const labels = Int32Array.from({ length: N }, (_, i) => i % 2);
    expect(() => GradientBoostingClassifier.fit(X, labels, { sampleWeight: upTo(1e37) })).toThrow(
      /add up to/,
    );
  });

  it('fits what lies just below as it fits ordinary values', () => {
    const output = GradientBoostingRegressor.fit(X, step(1e36), { seed: 1 }).predict(X);
    expect(output.every(Number.isFinite)).toBe(true);
    expect(output[0]! / 1e36).toBeCloseTo(1, 1);
    expect(output[N - 1]! / 1e36).toBeCloseTo(-1, 1);
  });
});
