import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import { averagePathLength } from '../../src/trees/growing/isolation-tree.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url);

interface IsolationOracle {
  max_samples: number;
  contamination: number;
  trees: {
    feature: number[];
    threshold: number[];
    left: number[];
    right: number[];
    n_node_samples: number[];
    features: number[];
  }[];
  X: number[][];
  score_samples: number[];
  offset: number;
}

/** Depth of every node of a tree given by its children. */
function depths(left: number[], right: number[]): number[] {
  const depth = new Array<number>(left.length).fill(0);
  // A child comes after its parent in scikit-learn's arrays.
  for (let node = 0; node < left.length; node++) {
    if (left[node]! < 0) continue;
    depth[left[node]!] = depth[node]! + 1;
    depth[right[node]!] = depth[node]! + 1;
  }
  return depth;
}

describe("on scikit-learn's own isolation trees", () => {
  const oracle = JSON.parse(
    readFileSync(fixture('oracles/isolation-forest.json'), 'utf8'),
  ) as IsolationOracle;
  const nFeatures = oracle.X[0]!.length;
  const X = Matrix.from(Float32Array.from(oracle.X.flat()), oracle.X.length, nFeatures);
  const trees = oracle.trees.map((tree) => {
    const depth = depths(tree.left, tree.right);
    return {
      feature: tree.feature,
      threshold: tree.threshold,
      left: tree.left,
      right: tree.right,
      features: tree.features,
      cover: tree.n_node_samples,
      value: tree.n_node_samples.map((n, node) => depth[node]! + averagePathLength(n)),
    };
  });
  const forest = readForeignTrees(trees, { nFeatures, leftWhen: '<=' });
  const model = IsolationForest.fromForest(forest, oracle.max_samples, X, oracle.contamination);

  it('scores every row as scikit-learn does, with the sign turned', () => {
    const scores = model.scoreSamples(X);
    oracle.score_samples.forEach((score, i) => {
      expect(Math.abs(scores[i]! + score)).toBeLessThan(1e-6);
    });
  });

  it('puts the decision threshold where contamination puts the offset', () => {
    expect(Math.abs(model.decisionThreshold + oracle.offset)).toBeLessThan(1e-6);
  });

  it('flags the same rows', () => {
    const flags = oracle.score_samples.map((score) => (score < oracle.offset ? 1 : 0));
    expect([...model.predict(X)]).toEqual(flags);
  });
});

describe('where nothing can be told', () => {
  it.each([
    ['one row', 1],
    ['eight equal rows', 8],
  ])('scores 0.5: %s', (_what, n) => {
    const model = IsolationForest.fit(Matrix.from(new Float32Array(2 * n), n, 2), { seed: 3 });
    const again = IsolationForest.from(model.toBuffer());
    for (const forest of [model, again]) {
      // Leaves are float32.
      for (const score of forest.scoreSamples(Matrix.from(Float32Array.of(0, 0, 9, -9), 2, 2))) {
        expect(score).toBeCloseTo(0.5, 7);
      }
      expect(forest.scoreRow(Float32Array.of(1, NaN), 0)).toBeCloseTo(0.5, 7);
    }
    expect(model.decisionThreshold).toBeCloseTo(0.5, 7);
    expect([...model.predict(Matrix.from(Float32Array.of(0, 0), 1, 2))]).toEqual([0]);
  });

  it('flags no twins at the cut, and both beyond it, as scikit-learn does', () => {
    const X = Matrix.from(Float32Array.of(1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 100, 100), 10, 1);
    const flagged = (contamination: number): number =>
      IsolationForest.fit(X, { seed: 1, contamination })
        .predict(X)
        .reduce((sum, flag) => sum + flag, 0);
    expect(flagged(0.1)).toBe(0);
    expect(flagged(0.2)).toBe(2);
  });
});

describe('on ADBench sets', () => {
  const { sets } = JSON.parse(readFileSync(fixture('adbench/reference.json'), 'utf8')) as {
    sets: Record<string, number>;
  };

  it('has a reference for every set', () => {
    const files = readdirSync(fixture('adbench/')).filter((name) => name.endsWith('.csv.gz'));
    expect(files.map((name) => name.replace('.csv.gz', '')).sort()).toEqual(Object.keys(sets).sort());
  });

  it.each(Object.entries(sets))(
    'ranks the anomalies of %s as well as scikit-learn (%f)',
    (name, reference) => {
      const text = gunzipSync(readFileSync(fixture(`adbench/${name}.csv.gz`))).toString();
      const rows = text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').map(Number));
      const nFeatures = rows[0]!.length - 1;
      const data = new Float32Array(rows.length * nFeatures);
      rows.forEach((row, i) => {
        data.set(row.slice(0, nFeatures), i * nFeatures);
      });
      const X = Matrix.from(data, rows.length, nFeatures);
      const isAnomaly = Int32Array.from(rows, (row) => row[nFeatures]!);
      const seeds = [0, 1, 2, 3, 4];
      const aucs = seeds.map((seed) => rocAuc(isAnomaly, IsolationForest.fit(X, { seed }).scoreSamples(X)));
      expect(aucs.reduce((sum, auc) => sum + auc, 0) / seeds.length).toBeGreaterThanOrEqual(reference - 0.02);
    },
  );
});

describe('average path length', () => {
  it('is 0, 0 and 1 for no, one and two samples', () => {
    expect([0, 1, 2].map(averagePathLength)).toEqual([0, 0, 1]);
  });

  it('follows the formula of the paper above', () => {
    expect(averagePathLength(256)).toBeCloseTo(10.2447707, 6);
  });
});
