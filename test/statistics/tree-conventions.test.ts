// Trees: where a value equal to the cut goes, where the cut lies, where a missing value goes, what Shapley values add
// up to. Trees of the libraries that the product reads are written out by hand.
import { describe, expect, it } from 'vitest';
import { type ForeignTree, readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import type { Forest } from '../../src/trees/forest/forest.ts';
import { ForestScorer } from '../../src/trees/forest/forest-scorer.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { fitMlCart } from '../../src/trees/mljs/mljs.ts';
import { treeShap } from '../../src/trees/shap/tree-shap.ts';

const column = (...values: number[]): Matrix => Matrix.from(Float32Array.from(values), values.length, 1);

/** One split at `threshold`: 1 on the left, 2 on the right. */
const stump = (threshold: number, missingLeft?: number): ForeignTree => ({
  feature: [0, 0, 0],
  threshold: [threshold, 0, 0],
  left: [1, -1, -1],
  right: [2, -1, -1],
  value: [0, 1, 2],
  cover: [10, 5, 5],
  ...(missingLeft === undefined ? {} : { missingLeft: [missingLeft, 0, 0] }),
});
const read = (tree: ForeignTree, leftWhen: '<' | '<='): Forest =>
  readForeignTrees([tree], { nFeatures: 1, leftWhen });
const sideOf = (forest: Forest, value: number): string => {
  const out = new Float64Array(1);
  new ForestScorer(forest).addRow(Float32Array.of(value), 0, out, 0);
  return out[0] === 1 ? 'left' : 'right';
};
/** One tree over all rows, without a bag. */
const ownTree = (X: Matrix, y: number[]): Forest =>
  GradientBoostingRegressor.fit(X, Float64Array.from(y), {
    nEstimators: 1,
    maxDepth: 1,
    learningRate: 1,
    minSamplesLeaf: 1,
  }).forest;

describe('a value equal to the cut', () => {
  it.each([
    ['scikit-learn 1.9.1', '<=', 'left'],
    ['LightGBM 4.7.0', '<=', 'left'],
    ['CatBoost 1.2.10', '<=', 'left'],
    ['XGBoost 3.2.0', '<', 'right'],
    ['ml-cart 2.1.1', '<', 'right'],
  ] as const)('of %s goes where it goes there: %s means %s', (_library, leftWhen, side) => {
    for (const cut of [6, 0.5, -3]) {
      const forest = read(stump(cut), leftWhen);
      expect(sideOf(forest, cut)).toBe(side);
      const hair = Math.abs(cut) * 2 ** -22;
      expect(sideOf(forest, cut - hair)).toBe('left');
      expect(sideOf(forest, cut + hair)).toBe('right');
    }
  });

  it('of a double between two float32 sends both their way', () => {
    // 0.1 as a double lies below the float32 of the same name.
    for (const leftWhen of ['<', '<='] as const) {
      expect(sideOf(read(stump(0.1), leftWhen), Math.fround(0.1))).toBe('right');
    }
  });

  it('of ours goes left', () => {
    const forest = ownTree(column(1, 2, 3, 4), [0, 0, 9, 9]);
    const values = new Float64Array(2);
    const scorer = new ForestScorer(forest);
    scorer.addRow(Float32Array.of(forest.threshold[0]!), 0, values, 0);
    scorer.addRow(Float32Array.of(1), 0, values, 1);
    expect(values[0]).toBe(values[1]);
  });
});

describe('the cut', () => {
  it('lies midway between two neighbours', () => {
    expect(ownTree(column(1, 2, 3, 4), [0, 0, 9, 9]).threshold[0]).toBe(2.5);
    const cart = fitMlCart(column(5, 5.5, 6, 6.5), Int32Array.of(0, 0, 1, 1), { minSamplesSplit: 2 });
    // ml-cart's own midpoint, 5.75 with <, as the largest float32 below it
    expect(cart.forest.threshold[0]).toBeLessThan(5.75);
    expect(cart.forest.threshold[0]).toBeCloseTo(5.75, 5);
  });

  it('tells values 1e-9 apart, which scikit-learn takes as one below 1e-7', () => {
    const X = column(1e-9, 2e-9, 3e-9, 4e-9);
    const forest = ownTree(X, [0, 0, 9, 9]);
    expect(forest.feature[0]).toBe(0);
    expect(forest.threshold[0]).toBeGreaterThanOrEqual(Math.fround(2e-9));
    expect(forest.threshold[0]).toBeLessThan(Math.fround(3e-9));
  });

  it('keeps neighbouring float32 apart', () => {
    const low = Math.fround(0.7);
    const high = low + 2 ** -24;
    const forest = ownTree(column(low, low, high, high), [0, 0, 9, 9]);
    expect(forest.threshold[0]).toBe(low);
  });
});

describe('a missing value', () => {
  it.each([
    ['XGBoost, `default_left` 0: right', 0, 'right'],
    ['XGBoost, `default_left` 1: left', 1, 'left'],
    ['a library that says nothing: right', undefined, 'right'],
  ])('takes the direction in the tree of %s', (_library, missingLeft, side) => {
    expect(sideOf(read(stump(6, missingLeft), '<'), Number.NaN)).toBe(side);
  });

  it('of ml-cart, which sees it below every value, goes left', () => {
    const fitted = fitMlCart(column(Number.NaN, Number.NaN, 5, 6), Int32Array.of(0, 0, 1, 1), {
      minSamplesSplit: 2,
    });
    expect([...fitted.forest.missingLeft]).toEqual([1, 0, 0]);
    expect(fitted.libraryPredict(column(Number.NaN, 5))).toEqual([0, 1]);
  });

  it.each([
    ['like the small values', [9, 0, 0, 9, 9], 'right'],
    ['like the large values', [0, 0, 0, 9, 9], 'left'],
  ])('of ours takes the direction that training learned: %s', (_what, [missing, ...rest], side) => {
    const forest = ownTree(column(Number.NaN, Number.NaN, 1, 2, 3, 4), [
      missing!,
      missing!,
      ...rest.slice(0, 2),
      9,
      9,
    ]);
    expect(forest.missingLeft[0] === 1 ? 'left' : 'right').toBe(side);
  });
});

describe('Shapley values', () => {
  it('add up to the output with missing values too', () => {
    const n = 120;
    const data = Float32Array.from({ length: n * 3 }, (_, at) =>
      at % 7 === 3 ? Number.NaN : (at * 37) % 101,
    );
    const X = Matrix.from(data, n, 3);
    const y = Int32Array.from({ length: n }, (_, i) =>
      Number.isNaN(data[i * 3]!) ? 1 : data[i * 3]! > 50 ? 1 : 0,
    );
    const model = RandomForestClassifier.fit(X, y, { nEstimators: 20, seed: 3 });
    const nTrees = model.forest.roots.length;
    for (const row of [data.subarray(0, 3), Float32Array.of(Number.NaN, Number.NaN, Number.NaN)]) {
      const { contributions, base } = treeShap(model.forest, row);
      const proba = model.predictProba(Matrix.from(row, 1, 3));
      for (let c = 0; c < 2; c++) {
        const sum = base[c]! + contributions[c]! + contributions[2 + c]! + contributions[4 + c]!;
        expect(sum / nTrees).toBeCloseTo(proba[c]!, 9);
      }
    }
  });
});
