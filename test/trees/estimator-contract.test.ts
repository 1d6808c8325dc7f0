import { describe, expect, it } from 'vitest';
import type { Forest } from '../../src/trees/forest/forest.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { createRandom } from '../../src/trees/random.ts';
import {
  argmaxRows,
  type Labelled,
  labelledData,
  takeRows,
  withConstantColumn,
} from '../support/tree-data.ts';
import { validateTrees } from '../support/validate-tree.ts';

interface Settings {
  seed: number;
  sampleWeight?: Float64Array;
  onProgress?: (done: number, total: number) => void;
}

interface Fitted {
  readonly forest: Forest;
  readonly nFeatures: number;
  toBuffer(): Uint8Array;
  /** Every output for every row. */
  outputs(X: Matrix): Float64Array;
  /** The one-row path over the same rows. */
  rowByRow(X: Matrix): Float64Array;
}

interface Learner {
  readonly name: string;
  /** What its leaves hold. */
  readonly leaves: 'probabilities' | 'values';
  readonly takesWeights: boolean;
  readonly nTrees: number;
  fit(data: Labelled, settings: Settings): Fitted;
  read(bytes: Uint8Array): Fitted;
  /** Quality on fresh data, and what chance would reach. */
  quality(fitted: Fitted, fresh: Labelled): { reached: number; chance: number };
}

type Classifier = RandomForestClassifier | GradientBoostingClassifier;

const classifier = (model: Classifier): Fitted => ({
  forest: model.forest,
  nFeatures: model.nFeatures,
  toBuffer: () => model.toBuffer(),
  outputs: (X) => model.predictProba(X),
  rowByRow: (X) => {
    const out = new Float64Array(X.nSamples * model.nClasses);
    for (let i = 0; i < X.nSamples; i++) {
      model.predictProbaRow(X.data, i * X.nFeatures, out, i * model.nClasses);
    }
    return out;
  },
});

const regressor = (model: GradientBoostingRegressor): Fitted => ({
  forest: model.forest,
  nFeatures: model.nFeatures,
  toBuffer: () => model.toBuffer(),
  outputs: (X) => model.predict(X),
  rowByRow: (X) =>
    Float64Array.from({ length: X.nSamples }, (_, i) => model.predictRow(X.data, i * X.nFeatures)),
});

const detector = (model: IsolationForest): Fitted => ({
  forest: model.forest,
  nFeatures: model.nFeatures,
  toBuffer: () => model.toBuffer(),
  outputs: (X) => model.scoreSamples(X),
  rowByRow: (X) =>
    Float64Array.from({ length: X.nSamples }, (_, i) => model.scoreRow(X.data, i * X.nFeatures)),
});

const classQuality = (fitted: Fitted, fresh: Labelled) => ({
  reached: macroF1(fresh.labels, argmaxRows(fitted.outputs(fresh.X), 3)),
  chance: 0.5,
});

const learners: Learner[] = [
  {
    name: 'RandomForestClassifier',
    leaves: 'probabilities',
    takesWeights: true,
    nTrees: 12,
    fit: ({ X, labels }, settings) =>
      classifier(RandomForestClassifier.fit(X, labels, { nClasses: 3, nEstimators: 12, ...settings })),
    read: (bytes) => classifier(RandomForestClassifier.from(bytes)),
    quality: classQuality,
  },
  {
    name: 'RandomForestClassifier with large leaves',
    leaves: 'probabilities',
    takesWeights: true,
    nTrees: 10,
    fit: ({ X, labels }, settings) =>
      classifier(
        RandomForestClassifier.fit(X, labels, {
          nClasses: 3,
          nEstimators: 10,
          minSamplesLeaf: 4,
          maxDepth: 8,
          maxFeatures: 'all',
          classWeight: 'balanced',
          ...settings,
        }),
      ),
    read: (bytes) => classifier(RandomForestClassifier.from(bytes)),
    quality: classQuality,
  },
  {
    name: 'GradientBoostingClassifier',
    leaves: 'values',
    takesWeights: true,
    nTrees: 10,
    fit: ({ X, labels }, settings) =>
      classifier(
        GradientBoostingClassifier.fit(X, labels, {
          nClasses: 3,
          nEstimators: 10,
          subsample: 0.8,
          ...settings,
        }),
      ),
    read: (bytes) => classifier(GradientBoostingClassifier.from(bytes)),
    quality: classQuality,
  },
  {
    name: 'GradientBoostingRegressor',
    leaves: 'values',
    takesWeights: true,
    nTrees: 30,
    fit: ({ X, targets }, settings) =>
      regressor(GradientBoostingRegressor.fit(X, targets, { nEstimators: 30, subsample: 0.7, ...settings })),
    read: (bytes) => regressor(GradientBoostingRegressor.from(bytes)),
    quality: (fitted, fresh) => ({ reached: r2Score(fresh.targets, fitted.outputs(fresh.X)), chance: 0.5 }),
  },
  {
    name: 'monotone GradientBoostingRegressor',
    leaves: 'values',
    takesWeights: true,
    nTrees: 20,
    fit: ({ X, targets }, settings) =>
      regressor(
        GradientBoostingRegressor.fit(X, targets, {
          nEstimators: 20,
          maxDepth: 5,
          minSamplesLeaf: 2,
          monotoneConstraints: Int8Array.from({ length: X.nFeatures }, (_, f) =>
            f === 0 ? 1 : f === 1 ? -1 : 0,
          ),
          ...settings,
        }),
      ),
    read: (bytes) => regressor(GradientBoostingRegressor.from(bytes)),
    quality: (fitted, fresh) => ({ reached: r2Score(fresh.targets, fitted.outputs(fresh.X)), chance: 0.5 }),
  },
  {
    name: 'IsolationForest',
    leaves: 'values',
    takesWeights: false,
    nTrees: 50,
    fit: ({ X }, settings) =>
      detector(IsolationForest.fit(X, { nEstimators: 50, maxSamples: 64, contamination: 0.05, ...settings })),
    read: (bytes) => detector(IsolationForest.from(bytes)),
    quality: (fitted, { X }) => {
      // Every tenth row is moved far out.
      const data = Float32Array.from(X.data, (v, at) =>
        Math.floor(at / X.nFeatures) % 10 === 0 ? 3 * v + 4 : v,
      );
      const moved = Matrix.from(data, X.nSamples, X.nFeatures);
      const isMoved = Int32Array.from({ length: X.nSamples }, (_, i) => (i % 10 === 0 ? 1 : 0));
      return { reached: rocAuc(isMoved, fitted.outputs(moved)), chance: 0.8 };
    },
  },
];

/** Where two outputs differ first, or -1: a readable failure for long arrays. */
const firstDifference = (a: Float64Array, b: Float64Array) =>
  a.length === b.length ? a.findIndex((value, at) => !Object.is(value, b[at])) : a.length;

const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(Buffer.from(b));

function survives(learner: Learner, data: Labelled): void {
  const fitted = learner.fit(data, { seed: 3 });
  validateTrees(fitted.forest, learner.leaves);
  const outputs = fitted.outputs(data.X);
  expect(outputs.every((value) => Number.isFinite(value))).toBe(true);
  expect(firstDifference(learner.read(fitted.toBuffer()).outputs(data.X), outputs)).toBe(-1);
}

describe.each(learners)('$name', (learner) => {
  const data = labelledData(300, 6, 1, 0.05);
  const fresh = labelledData(400, 6, 2);

  it('gives the same bytes for the same seed and others for another', () => {
    const bytes = learner.fit(data, { seed: 7 }).toBuffer();
    expect(sameBytes(learner.fit(data, { seed: 7 }).toBuffer(), bytes)).toBe(true);
    // Boosting without sampling uses no seed.
    const usesSeed = learner.name !== 'monotone GradientBoostingRegressor';
    expect(sameBytes(learner.fit(data, { seed: 8 }).toBuffer(), bytes)).toBe(!usesSeed);
  });

  it('leaves its inputs unchanged', () => {
    const { X, labels, targets } = labelledData(100, 4, 5, 0.1);
    const before = [X.data.slice(), labels.slice(), targets.slice()];
    const sampleWeight = Float64Array.from(labels, (label) => label);
    const weightsBefore = sampleWeight.slice();
    const fitted = learner.fit(
      { X, labels, targets },
      learner.takesWeights ? { seed: 1, sampleWeight } : { seed: 1 },
    );
    fitted.outputs(X);
    expect([X.data, labels, targets]).toEqual(before);
    expect(sampleWeight).toEqual(weightsBefore);
  });

  it('predicts the same bit for bit after toBuffer and from, and row by row', () => {
    const fitted = learner.fit(data, { seed: 1 });
    const outputs = fitted.outputs(fresh.X);
    const read = learner.read(fitted.toBuffer());
    expect(firstDifference(read.outputs(fresh.X), outputs)).toBe(-1);
    expect(firstDifference(read.rowByRow(fresh.X), outputs)).toBe(-1);
    expect(firstDifference(fitted.rowByRow(data.X), fitted.outputs(data.X))).toBe(-1);
    expect(sameBytes(read.toBuffer(), fitted.toBuffer())).toBe(true);
  });

  it('is better than chance on fresh rows', () => {
    const { reached, chance } = learner.quality(learner.fit(labelledData(600, 6, 4), { seed: 1 }), fresh);
    expect(reached).toBeGreaterThan(chance);
  });

  it('keeps the invariants of trees', () => {
    expect(() => validateTrees(learner.fit(data, { seed: 2 }).forest, learner.leaves)).not.toThrow();
  });

  it('reports progress per tree', () => {
    const seen: string[] = [];
    learner.fit(data, { seed: 1, onProgress: (done, total) => seen.push(`${done}/${total}`) });
    expect(seen).toEqual(Array.from({ length: learner.nTrees }, (_, t) => `${t + 1}/${learner.nTrees}`));
  });

  it('refuses a wrong column count by name', () => {
    const fitted = learner.fit(data, { seed: 1 });
    const wrong = labelledData(3, 5, 1).X;
    expect(() => fitted.outputs(wrong)).toThrow(new RangeError('Expected a matrix with 6 columns, got 5.'));
    expect(() => fitted.rowByRow(Matrix.from(new Float32Array(5), 1, 5))).toThrow(/Expected 6 values/);
  });

  it('refuses no rows and infinite values by place', () => {
    const none = {
      X: Matrix.from(new Float32Array(0), 0, 2),
      labels: new Int32Array(0),
      targets: new Float64Array(0),
    };
    expect(() => learner.fit(none, { seed: 1 })).toThrow(/at least one row/);
    const infinite = labelledData(4, 2, 1);
    infinite.X.data[5] = Number.POSITIVE_INFINITY;
    expect(() => learner.fit(infinite, { seed: 1 })).toThrow(/Infinity in row 2, column 1/);
  });

  it('refuses a seed that is not a number', () => {
    expect(() => learner.fit(data, { seed: Number.NaN })).toThrow(/`seed`/);
  });

  it('does not depend on the order of the rows', () => {
    const fitted = learner.fit(data, { seed: 6 });
    const order = createRandom(9).shuffle(Int32Array.from({ length: 300 }, (_, i) => i));
    const shuffled = {
      X: takeRows(data.X, order),
      labels: order.map((i) => data.labels[i]!),
      targets: Float64Array.from(order, (i) => data.targets[i]!),
    };
    const outputs = learner.fit(shuffled, { seed: 6 }).outputs(fresh.X);
    const expected = fitted.outputs(fresh.X);
    expect(firstDifference(outputs, expected)).toBe(-1);
  });

  it.each([0, 3, 6])('is not changed by a constant column at place %i', (at) => {
    const wider = { ...data, X: withConstantColumn(data.X, at, 5) };
    if (learner.name.startsWith('monotone')) {
      // Its constraints are given by place: only a column behind the others leaves them as they were.
      if (at !== 6) return expect(() => learner.fit(wider, { seed: 6 })).not.toThrow();
    }
    const outputs = learner.fit(wider, { seed: 6 }).outputs(withConstantColumn(fresh.X, at, 7));
    expect(firstDifference(outputs, learner.fit(data, { seed: 6 }).outputs(fresh.X))).toBe(-1);
  });

  if (learner.takesWeights)
    it('is not changed by rows of weight 0', () => {
      const sampleWeight = Float64Array.from(data.labels, (_, i) => (i % 3 === 0 ? 0 : 1));
      const kept = Array.from(data.labels.keys()).filter((i) => i % 3 !== 0);
      const subset = {
        X: takeRows(data.X, kept),
        labels: Int32Array.from(kept, (i) => data.labels[i]!),
        targets: Float64Array.from(kept, (i) => data.targets[i]!),
      };
      const weighted = learner.fit(data, { seed: 6, sampleWeight });
      if (learner.name.includes('large leaves')) return validateTrees(weighted.forest, learner.leaves);
      const expected = learner.fit(subset, { seed: 6 }).outputs(fresh.X);
      expect(firstDifference(weighted.outputs(fresh.X), expected)).toBe(-1);
    });

  if (learner.takesWeights)
    it('refuses weights that cannot be', () => {
      const zeros = new Float64Array(300);
      expect(() => learner.fit(data, { seed: 1, sampleWeight: zeros })).toThrow(
        /at least one positive weight/,
      );
      expect(() => learner.fit(data, { seed: 1, sampleWeight: zeros.slice(1) })).toThrow(/300 values/);
      expect(() => learner.fit(data, { seed: 1, sampleWeight: zeros.fill(-1) })).toThrow(/weights >= 0/);
    });

  it('survives one row', () => survives(learner, labelledData(1, 3, 1)));

  it('survives one class and equal targets', () => {
    const { X, labels, targets } = labelledData(50, 3, 1);
    survives(learner, { X, labels: labels.fill(1), targets: targets.fill(0.25) });
  });

  it('survives duplicated rows', () => {
    const { X, labels, targets } = labelledData(80, 3, 1);
    const rows = Int32Array.from({ length: 80 }, (_, i) => i >> 3);
    survives(learner, { X: takeRows(X, rows), labels, targets });
  });

  it('survives columns that never vary, and no columns at all', () => {
    const { labels, targets } = labelledData(40, 2, 1);
    survives(learner, { X: Matrix.from(new Float32Array(80).fill(2), 40, 2), labels, targets });
    survives(learner, { X: Matrix.from(new Float32Array(80).fill(Number.NaN), 40, 2), labels, targets });
    survives(learner, { X: Matrix.from(new Float32Array(0), 40, 0), labels, targets });
  });

  it('survives more than 255 distinct values in a column', () => survives(learner, labelledData(2000, 2, 1)));

  it('survives extreme floats', () => {
    const { X, labels, targets } = labelledData(60, 3, 1);
    const extremes = [
      3.4e38, -3.4e38, 3.4028234663852886e38, -3.4028234663852886e38, 1e-45, -1e-45, 0, -0, 1e-38,
    ];
    X.data.forEach((_, at) => {
      X.data[at] = extremes[(at * 7 + (at >> 3)) % extremes.length]!;
    });
    survives(learner, { X, labels, targets });
  });

  it('survives mostly missing values', () => survives(learner, labelledData(120, 4, 1, 0.9)));
});

describe('missing values', () => {
  // The label is told by whether column 0 is missing, and by nothing else.
  const random = createRandom(3);
  const labels = Int32Array.from({ length: 400 }, () => random.int(2));
  const data = Float32Array.from({ length: 800 }, (_, at) =>
    at % 2 === 0 && labels[at >> 1] === 1 ? Number.NaN : random.normal(),
  );
  const X = Matrix.from(data, 400, 2);

  it('are told from present ones by the random forest', () => {
    const proba = RandomForestClassifier.fit(X, labels, { nEstimators: 20, seed: 1 }).predictProba(X);
    expect(macroF1(labels, argmaxRows(proba, 2))).toBeGreaterThan(0.99);
  });

  it('are told from present ones by boosting', () => {
    const model = GradientBoostingRegressor.fit(X, Float64Array.from(labels), { seed: 1 });
    expect(r2Score(Float64Array.from(labels), model.predict(X))).toBeGreaterThan(0.99);
    const proba = GradientBoostingClassifier.fit(X, labels, { seed: 1 }).predictProba(X);
    expect(macroF1(labels, argmaxRows(proba, 2))).toBeGreaterThan(0.99);
  });

  it('make a row anomalous where hardly any row misses the value', () => {
    const column = Float32Array.from({ length: 1000 }, (_, at) => (at < 10 ? Number.NaN : 1));
    const few = Matrix.from(column, 1000, 1);
    const scores = IsolationForest.fit(few, { seed: 1 }).scoreSamples(few);
    expect(scores[0]!).toBeGreaterThan(scores[500]!);
  });
});
