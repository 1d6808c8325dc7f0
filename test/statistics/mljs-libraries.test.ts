// ml-random-forest 2.1.0 and ml-cart 2.1.1: what the libraries do by themselves, and what the trainers over them make
// of it. A new release of either that behaves otherwise fails here.
import { DecisionTreeClassifier, DecisionTreeRegression } from 'ml-cart';
import { RandomForestClassifier as MlRandomForest } from 'ml-random-forest';
import { describe, expect, it } from 'vitest';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { fitMlCart, fitMlRandomForest } from '../../src/trees/mljs/mljs.ts';
import { createRandom } from '../../src/trees/random.ts';

const rowsOf = (n: number, nColumns: number, seed: number): number[][] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => Array.from({ length: nColumns }, () => random.int(5)));
};
const matrixOf = (rows: readonly number[][]): Matrix =>
  Matrix.from(Float32Array.from(rows.flat()), rows.length, rows[0]!.length);

describe('the gain threshold', () => {
  /** 5 rows of 1,000 are of class 1, all those with a flag. */
  const rows = rowsOf(1000, 3, 1).map((row, i) => [...row, i % 200 === 0 ? 1 : 0]);
  const labels = rows.map((row) => row[3]!);

  it.each([
    ['0.01 unless told otherwise: half a percent is never split off', undefined, 0],
    ['0: it is found', 0, 5],
  ])('of ml-cart is %s', (_what, gainThreshold, nFound) => {
    const tree = new DecisionTreeClassifier(gainThreshold === undefined ? {} : { gainThreshold });
    tree.train(rows, labels);
    expect(tree.predict(rows).filter((label) => label === 1)).toHaveLength(nFound);
  });

  it.each([
    ['fitMlCart', fitMlCart],
    ['fitMlRandomForest', fitMlRandomForest],
  ])('of %s is 0', (_name, learner) => {
    const { forest } = learner(matrixOf(rows), Int32Array.from(labels), { seed: 1 });
    const proba = RandomForestClassifier.fromForest(forest, 2).predictProba(matrixOf(rows));
    expect(labels.every((label, i) => proba[2 * i + 1]! > 0.5 === (label === 1))).toBe(true);
  });
});

describe('regression', () => {
  it('of ml-cart takes no perfect split: a step from 0 to 10 is 5 everywhere, so no trainer uses it', () => {
    const tree = new DecisionTreeRegression();
    const x = [1, 2, 3, 4, 5, 6, 7, 8];
    tree.train(x, [0, 0, 0, 0, 10, 10, 10, 10]);
    expect(tree.predict(x)).toEqual(new Array(8).fill(5));
  });
});

describe('ties of equal values', () => {
  it('are cut by ml-cart in the order of the rows, by the trainers in that of their content', () => {
    const rows = [[1], [1], [2], [2], [2], [3]];
    const labels = [0, 1, 1, 0, 1, 0];
    const answers = [1, -1].map((direction) => {
      const order = [...rows.keys()].sort((a, b) => direction * (a - b));
      const { forest } = fitMlCart(
        matrixOf(order.map((i) => rows[i]!)),
        Int32Array.from(order, (i) => labels[i]!),
        { minSamplesSplit: 2 },
      );
      return forest;
    });
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('a forest of ml-random-forest', () => {
  const rows = rowsOf(200, 28, 2);
  const labels = rows.map(([first]) => (first! > 2 ? 1 : 0));
  const trained = (options: object, some = 60) => {
    const forest = new MlRandomForest({ seed: 3, nEstimators: 10, ...options } as never);
    forest.train(rows.slice(0, some), labels.slice(0, some));
    return (forest.toJSON() as unknown as { baseModel: { indexes: number[][] } }).baseModel;
  };

  it('draws the columns of a tree with replacement unless told otherwise; the trainer tells it', () => {
    const distinct = ({ indexes }: { indexes: number[][] }): number[] =>
      indexes.map((own) => new Set(own).size);
    const drawn = distinct(trained({ maxFeatures: 1, noOOB: true }));
    // 28 of 28 with replacement leave about 28 (1 - 1/e) = 17.8
    for (const size of drawn) expect(size).toBeLessThan(25);
    for (const size of distinct(trained({ maxFeatures: 0.75, replacement: false, noOOB: true })))
      expect(size).toBe(21);
  });

  it('fails where some row is in every bag, which `noOOB` avoids; the trainer sets it', () => {
    const failures = [1, 2, 3, 4, 5].filter((seed) => {
      try {
        trained({ seed, nEstimators: 3, maxFeatures: 2, useSampleBagging: true }, 40);
        return false;
      } catch (error) {
        expect(String(error)).toContain('must not be empty');
        return true;
      }
    });
    expect(failures.length).toBeGreaterThan(0);
    for (const seed of failures) {
      const X = matrixOf(rows.slice(0, 40));
      const { forest } = fitMlRandomForest(X, Int32Array.from(labels.slice(0, 40)), { seed, nEstimators: 3 });
      expect(forest.roots).toHaveLength(3);
    }
  });

  it('takes the first rows for `maxSamples`; the trainer draws from all over', () => {
    const X = matrixOf(rows);
    const { rows: drawn } = fitMlRandomForest(X, Int32Array.from(labels), { maxRows: 40, nEstimators: 2 });
    expect(Math.max(...drawn)).toBeGreaterThan(150);
  });

  it('throws on negative labels; the trainer names the row', () => {
    expect(() => fitMlRandomForest(matrixOf([[1], [2]]), Int32Array.of(0, -1), { nEstimators: 1 })).toThrow(
      RangeError,
    );
  });
});
