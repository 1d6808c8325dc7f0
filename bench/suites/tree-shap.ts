import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type ForeignTree, readForeignTrees } from '../../src/trees/foreign-trees.ts';
import { type Forest, LEAF } from '../../src/trees/forest.ts';
import { GradientBoostingRegressor } from '../../src/trees/gradient-boosting.ts';
import { IsolationForest } from '../../src/trees/isolation-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { quantile } from '../../src/trees/metrics.ts';
import { createRandom } from '../../src/trees/random.ts';
import { RandomForestClassifier } from '../../src/trees/random-forest.ts';
import { TreeExplainer } from '../../src/trees/tree-shap.ts';

// Exact explanations: against XGBoost's pred_contribs on the very same trees, one thread each, and the three forests
// of a verdict together against the budget of 25 ms.

/** One comparison; times in ms, `ratio` = peer / ours, both null where there is no peer; all null where it is not installed. */
export interface ShapRow {
  readonly name: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly note?: string;
}

const PEER_SCRIPT = join(import.meta.dirname, '..', 'peers', 'xgboost-contribs.py');
const PYTHONS = ['python3', '/usr/bin/python3'];

/** What bench/peers/xgboost-contribs.py prints. */
interface PeerRun {
  readonly peer: string;
  readonly seconds_per_row: number;
  readonly n_features: number;
  readonly trees: ForeignTree[];
  readonly X: (number | null)[][];
  readonly contribs: number[][];
}

interface Shape {
  readonly kind: 'boosting' | 'forest';
  readonly depth: number;
  readonly nRows: number;
}

const SHAPES: readonly Shape[] = [
  { kind: 'boosting', depth: 3, nRows: 2000 },
  { kind: 'boosting', depth: 6, nRows: 300 },
  { kind: 'forest', depth: 12, nRows: 10 },
];

/** The first python3 that has xgboost, or undefined. */
function pythonWithXgboost(): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', 'import xgboost']).status === 0);
}

function runPeer(python: string, { kind, depth, nRows }: Shape): PeerRun {
  const run = spawnSync(python, [PEER_SCRIPT, `${depth}`, '100', `${nRows}`, kind], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (run.status !== 0) throw new Error(`xgboost-contribs.py failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as PeerRun;
}

function nLeaves(forest: Forest): number {
  return forest.feature.reduce((count, column) => count + (column === LEAF ? 1 : 0), 0);
}

/** Median of five timings of `work`, in ms, after one to warm up. */
function medianMs(work: () => void): number {
  work();
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return quantile(times, 0.5);
}

function againstXgboost(python: string, shape: Shape): ShapRow {
  const run = runPeer(python, shape);
  const forest = readForeignTrees(run.trees, { nFeatures: run.n_features, leftWhen: '<' });
  const data = Float32Array.from(run.X.flat(), (value) => value ?? NaN);
  const explainer = new TreeExplainer(forest);
  const out = new Float64Array(data.length);
  explainer.addRows(data, 0, shape.nRows, out);
  // A time only counts for the same answer.
  for (let p = 0; p < out.length; p++) {
    const expected = run.contribs[Math.floor(p / run.n_features)]![p % run.n_features]!;
    if (!(Math.abs(out[p]! - expected) <= 1e-3)) {
      throw new Error(`Expected XGBoost's contribution ${expected}, got ${out[p]}.`);
    }
  }
  const ours = medianMs(() => explainer.addRows(data, 0, shape.nRows, out)) / shape.nRows;
  const peer = run.seconds_per_row * 1000;
  return {
    name: `TreeSHAP, ${shape.kind} of 100 trees of depth ${shape.depth}, ms per row`,
    ours,
    peer,
    ratio: peer / ours,
    note: `${run.peer}, ${nLeaves(forest)} leaves`,
  };
}

/** The three forests of a verdict, fitted on 20,000 rows of 90 columns, one row at a time. */
function servedForests(): ShapRow[] {
  const nSamples = 20_000;
  const nFeatures = 90;
  const random = createRandom(1);
  const data = Float32Array.from({ length: nSamples * nFeatures }, () => random.normal());
  const X = Matrix.from(data, nSamples, nFeatures);
  const risk = Float64Array.from({ length: nSamples }, (_, i) => {
    const row = i * nFeatures;
    return data[row]! + data[row + 1]! * data[row + 2]! + 1.2 * random.normal();
  });
  const labels = Int32Array.from(risk, (margin) =>
    margin > 1.5 ? 0 : margin > 0.3 ? 2 : margin > -1 ? 1 : 3,
  );
  const classifier = RandomForestClassifier.fit(X, labels, { maxDepth: 12, minSamplesLeaf: 5, seed: 1 });
  const detector = IsolationForest.fit(X, { contamination: 0.05, seed: 1 });
  const scorer = GradientBoostingRegressor.fit(X, risk, { seed: 1 });

  const nRows = 40;
  const timed = (explainers: readonly TreeExplainer[]): number[] => {
    const times: number[] = [];
    for (let i = 0; i < nRows; i++) {
      const start = performance.now();
      for (const explainer of explainers) {
        explainer.addRows(data, i * nFeatures, 1, new Float64Array(nFeatures * explainer.nOutputs));
      }
      times.push(performance.now() - start);
    }
    return times;
  };
  const row = (name: string, explainers: readonly TreeExplainer[], note: string): ShapRow => ({
    name: `${name}, p50 ms`,
    ours: quantile(timed(explainers), 0.5),
    peer: null,
    ratio: null,
    note,
  });
  const classes = new TreeExplainer(classifier.forest);
  const attack = new TreeExplainer(classifier.forest, [[0.01, 0, 0.005, 0]]);
  const anomaly = new TreeExplainer(detector.forest);
  const boosted = new TreeExplainer(scorer.forest);
  const leaves = (forest: Forest): string => `${nLeaves(forest)} leaves`;
  return [
    row('explain random forest, four classes', [classes], leaves(classifier.forest)),
    row('explain random forest, one mixed output', [attack], leaves(classifier.forest)),
    row('explain isolation forest', [anomaly], leaves(detector.forest)),
    row('explain boosted forest', [boosted], leaves(scorer.forest)),
    row('explain all three', [classes, anomaly, boosted], 'budget 25 ms'),
  ];
}

/** Runs the suite. Shapes whose peer is missing are left out and named in one row without a figure of the peer. */
export function treeShapBench(): ShapRow[] {
  const python = pythonWithXgboost();
  const compared =
    python === undefined
      ? [
          {
            name: 'TreeSHAP against XGBoost',
            ours: NaN,
            peer: null,
            ratio: null,
            note: 'xgboost not installed',
          },
        ]
      : SHAPES.map((shape) => againstXgboost(python, shape));
  return [...compared, ...servedForests()];
}
