import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ForeignTree, readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { gaussLegendre } from '../../src/trees/shap/gauss-legendre.ts';
import { TreeExplainer } from '../../src/trees/shap/tree-explainer.ts';
import { type Explanation, explainerOf, treeShap, treeShapRows } from '../../src/trees/shap/tree-shap.ts';
import { fc } from '../support/fast-check.ts';
import { randomRow, randomTrees } from '../support/random-trees.ts';
import { labelledData } from '../support/tree-data.ts';
import { bruteForceShapley, expectedOutput, referenceTreeShap } from '../support/tree-shap-reference.ts';

interface Oracle {
  base_score: number;
  n_features: number;
  trees: ForeignTree[];
  X: number[][];
  margin: number[];
  contribs: number[][];
}

const oracle = JSON.parse(
  readFileSync(new URL('../fixtures/oracles/tree-shap.json', import.meta.url), 'utf8'),
) as Oracle;

/** Largest difference between two arrays of one length. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let p = 0; p < a.length; p++) {
    const gap = Math.abs(a[p]! - b[p]!);
    if (!(gap <= most)) most = gap;
  }
  return most;
}

describe('TreeSHAP against XGBoost', () => {
  const forest = readForeignTrees(oracle.trees, { nFeatures: oracle.n_features, leftWhen: '<' });

  it('gives the contributions of every row', () => {
    expect(oracle.X.length).toBeGreaterThan(0);
    oracle.X.forEach((x, i) => {
      const { contributions, base } = treeShap(forest, x);
      const expected = oracle.contribs[i]!;
      expect(distance(contributions, expected.slice(0, -1))).toBeLessThan(1e-4);
      expect(Math.abs(base[0]! + oracle.base_score - expected.at(-1)!)).toBeLessThan(1e-4);
    });
  });

  it('sums to the margin of every row', () => {
    oracle.X.forEach((x, i) => {
      const { contributions, base } = treeShap(forest, x);
      const sum = contributions.reduce((total, value) => total + value, base[0]! + oracle.base_score);
      expect(Math.abs(sum - oracle.margin[i]!)).toBeLessThan(1e-5);
    });
  });

  it('gives the same when all rows are explained at once', () => {
    const X = Matrix.from(Float32Array.from(oracle.X.flat()), oracle.X.length, oracle.n_features);
    const all = treeShapRows(forest, X);
    oracle.X.forEach((x, i) => {
      const one = treeShap(forest, x);
      const row = i * oracle.n_features;
      expect(distance(all.contributions.subarray(row, row + oracle.n_features), one.contributions)).toBe(0);
    });
  });
});

describe('TreeSHAP against its definition', () => {
  const shape = fc.record({
    seed: fc.integer(),
    nTrees: fc.integer({ min: 1, max: 3 }),
    nFeatures: fc.integer({ min: 1, max: 6 }),
    nOutputs: fc.integer({ min: 1, max: 3 }),
    maxDepth: fc.integer({ min: 0, max: 6 }),
    emptyChance: fc.constantFrom(0, 0.2),
  });

  it('equals Shapley values over all subsets, missing values and empty branches included', () => {
    fc.assert(
      fc.property(shape, fc.integer(), (options, rowSeed) => {
        const forest = randomTrees(options);
        const x = randomRow(rowSeed, options.nFeatures);
        expect(distance(treeShap(forest, x).contributions, bruteForceShapley(forest, x))).toBeLessThan(1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('adds up to the output, with the base where nothing is known', () => {
    fc.assert(
      fc.property(shape, fc.integer(), (options, rowSeed) => {
        const forest = randomTrees(options);
        const x = randomRow(rowSeed, options.nFeatures);
        const { contributions, base } = treeShap(forest, x);
        const output = expectedOutput(forest, x, 2 ** options.nFeatures - 1);
        expect(distance(base, expectedOutput(forest, x, 0))).toBeLessThan(1e-9);
        for (let c = 0; c < options.nOutputs; c++) {
          let sum = base[c]!;
          for (let f = 0; f < options.nFeatures; f++) sum += contributions[f * options.nOutputs + c]!;
          expect(Math.abs(sum - output[c]!)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    { maxDepth: 12, nFeatures: 28, nOutputs: 4, nTrees: 2, splitChance: 0.92 },
    { maxDepth: 16, nFeatures: 3, nOutputs: 1, nTrees: 2, splitChance: 0.9 },
    { maxDepth: 40, nFeatures: 60, nOutputs: 1, nTrees: 1, splitChance: 0.62 },
  ])('equals the published algorithm on deep trees: $maxDepth levels, $nFeatures columns', (options) => {
    for (let seed = 0; seed < 4; seed++) {
      const forest = randomTrees({ ...options, seed });
      const x = randomRow(seed + 100, options.nFeatures);
      expect(distance(treeShap(forest, x).contributions, referenceTreeShap(forest, x))).toBeLessThan(1e-8);
    }
  });

  it('equals the published algorithm where the definition is still in reach', () => {
    // Guards the reference itself.
    for (let seed = 0; seed < 20; seed++) {
      const forest = randomTrees({ seed, nTrees: 2, nFeatures: 5, maxDepth: 6 });
      const x = randomRow(seed, 5);
      expect(distance(referenceTreeShap(forest, x), bruteForceShapley(forest, x))).toBeLessThan(1e-9);
    }
  });

  it('gives nothing to a column that no tree tests', () => {
    const forest = { ...randomTrees({ seed: 1, nTrees: 5, nFeatures: 3, maxDepth: 4 }), nFeatures: 4 };
    expect(treeShap(forest, [0.1, 0.2, 0.3, 99]).contributions[3]).toBe(0);
  });

  it('gives a tree of one leaf as its base', () => {
    const forest = randomTrees({ seed: 3, nTrees: 1, nFeatures: 2, maxDepth: 0 });
    const { contributions, base } = treeShap(forest, [1, 2]);
    expect([...contributions]).toEqual([0, 0]);
    expect(base[0]).toBe(forest.value[0]);
  });

  it('explains a forest without trees as nothing', () => {
    const forest = readForeignTrees([], { nFeatures: 2, leftWhen: '<' });
    expect(treeShap(forest, [1, 2])).toEqual({
      contributions: Float64Array.of(0, 0),
      base: Float64Array.of(0),
    });
  });
});

describe('TreeSHAP of our learners', () => {
  const { X, labels, targets } = labelledData(600, 6, 31, 0.1);
  const nTrees = 30;
  /** Sum over the columns of the contributions to one output, and its base. */
  const total = ({ contributions, base }: Explanation, output: number, nOutputs: number) =>
    contributions.reduce((sum, value, p) => (p % nOutputs === output ? sum + value : sum), base[output]!);
  const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) =>
    X.data.subarray(i * X.nFeatures, (i + 1) * X.nFeatures),
  );

  it('adds up to the probabilities of a random forest', () => {
    const classifier = RandomForestClassifier.fit(X, labels, { nEstimators: nTrees, maxDepth: 8, seed: 1 });
    const proba = classifier.predictProba(X);
    rows.forEach((row, i) => {
      const explanation = treeShap(classifier.forest, row);
      for (let c = 0; c < 3; c++) {
        expect(Math.abs(total(explanation, c, 3) / nTrees - proba[i * 3 + c]!)).toBeLessThan(1e-6);
      }
    });
  });

  it('adds up to the output of a boosted regressor', () => {
    const regressor = GradientBoostingRegressor.fit(X, targets, { nEstimators: nTrees, seed: 1 });
    const predicted = regressor.predict(X);
    rows.forEach((row, i) => {
      const sum = total(treeShap(regressor.forest, row), 0, 1) + regressor.baseScore;
      expect(Math.abs(sum - predicted[i]!)).toBeLessThan(1e-6);
    });
  });

  it('adds up to the path length of an isolation forest', () => {
    const { forest } = IsolationForest.fit(X, { nEstimators: nTrees, contamination: 0.1, seed: 1 });
    const all = 2 ** X.nFeatures - 1;
    for (const row of rows) {
      const [expected] = expectedOutput(forest, row, all);
      expect(Math.abs(total(treeShap(forest, row), 0, 1) - expected!)).toBeLessThan(1e-6);
      expect(distance(treeShap(forest, row).contributions, referenceTreeShap(forest, row))).toBeLessThan(
        1e-6,
      );
    }
  });
});

describe('TreeExplainer', () => {
  it('adds to what `out` already holds, at the offset it is given', () => {
    const forest = randomTrees({ seed: 4, nTrees: 3, nFeatures: 3, nOutputs: 2, maxDepth: 3 });
    const data = Float32Array.of(9, 0.1, 0.2, 0.3);
    const out = new Float64Array(8).fill(1);
    new TreeExplainer(forest).addRows(data, 1, 1, out, 2);
    const { contributions } = treeShap(forest, data.subarray(1));
    expect(
      distance(
        out.subarray(2),
        contributions.map((value) => value + 1),
      ),
    ).toBeLessThan(1e-12);
    expect([...out.subarray(0, 2)]).toEqual([1, 1]);
  });

  it('explains a weighted sum of the outputs as the weighted sum of their explanations', () => {
    const forest = randomTrees({ seed: 6, nTrees: 4, nFeatures: 5, nOutputs: 3, maxDepth: 5 });
    const x = randomRow(7, 5);
    const own = treeShap(forest, x);
    const explainer = new TreeExplainer(forest, [[0.25, 0, -2]]);
    const mixed = new Float64Array(5);
    explainer.addRows(x, 0, 1, mixed);
    const mixOf = (values: Float64Array, at: number) => 0.25 * values[at]! - 2 * values[at + 2]!;
    expect(
      distance(
        mixed,
        [0, 1, 2, 3, 4].map((f) => mixOf(own.contributions, 3 * f)),
      ),
    ).toBeLessThan(1e-12);
    expect(Math.abs(explainer.base[0]! - mixOf(own.base, 0))).toBeLessThan(1e-12);
    expect(() => new TreeExplainer(forest, [[1]])).toThrow('Expected 3 weights per mixed output, got 1.');
  });

  it('adds up over ranges of trees', () => {
    const forest = randomTrees({ seed: 8, nTrees: 5, nFeatures: 3, maxDepth: 4 });
    const x = randomRow(9, 3);
    const explainer = new TreeExplainer(forest);
    const out = new Float64Array(3);
    explainer.addRows(x, 0, 1, out, 0, 0, 2);
    explainer.addRows(x, 0, 1, out, 0, 2);
    expect(distance(out, treeShap(forest, x).contributions)).toBe(0);
  });

  it('is prepared once per forest', () => {
    const forest = randomTrees({ seed: 5, nTrees: 1, nFeatures: 2, maxDepth: 2 });
    expect(explainerOf(forest)).toBe(explainerOf(forest));
  });

  it('refuses a row with the wrong number of columns', () => {
    const forest = randomTrees({ seed: 5, nTrees: 1, nFeatures: 2, maxDepth: 2 });
    expect(() => treeShap(forest, [1])).toThrow('Expected a row with 2 columns, got 1.');
    expect(() => treeShapRows(forest, Matrix.from(new Float32Array(3), 1, 3))).toThrow(
      'Expected a matrix with 2 columns, got 3.',
    );
  });
});

describe('Gauss-Legendre quadrature', () => {
  it('integrates powers up to twice its points less one exactly', () => {
    for (const nPoints of [1, 2, 3, 7, 15, 40]) {
      const { points, weights } = gaussLegendre(nPoints);
      for (let power = 0; power < 2 * nPoints; power++) {
        const sum = points.reduce((total, t, q) => total + weights[q]! * t ** power, 0);
        expect(sum).toBeCloseTo(1 / (power + 1), 13);
      }
    }
  });

  it('refuses a rule without points', () => {
    expect(() => gaussLegendre(0)).toThrow('Expected `nPoints` to be an integer >= 1, got 0.');
  });
});
