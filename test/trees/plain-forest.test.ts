import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';
import { plainBoosting, plainRandomForest } from '../support/plain-forest.ts';

/** Columns of every kind: continuous, few values, constant, with missing values, mostly missing. */
function randomMatrix(nSamples: number, nFeatures: number, seed: number): Matrix {
  const random = createRandom(seed);
  const kinds = Array.from({ length: nFeatures }, () => random.int(5));
  const data = Float32Array.from({ length: nSamples * nFeatures }, (_, at) => {
    const value = random.normal();
    const kind = kinds[at % nFeatures]!;
    if (kind === 1) return Math.round(value);
    if (kind === 2) return 3;
    if (kind === 3) return random.next() < 0.2 ? Number.NaN : value;
    return kind === 4 && random.next() < 0.6 ? Number.NaN : Math.round(3 * value);
  });
  return Matrix.from(data, nSamples, nFeatures);
}

const shape = {
  nSamples: fc.integer({ min: 2, max: 90 }),
  nFeatures: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer(),
  minSamplesLeaf: fc.integer({ min: 1, max: 4 }),
};

/** Around the sizes at which the fast learner changes how it searches a node or copies its rows. */
const borderSizes = [66, 130, 300, 420, 1700, 3500];

describe('the random forest', () => {
  const compare = (nSamples: number, nFeatures: number, seed: number, minSamplesLeaf: number) => {
    const X = randomMatrix(nSamples, nFeatures, seed);
    const random = createRandom(seed + 1);
    const nClasses = 1 + random.int(5);
    const y = Int32Array.from({ length: nSamples }, (_, i) =>
      Math.min(nClasses - 1, Math.abs(Math.round(X.data[i * nFeatures] || 0)) + random.int(2)),
    );
    const weights =
      random.int(2) === 0
        ? undefined
        : Float64Array.from({ length: nSamples }, (_, i) => (i === 0 ? 4 : 1 + random.int(3)));
    const options = { nClasses, nEstimators: nSamples > 1000 ? 1 : 3, minSamplesLeaf, maxDepth: 40, seed };
    const fast = RandomForestClassifier.fit(X, y, { ...options, maxFeatures: 2, sampleWeight: weights });
    expect(fast.forest).toEqual(plainRandomForest(X, y, weights, { ...options, maxFeatures: 2 }));
  };

  it('grows the trees that a search without shortcuts grows', () => {
    fc.assert(
      fc.property(fc.record(shape), ({ nSamples, nFeatures, seed, minSamplesLeaf }) => {
        compare(nSamples, nFeatures, seed, minSamplesLeaf);
      }),
    );
  });

  it.each(borderSizes)('grows them on %i rows', (nSamples) => {
    compare(nSamples, 4, nSamples, 1);
  });
});

describe('boosting', () => {
  const compare = (nSamples: number, nFeatures: number, seed: number, minSamplesLeaf: number) => {
    const X = randomMatrix(nSamples, nFeatures, seed);
    const random = createRandom(seed + 1);
    const targets = Float64Array.from(
      { length: nSamples },
      (_, i) => (X.data[i * nFeatures] || 0) + random.normal(),
    );
    const options = {
      nEstimators: 4,
      learningRate: 0.3,
      maxDepth: 1 + random.int(5),
      minSamplesLeaf,
      l2Regularization: random.int(2),
    };
    const weights =
      random.int(2) === 0
        ? undefined
        : Float64Array.from({ length: nSamples }, (_, i) => (i === 0 ? 4 : 1 + random.int(3)));
    const fast = GradientBoostingRegressor.fit(X, targets, { ...options, sampleWeight: weights });
    expect(fast.forest).toEqual(plainBoosting(X, targets, fast.baseScore, options, weights));
  };

  it('grows the trees that a search without shortcuts grows', () => {
    fc.assert(
      fc.property(fc.record(shape), ({ nSamples, nFeatures, seed, minSamplesLeaf }) => {
        compare(nSamples, nFeatures, seed, minSamplesLeaf);
      }),
    );
  });

  it.each(borderSizes.slice(0, 4))('grows them on %i rows', (nSamples) => {
    // A number of columns that is odd, and one that is no multiple of four.
    compare(nSamples, 5, nSamples, 1);
    compare(nSamples, 6, nSamples + 1, 3);
  });

  // Columns are searched two at a time, the last one perhaps beside none.
  it.each([3, 4])('never takes a copy of a column beside %i of them', (nFeatures) => {
    const n = 1500;
    const X = randomMatrix(n, nFeatures, nFeatures + 10);
    const targets = Float64Array.from({ length: n }, (_, i) => X.data[i * nFeatures] || 0);
    const data = new Float32Array(n * (nFeatures + 1));
    for (let i = 0; i < n; i++) {
      const row = X.data.subarray(i * nFeatures, (i + 1) * nFeatures);
      data.set(row, i * (nFeatures + 1));
      data[(i + 1) * (nFeatures + 1) - 1] = row[0]!;
    }
    const wider = Matrix.from(data, n, nFeatures + 1);
    for (const sampleWeight of [undefined, targets.map((_, i) => 1 + (i % 3))]) {
      const options = { nEstimators: 3, maxDepth: 6, minSamplesLeaf: 4, sampleWeight };
      const { forest } = GradientBoostingRegressor.fit(wider, targets, options);
      const narrow = GradientBoostingRegressor.fit(X, targets, options).forest;
      expect({ ...forest, nFeatures }).toEqual(narrow);
    }
  });
});
