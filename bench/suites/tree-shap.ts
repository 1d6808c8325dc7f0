import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ForeignTree, readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import { type Forest, LEAF } from '../../src/trees/forest/forest.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import { createRandom } from '../../src/trees/random.ts';
import { TreeExplainer } from '../../src/trees/shap/tree-explainer.ts';
import type { BenchRow, BenchSuite } from '../bench-row.ts';
import { pythonWith } from '../forest-peer.ts';

// Exact explanations: against XGBoost's pred_contribs on the very same trees, one thread each, and the three forests
// of a verdict together against the budget of 25 ms. FOREST_PYTHON names a python with xgboost: CPU time against CPU
// time, the clock's ratio beside it.

const N_ROUNDS = 15;
const PEER_SCRIPT = join(import.meta.dirname, '..', 'peers', 'xgboost-contribs.py');

/** First line of bench/peers/xgboost-contribs.py. */
interface PeerRun {
  readonly peer: string;
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

function nLeaves(forest: Forest): number {
  return forest.feature.reduce((count, column) => count + (column === LEAF ? 1 : 0), 0);
}

/** Ours and the peer in turns, so that a busy machine slows both. */
async function againstXgboost(python: string, { kind, depth, nRows }: Shape): Promise<BenchRow> {
  const peer = spawn(python, [PEER_SCRIPT, `${depth}`, '100', `${nRows}`, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('Expected a line from xgboost-contribs.py, got its end.');
    return value;
  };
  try {
    const run = JSON.parse(await nextLine()) as PeerRun;
    const forest = readForeignTrees(run.trees, { nFeatures: run.n_features, leftWhen: '<' });
    const data = Float32Array.from(run.X.flat(), (value) => value ?? NaN);
    const explainer = new TreeExplainer(forest);
    const out = new Float64Array(data.length);
    explainer.addRows(data, 0, nRows, out);
    // A time only counts for the same answer.
    for (let p = 0; p < out.length; p++) {
      const expected = run.contribs[Math.floor(p / run.n_features)]![p % run.n_features]!;
      if (!(Math.abs(out[p]! - expected) <= 1e-3)) {
        throw new Error(`Expected XGBoost's contribution ${expected}, got ${out[p]}.`);
      }
    }
    const ours: number[] = [];
    const theirs: number[] = [];
    const ratios: number[] = [];
    const wallRatios: number[] = [];
    for (let round = 0; round < N_ROUNDS; round++) {
      const start = performance.now();
      const before = process.threadCpuUsage();
      explainer.addRows(data, 0, nRows, out);
      const { user, system } = process.threadCpuUsage(before);
      const wall = (performance.now() - start) / nRows;
      peer.stdin.write('\n');
      const [cpuSeconds, wallSeconds] = JSON.parse(await nextLine()) as [number, number];
      ours.push((user + system) / nRows / 1000);
      theirs.push(cpuSeconds * 1000);
      ratios.push(theirs.at(-1)! / ours.at(-1)!);
      wallRatios.push((wallSeconds * 1000) / wall);
    }
    return {
      name: `TreeSHAP, ${kind} of 100 trees of depth ${depth}, ms per row`,
      ours: quantile(ours, 0.5),
      peer: quantile(theirs, 0.5),
      ratio: quantile(ratios, 0.5),
      note: `${run.peer}, ${nLeaves(forest)} leaves, ratio by the clock ${quantile(wallRatios, 0.5).toFixed(1)}`,
    };
  } finally {
    peer.stdin.end();
  }
}

/** The three forests of a verdict, fitted on 20,000 rows of 90 columns, one row at a time. */
function servedForests(): BenchRow[] {
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
  const row = (name: string, explainers: readonly TreeExplainer[], note: string): BenchRow => ({
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

/** Where XGBoost is missing, one row without figures says so. */
async function run(): Promise<BenchRow[]> {
  const python = pythonWith('xgboost');
  const compared: BenchRow[] = [];
  if (python === undefined) {
    const note = 'not measured: xgboost is not installed';
    compared.push({ name: 'TreeSHAP against XGBoost', ours: null, peer: null, ratio: null, note });
  } else {
    for (const shape of SHAPES) compared.push(await againstXgboost(python, shape));
  }
  return [...compared, ...servedForests()];
}

export const suite: BenchSuite = { name: 'tree-shap', run };
