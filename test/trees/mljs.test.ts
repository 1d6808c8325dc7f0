import { describe, expect, it } from 'vitest';
import { LEAF } from '../../src/trees/forest/forest.ts';
import { validateForest } from '../../src/trees/forest/forest-sections.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { classFactors, MlRows, stratifiedSample } from '../../src/trees/mljs/ml-sample.ts';
import { fitMlCart, fitMlRandomForest, type MlFit } from '../../src/trees/mljs/mljs.ts';
import { createRandom } from '../../src/trees/random.ts';
import { treeShap } from '../../src/trees/shap/tree-shap.ts';
import { fc } from '../support/fast-check.ts';
import { argmaxRows, readTabular } from '../support/tree-data.ts';

const nClasses = 3;
const nFeatures = 3;

// Few distinct values, so that thresholds fall on values; neighbours above 2^24, where float32 has gaps; missing.
const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(NaN, 0.1, -0.1, 1e-40, 3.4028234663852886e38, -3.4028234663852886e38),
  fc.integer({ min: 2 ** 24, max: 2 ** 24 + 12 }),
  fc.integer({ min: -(2 ** 26), max: 2 ** 26 }),
);
const rows = (min: number, max: number) =>
  fc.array(
    fc.record({
      x: fc.tuple(value, value, value),
      label: fc.integer({ min: 0, max: nClasses - 1 }),
    }),
    { minLength: min, maxLength: max },
  );
type Row = { x: number[]; label: number };

function matrixOf(samples: Row[]): Matrix {
  return Matrix.from(Float64Array.from(samples.flatMap((s) => s.x)), samples.length, nFeatures);
}

/** The fitted thresholds themselves and their float32 neighbours, as rows. */
function rowsAtThresholds({ forest }: MlFit): Matrix {
  const values = [...forest.threshold].filter((_, node) => forest.feature[node] !== LEAF);
  const around = values.flatMap((t) => [t, t + Math.abs(t) * 2 ** -23, t - Math.abs(t) * 2 ** -23]);
  const data = around.flatMap((t) => new Array<number>(nFeatures).fill(t));
  return Matrix.from(Float64Array.from(data), around.length, nFeatures);
}

describe('trees of ml-random-forest and ml-cart, read into a forest', () => {
  it('vote as the library votes on every row', () => {
    fc.assert(
      fc.property(rows(4, 30), rows(0, 10), fc.integer({ min: 1, max: 5 }), (train, other, nEstimators) => {
        const labels = Int32Array.from(train, (s) => s.label);
        const options = { nClasses, nEstimators, maxFeatures: 0.7, seed: 3, minSamplesSplit: 2 };
        const fitted = fitMlRandomForest(matrixOf(train), labels, options);
        validateForest(fitted.forest);
        const classifier = RandomForestClassifier.fromForest(fitted.forest, nClasses);
        for (const X of [matrixOf(train), matrixOf(other), rowsAtThresholds(fitted)]) {
          if (X.nSamples === 0) continue;
          const proba = classifier.predictProba(X);
          fitted.libraryPredict(X).forEach((label, i) => {
            // The library breaks a tie by the order of its trees: its label must be among the most voted.
            const votes = [...proba.subarray(i * nClasses, (i + 1) * nClasses)];
            expect(votes[label]).toBe(Math.max(...votes));
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('follow one tree to the leaf the library finds', () => {
    fc.assert(
      fc.property(rows(2, 30), rows(0, 10), (train, other) => {
        const labels = Int32Array.from(train, (s) => s.label);
        const fitted = fitMlCart(matrixOf(train), labels, { nClasses, minSamplesSplit: 2 });
        validateForest(fitted.forest);
        const classifier = RandomForestClassifier.fromForest(fitted.forest, nClasses);
        for (const X of [matrixOf(train), matrixOf(other), rowsAtThresholds(fitted)]) {
          if (X.nSamples === 0) continue;
          expect([...argmaxRows(classifier.predictProba(X), nClasses)]).toEqual(fitted.libraryPredict(X));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('send a missing value left everywhere', () => {
    const X = Matrix.from(Float32Array.of(NaN, 1, 2, 3, 4, 5, NaN, 7), 8, 1);
    const { forest } = fitMlCart(X, Int32Array.of(0, 0, 0, 0, 1, 1, 0, 1), { minSamplesSplit: 2 });
    expect(forest.feature.length).toBeGreaterThan(1);
    forest.feature.forEach((column, node) => {
      expect(forest.missingLeft[node]).toBe(column === LEAF ? 0 : 1);
    });
  });

  it('carry the number of sampled rows as cover', () => {
    const { train } = readTabular('wine');
    const { forest, rows: drawn } = fitMlCart(train.X, Int32Array.from(train.y), { maxRows: 60 });
    expect(forest.cover[0]).toBe(drawn.length);
    for (let node = 0; node < forest.feature.length; node++) {
      if (forest.feature[node] === LEAF) continue;
      const left = forest.left[node]!;
      expect(forest.cover[left]! + forest.cover[left + 1]!).toBe(forest.cover[node]);
    }
  });

  it('are explained like any other forest', () => {
    const { train, test } = readTabular('wine');
    const { forest } = fitMlRandomForest(train.X, Int32Array.from(train.y), { nEstimators: 10 });
    const classifier = RandomForestClassifier.fromForest(forest, 3);
    const row = test.X.data.subarray(0, test.X.nFeatures);
    const { contributions, base } = treeShap(forest, row);
    const proba = classifier.predictProba(Matrix.from(row, 1, row.length));
    for (let c = 0; c < 3; c++) {
      let sum = base[c]!;
      for (let f = 0; f < row.length; f++) sum += contributions[f * 3 + c]!;
      expect(sum / 10).toBeCloseTo(proba[c]!, 6);
    }
  });
});

describe('quality of the ml.js trainers', () => {
  it('learns wine from a forest and from a single tree', () => {
    const { train, test } = readTabular('wine');
    const labels = Int32Array.from(train.y);
    const score = ({ forest }: MlFit) =>
      macroF1(test.y, argmaxRows(RandomForestClassifier.fromForest(forest, 3).predictProba(test.X), 3));
    expect(score(fitMlRandomForest(train.X, labels, { seed: 1 }))).toBeGreaterThan(0.9);
    expect(score(fitMlCart(train.X, labels))).toBeGreaterThan(0.75);
  });

  it('gives the same forest for the same seed and leaves the data unchanged', () => {
    const { train } = readTabular('wine');
    const labels = Int32Array.from(train.y);
    const before = train.X.data.slice();
    const fitOnce = (seed: number) =>
      fitMlRandomForest(train.X, labels, { nEstimators: 5, maxRows: 50, seed });
    expect(fitOnce(7).forest).toEqual(fitOnce(7).forest);
    expect(fitOnce(7).rows).not.toEqual(fitOnce(8).rows);
    expect(train.X.data).toEqual(before);
  });

  it('bounds the rows so that more trees and columns do not take longer', () => {
    const { train } = readTabular('clf4');
    const labels = Int32Array.from(train.y);
    const { rows: drawn } = fitMlRandomForest(train.X, labels, { nEstimators: 250, maxDepth: 1 });
    expect(drawn.length).toBeLessThan(100);
    expect(drawn.length).toBeGreaterThan(75);
  });

  it('survives one row, one class and constant columns', () => {
    const one = Matrix.from(Float32Array.of(1, NaN), 1, 2);
    const same = Matrix.from(new Float32Array(20), 10, 2);
    for (const [X, y] of [
      [one, Int32Array.of(1)],
      [same, new Int32Array(10)],
      [same, Int32Array.from({ length: 10 }, (_, i) => i % 2)],
    ] as const) {
      const forest = fitMlRandomForest(X, y, { nClasses: 2, nEstimators: 3 }).forest;
      const proba = RandomForestClassifier.fromForest(forest, 2).predictProba(X);
      expect(proba[0]! + proba[1]!).toBe(1);
      expect(fitMlCart(X, y, { nClasses: 2 }).forest.feature.length).toBe(1);
    }
  });

  it.each([
    [
      'a label out of range',
      () => fitMlCart(Matrix.from(new Float32Array(2), 1, 2), Int32Array.of(3), { nClasses: 2 }),
    ],
    ['missing labels', () => fitMlRandomForest(Matrix.from(new Float32Array(2), 1, 2), Int32Array.of())],
    [
      'no trees',
      () => fitMlRandomForest(Matrix.from(new Float32Array(2), 1, 2), Int32Array.of(0), { nEstimators: 0 }),
    ],
    [
      'a share above 1',
      () => fitMlRandomForest(Matrix.from(new Float32Array(2), 1, 2), Int32Array.of(0), { maxFeatures: 2 }),
    ],
    [
      'rows without weight',
      () => fitMlCart(Matrix.from(new Float32Array(2), 1, 2), Int32Array.of(0), { sampleWeight: [0] }),
    ],
  ])('refuses %s', (_what, call) => {
    expect(call).toThrow(RangeError);
  });
});

describe('a class of four in a thousand, marked by one flag', () => {
  const fits = { fitMlCart, fitMlRandomForest };
  const nRows = 4000;

  /** Noise but for one column, which is 1 in the 16 rows of class 1. */
  function flagged(nColumns: number, seed: number): { X: Matrix; y: Int32Array } {
    const random = createRandom(seed);
    const y = Int32Array.from({ length: nRows }, (_, i) => (i % 250 === 7 ? 1 : 0));
    const data = Float32Array.from({ length: nRows * nColumns }, (_, at) =>
      at % nColumns === 11 ? y[Math.floor(at / nColumns)]! : Math.round(4 * random.next()),
    );
    return { X: Matrix.from(data, nRows, nColumns), y };
  }

  it.each([
    ['fitMlCart', 28],
    ['fitMlCart', 90],
    ['fitMlRandomForest', 28],
    ['fitMlRandomForest', 90],
  ] as const)('is found by %s at %d columns, and is not guessed elsewhere', (fit, nColumns) => {
    for (let seed = 1; seed <= 3; seed++) {
      const { X, y } = flagged(nColumns, seed);
      const { forest } = fits[fit](X, y, { seed, maxDepth: 12 });
      const proba = RandomForestClassifier.fromForest(forest, 2).predictProba(X);
      expect([...argmaxRows(proba, 2)]).toEqual([...y]);
    }
  });

  it('has its share put back: noise alone gives no more than it has', () => {
    const { X, y } = flagged(28, 4);
    for (let at = 11; at < X.data.length; at += 28) X.data[at] = 0;
    const { forest, rows } = fitMlCart(X, y, { seed: 4, maxDepth: 1 });
    const proba = RandomForestClassifier.fromForest(forest, 2).predictProba(X);
    const mean = proba.reduce((sum, p, at) => (at % 2 === 1 ? sum + p : sum), 0) / nRows;
    expect([...rows].filter((i) => y[i] === 1)).toHaveLength(8);
    expect(mean).toBeLessThan(0.008);
    expect(mean).toBeGreaterThan(0.002);
  });
});

describe('the order of the rows', () => {
  it.each([
    [fitMlCart, undefined],
    [fitMlRandomForest, undefined],
    [fitMlCart, 40],
    [fitMlRandomForest, 40],
  ])('changes nothing: %o on %s rows at most', (learner, maxRows) => {
    fc.assert(
      fc.property(rows(60, 90), (samples) => {
        const fitted = (some: Row[]) =>
          learner(
            matrixOf(some),
            Int32Array.from(some, (s) => s.label),
            {
              nClasses,
              seed: 5,
              minSamplesSplit: 2,
              nEstimators: 4,
              ...(maxRows === undefined ? {} : { maxRows }),
            },
          ).forest;
        expect(fitted([...samples].reverse())).toEqual(fitted(samples));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the sample that ml.js trains on', () => {
  it('keeps the share of every class, and eight rows of a rare one where it has as many', () => {
    const labels = Int32Array.from({ length: 1000 }, (_, i) =>
      i === 501 ? 2 : i % 100 === 3 ? 3 : i % 10 === 0 ? 1 : 0,
    );
    const drawn = stratifiedSample(labels, { maxRows: 100, seed: 4 });
    const count = (label: number) => [...drawn].filter((i) => labels[i] === label).length;
    expect([count(0), count(1), count(2), count(3)]).toEqual([89, 10, 1, 8]);
  });

  it('weighs a drawn row by what its class has over what was drawn of it', () => {
    const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1);
    expect([...classFactors(labels, Int32Array.of(0, 1, 6, 7), 3)]).toEqual([1.5, 0.5, 0]);
    expect([...classFactors(labels, Int32Array.of(0, 6), 2, [1, 1, 1, 1, 1, 1, 3, 3])]).toEqual([1, 1]);
    const all = Int32Array.from(labels.keys());
    expect([...classFactors(labels, all, 2)]).toEqual([1, 1]);
  });

  it('is drawn from all over, not from the first rows', () => {
    const drawn = stratifiedSample(new Int32Array(1000), { maxRows: 100, seed: 5 });
    const mean = drawn.reduce((sum, i) => sum + i, 0) / drawn.length;
    expect(mean).toBeGreaterThan(400);
    expect(mean).toBeLessThan(600);
    expect(drawn).toEqual(stratifiedSample(new Int32Array(1000), { maxRows: 100, seed: 5 }));
  });

  it('draws by weight and never a row without', () => {
    const sampleWeight = Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i < 750 ? 1 : 9));
    const drawn = stratifiedSample(new Int32Array(1000), { maxRows: 100, sampleWeight, seed: 6 });
    expect(drawn.length).toBe(100);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(500);
    expect(drawn.filter((i) => i >= 750).length).toBeGreaterThan(75);
  });

  it('takes every row when there are few', () => {
    expect([...stratifiedSample([0, 1, 0], { maxRows: 10, seed: 1 })]).toEqual([0, 1, 2]);
  });

  it('puts missing values one below the smallest of the column', () => {
    const X = Matrix.from(Float32Array.of(3, NaN, NaN, NaN, -2, NaN), 3, 2);
    expect(new MlRows(X, Int32Array.of(0, 1, 2)).of(X)).toEqual([
      [3, 0],
      [-3, 0],
      [-2, 0],
    ]);
  });
});
