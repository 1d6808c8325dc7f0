// Isolation score: where nothing can be told, twins at the cut, missing values, the sign of an explanation.
import { describe, expect, it } from 'vitest';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';
import { treeShap } from '../../src/trees/shap/tree-shap.ts';

const column = (...values: number[]): Matrix => Matrix.from(Float32Array.from(values), values.length, 1);
const twins = column(1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 100, 100);

describe('the isolation score', () => {
  it.each([
    // scikit-learn 1.9.1 agrees; ml-isolation-forest 0.1.0 says 0.180 and NaN, isolation-forest 0.0.9 0.266.
    ['8 equal rows, one of them', column(3, 3, 3, 3, 3, 3, 3, 3), 3],
    ['8 equal rows, another row', column(3, 3, 3, 3, 3, 3, 3, 3), 70],
    ['1 row, itself', column(3), 3],
    ['1 row, another row', column(3), 70],
  ])('is 0.5 where nothing can be told: %s', (_what, X, asked) => {
    const forest = IsolationForest.fit(X, { seed: 5 });
    // leaves are float32
    expect(forest.scoreSamples(column(asked))[0]).toBeCloseTo(0.5, 7);
    expect(forest.predict(X)).toEqual(new Uint8Array(X.nSamples));
  });

  it.each([
    // scikit-learn 1.9.1, pyod 3.6.7 and the exported ONNX agree.
    [0.1, 0],
    [0.2, 2],
  ])(
    'flags strictly beyond the quantile: contamination %f flags %d of two twins',
    (contamination, nFlagged) => {
      for (let seed = 0; seed < 5; seed++) {
        const flags = IsolationForest.fit(twins, { seed, contamination }).predict(twins);
        expect([...flags]).toEqual([
          ...new Array<number>(8).fill(0),
          ...new Array<number>(2).fill(nFlagged / 2),
        ]);
      }
    },
  );

  it('takes missing values as scikit-learn does: a common gap is not strange, and its side is kept in the tree', () => {
    const random = createRandom(3);
    const values = Float32Array.from({ length: 600 }, (_, at) =>
      at % 4 === 1 ? Number.NaN : random.normal(),
    );
    const X = Matrix.from(values, 300, 2);
    const forest = IsolationForest.fit(X, { seed: 1 });
    const scores = forest.scoreSamples(X);
    const meanOf = (rest: number): number => {
      const own = [...scores].filter((_, i) => i % 2 === rest);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    };
    // rows without the gap differ in one column more
    expect(meanOf(0)).toBeLessThan(meanOf(1));
    expect(IsolationForest.from(forest.toBuffer()).scoreSamples(X)).toEqual(scores);
  });

  it('rises where the mean path is short: Shapley values explain the path, so a negative one means stranger', () => {
    const random = createRandom(8);
    const X = Matrix.from(
      Float32Array.from({ length: 256 }, () => random.normal()),
      256,
      1,
    );
    const { forest, ...model } = IsolationForest.fit(X, { seed: 2 });
    const fitted = IsolationForest.fromForest(forest, model.sampleSize, X, 0.1);
    const strange = Float32Array.of(9);
    const ordinary = Float32Array.of(0);
    const pathOf = (row: Float32Array): number => {
      const { contributions, base } = treeShap(forest, row);
      expect(contributions[0]! < 0).toBe(row === strange);
      return (base[0]! + contributions[0]!) / forest.roots.length;
    };
    expect(pathOf(strange)).toBeLessThan(pathOf(ordinary));
    expect(fitted.scoreRow(strange, 0)).toBeGreaterThan(0.6);
    expect(fitted.scoreRow(ordinary, 0)).toBeLessThan(0.5);
  });
});
