import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

describe('monotone constraints', () => {
  it('hold for every row and every raise of a constrained column, whatever the data', () => {
    const anyValue = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.tuple(anyValue, anyValue), { minLength: 20, maxLength: 20 }),
        (seed, maxDepth, pairs) => {
          // Targets go against the constraints half of the time, and some values are missing.
          const random = createRandom(seed);
          const n = 120;
          const data = Float32Array.from({ length: n * 4 }, () =>
            random.next() < 0.1 ? Number.NaN : random.normal(),
          );
          const sign = random.next() < 0.5 ? -1 : 1;
          const y = Float64Array.from({ length: n }, (_, i) => {
            const present = (f: number) => (Number.isNaN(data[i * 4 + f]!) ? 0 : data[i * 4 + f]!);
            return sign * (present(0) - present(1)) * (1 + present(2)) + random.normal();
          });
          const model = GradientBoostingRegressor.fit(Matrix.from(data, n, 4), y, {
            nEstimators: 20,
            maxDepth,
            learningRate: 0.5,
            subsample: 0.8,
            sampleWeight: Float64Array.from({ length: n }, () => random.next()),
            monotoneConstraints: Int8Array.of(1, -1, 0, 0),
            seed,
          });
          const row = new Float32Array(4);
          for (const [k, [a, b]] of pairs.entries()) {
            row.set(data.subarray(k * 4, k * 4 + 4));
            for (const [column, direction] of [
              [0, 1],
              [1, -1],
            ] as const) {
              const held = row[column]!;
              row[column] = Math.min(a, b);
              const low = model.predictRow(row, 0);
              row[column] = Math.max(a, b);
              expect(direction * (model.predictRow(row, 0) - low)).toBeGreaterThanOrEqual(0);
              row[column] = held;
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('cost little where the data agree with them', () => {
    const random = createRandom(1);
    const X = Matrix.from(
      Float32Array.from({ length: 2000 }, () => random.normal()),
      1000,
      2,
    );
    const y = Float64Array.from({ length: 1000 }, (_, i) => X.data[2 * i]! ** 3 + 0.1 * random.normal());
    const model = GradientBoostingRegressor.fit(X, y, { monotoneConstraints: Int8Array.of(1, 0) });
    expect(r2Score(y, model.predict(X))).toBeGreaterThan(0.98);
  });

  it('are refused when there is not one per column, each -1, 0 or 1', () => {
    const X = Matrix.from(Float32Array.of(1, 2, 3, 4), 2, 2);
    const fitting = (monotoneConstraints: number[]) =>
      GradientBoostingRegressor.fit(X, [0, 1], { monotoneConstraints });
    expect(() => fitting([1])).toThrow('Expected `monotoneConstraints` to hold 2 values, got 1.');
    expect(() => fitting([0, 2])).toThrow(
      'Expected `monotoneConstraints` of -1, 0 or 1, got 2 for column 1.',
    );
  });
});
