import { describe, expect, it } from 'vitest';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { argmaxRows, labelledData, takeRows } from '../support/tree-data.ts';

describe('out-of-bag probabilities', () => {
  const { X, labels } = labelledData(500, 5, 1);

  it('judge as fresh rows do, not as training rows do', () => {
    const model = RandomForestClassifier.fit(X, labels, { seed: 1 });
    const fresh = labelledData(500, 5, 2);
    const outOfBag = macroF1(labels, argmaxRows(model.oobProba, 3));
    const onFresh = macroF1(fresh.labels, argmaxRows(model.predictProba(fresh.X), 3));
    expect(macroF1(labels, argmaxRows(model.predictProba(X), 3))).toBe(1);
    expect(Math.abs(outOfBag - onFresh)).toBeLessThan(0.08);
  });

  it('come only from trees that did not see the row, and are NaN where all did', () => {
    const model = RandomForestClassifier.fit(X, labels, { nEstimators: 1, seed: 1 });
    const seen = labels.filter((_, i) => Number.isNaN(model.oobProba[i * 3]!)).length;
    // A row is in the bag with probability 1 - 1/e.
    expect(Math.abs(seen / 500 - 0.632)).toBeLessThan(0.07);
    const proba = model.predictProba(X);
    model.oobProba.forEach((p, at) => {
      if (!Number.isNaN(p)) expect(p).toBe(proba[at]);
    });
  });

  it('come from every tree for a row of weight 0', () => {
    const sampleWeight = Float64Array.from(labels, (_, i) => (i < 50 ? 0 : 1));
    const model = RandomForestClassifier.fit(X, labels, { nEstimators: 20, sampleWeight, seed: 1 });
    const proba = model.predictProba(
      takeRows(
        X,
        Array.from({ length: 50 }, (_, i) => i),
      ),
    );
    expect([...model.oobProba.subarray(0, 150)]).toEqual([...proba]);
  });

  it('are not in the file, and a read forest says so', () => {
    const model = RandomForestClassifier.from(
      RandomForestClassifier.fit(X, labels, { nEstimators: 2 }).toBuffer(),
    );
    expect(() => model.oobProba).toThrow(/not in the file/);
  });
});

describe('class weights', () => {
  // One positive in twenty, hardly separable.
  const { X, targets } = labelledData(1500, 4, 3);
  const labels = Int32Array.from(targets, (target) => (target > 6.2 ? 1 : 0));
  const share = (proba: Float64Array) => argmaxRows(proba, 2).reduce((sum, label) => sum + label, 0);

  it('raise the say of a rare class in both classifiers', () => {
    for (const Learner of [RandomForestClassifier, GradientBoostingClassifier]) {
      const settings = { nEstimators: 30, maxDepth: 3, seed: 1 };
      const plain = share(Learner.fit(X, labels, settings).predictProba(X));
      const balanced = share(
        Learner.fit(X, labels, { ...settings, classWeight: 'balanced' }).predictProba(X),
      );
      const given = share(Learner.fit(X, labels, { ...settings, classWeight: [1, 20] }).predictProba(X));
      expect(balanced).toBeGreaterThan(plain);
      expect(given).toBeGreaterThan(plain);
    }
  });

  it('are refused when there is not one per class, or one is negative', () => {
    const fitting = (classWeight: number[]) => RandomForestClassifier.fit(X, labels, { classWeight });
    expect(() => fitting([1])).toThrow('Expected `classWeight` to hold 2 values, got 1.');
    expect(() => fitting([1, -1])).toThrow(/`classWeight`, got -1 for class 1/);
  });
});

describe('options', () => {
  const { X, labels } = labelledData(40, 4, 1);
  const fitting = (options: object) => () => RandomForestClassifier.fit(X, labels, options);

  it('out of range are refused by name', () => {
    expect(fitting({ nEstimators: 0 })).toThrow('Expected `nEstimators` to be an integer >= 1, got 0.');
    expect(fitting({ maxDepth: 0.5 })).toThrow('Expected `maxDepth` to be an integer >= 1, got 0.5.');
    expect(fitting({ minSamplesLeaf: -1 })).toThrow(/`minSamplesLeaf`/);
    expect(fitting({ maxFeatures: 0 })).toThrow(/`maxFeatures`/);
    expect(fitting({ nClasses: 2 })).toThrow(/Expected labels in `y` to be integers in 0 .. 1, got 2/);
    expect(() => RandomForestClassifier.fit(X, labels.slice(1))).toThrow(/`y` to hold 40 labels/);
  });

  it('bound the trees', () => {
    const { forest } = RandomForestClassifier.fit(X, labels, { nEstimators: 10, maxDepth: 1 });
    expect(forest.feature.length).toBeLessThanOrEqual(30);
    const large = RandomForestClassifier.fit(X, labels, { nEstimators: 10, minSamplesLeaf: 20 }).forest;
    // About 25 distinct rows of 40 are in a bag: two leaves of 20 never fit.
    expect(large.feature.length).toBe(10);
  });

  it('a class that no row has gets probability 0', () => {
    const proba = RandomForestClassifier.fit(X, labels, { nClasses: 5 }).predictProba(X);
    for (let i = 0; i < 40; i++) expect([proba[i * 5 + 3], proba[i * 5 + 4]]).toEqual([0, 0]);
  });
});

describe('splits', () => {
  it('are the same for a node that is sorted and for one that is counted', () => {
    // Whole trees on one column, all rows the same but for their number: 40 rows are sorted, 40 x 3 counted.
    const values = Array.from({ length: 40 }, (_, i) => (i % 7 === 3 ? Number.NaN : (i * 17) % 11));
    const classes = Int32Array.from(
      { length: 40 },
      (_, i) => ((i * 17) % 11 > 4 ? 1 : 0) ^ (i % 9 === 0 ? 1 : 0),
    );
    const grow = (repeats: number) => {
      const rows = Array.from({ length: 40 * repeats }, (_, i) => i % 40);
      const X = Matrix.from(
        Float32Array.from(rows, (i) => values[i]!),
        rows.length,
        1,
      );
      const y = Int32Array.from(rows, (i) => classes[i]!);
      return RandomForestClassifier.fit(X, y, { nEstimators: 30, maxDepth: 1, seed: 1 }).forest;
    };
    const firstSplit = ({ feature, threshold, missingLeft }: ReturnType<typeof grow>) => {
      const thresholds = threshold.filter((_, node) => feature[node] === 0);
      const sorted = thresholds.toSorted();
      const toLeft = missingLeft.filter((_, node) => feature[node] === 0);
      return [sorted[sorted.length >> 1], toLeft.filter((left) => left === 1).length > toLeft.length / 2];
    };
    expect(firstSplit(grow(1))).toEqual(firstSplit(grow(3)));
  });
});
