import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { type BenchRow, median } from '../bench-row.ts';
import {
  type BoostingShape,
  type ForestPeer,
  modulesOf,
  type PeerRun,
  pythonWith,
  runForestPeer,
} from '../forest-peer.ts';
import { type TabularData, tabularData, withDataFiles } from '../tabular-data.ts';

// Fits on one thread against scikit-learn, XGBoost and LightGBM on the same rows. Ours and the peer's take turns, each
// after a first fit that is not counted; a pair of turns gives one ratio.

const label = (nRows: number) => (nRows >= 1000 ? `${nRows / 1000}k` : String(nRows));

/** Most probable class of each row. */
function classesOf(proba: Float64Array, nClasses: number): Int32Array {
  return Int32Array.from({ length: proba.length / nClasses }, (_, i) => {
    const row = proba.subarray(i * nClasses, (i + 1) * nClasses);
    return row.indexOf(Math.max(...row));
  });
}

interface OurFit {
  readonly ms: number;
  /** CPU time of the process: garbage collection and compilation in other threads counted in. */
  readonly cpuMs: number;
  readonly quality: number;
}

function timed<T>(grow: () => T): { model: T; ms: number; cpuMs: number } {
  const before = process.cpuUsage();
  const start = performance.now();
  const model = grow();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { model, ms, cpuMs: (user + system) / 1000 };
}

type Fit = (data: TabularData, seed: number) => OurFit;

const fitForest: Fit = ({ train, test, labels }, seed) => {
  const y = labels.slice(0, train.nSamples);
  const { model, ...times } = timed(() => RandomForestClassifier.fit(train, y, { nClasses: 4, seed }));
  const truth = labels.slice(train.nSamples);
  return { ...times, quality: macroF1(truth, classesOf(model.predictProba(test), 4)) };
};

const fitBoosting =
  (shape: BoostingShape): Fit =>
  ({ train, test, targets }, seed) => {
    const y = targets.slice(0, train.nSamples);
    const { model, ...times } = timed(() => GradientBoostingRegressor.fit(train, y, { ...shape, seed }));
    return { ...times, quality: r2Score(targets.slice(train.nSamples), model.predict(test)) };
  };

const fitClasses =
  (shape: BoostingShape): Fit =>
  ({ train, test, labels }, seed) => {
    const y = labels.slice(0, train.nSamples);
    const options = { ...shape, nClasses: 4, seed };
    const { model, ...times } = timed(() => GradientBoostingClassifier.fit(train, y, options));
    const truth = labels.slice(train.nSamples);
    return { ...times, quality: macroF1(truth, classesOf(model.predictProba(test), 4)) };
  };

async function fitRow(
  nRows: number,
  pairs: number,
  what: ForestPeer,
  fitOurs: Fit,
  shape?: BoostingShape,
): Promise<BenchRow> {
  const modules = modulesOf(what);
  const size = shape === undefined ? '' : `, ${shape.nEstimators} rounds of depth ${shape.maxDepth}`;
  const name = `fit ${what} ${label(nRows)} x 28${size}`;
  const python = pythonWith(modules);
  const data = tabularData(nRows);
  return withDataFiles(data, (folder) => {
    const ours: OurFit[] = [];
    const peers: PeerRun[] = [];
    fitOurs(data, pairs);
    for (let pair = 0; pair < pairs; pair++) {
      ours.push(fitOurs(data, pair));
      if (python !== undefined) peers.push(runForestPeer(python, folder, nRows, what, shape));
    }
    const oursMs = median(ours.map(({ ms }) => ms));
    const quality = median(ours.map((run) => run.quality)).toFixed(4);
    if (peers.length === 0) {
      return {
        name,
        ours: oursMs,
        peer: null,
        ratio: null,
        note: `not measured: no python3 with ${modules}`,
      };
    }
    const peerMs = 1000 * median(peers.map(({ seconds }) => seconds));
    const peerQuality = median(peers.map((run) => run.quality)).toFixed(4);
    const measure = what === 'random-forest' || what.endsWith('-classes') ? 'macro-F1' : 'R2';
    // On a busy machine CPU time moves less than wall time; turns are compared pair by pair.
    const ratio = median(peers.map(({ seconds }, pair) => (1000 * seconds) / ours[pair]!.ms));
    const cpuRatio = median(peers.map(({ cpuSeconds }, pair) => (1000 * cpuSeconds) / ours[pair]!.cpuMs));
    const cpuMs = median(ours.map((run) => run.cpuMs)).toFixed(0);
    const peerCpuMs = (1000 * median(peers.map(({ cpuSeconds }) => cpuSeconds))).toFixed(0);
    const note = `CPU time ${cpuMs} and ${peerCpuMs} ms, ${cpuRatio.toFixed(2)} x, ${peers[0]!.peer}, ${pairs} pairs, ${measure} ours ${quality}, peer ${peerQuality}`;
    return { name, ours: oursMs, peer: peerMs, ratio, note };
  });
}

const DEEP: BoostingShape = { maxDepth: 6, nEstimators: 100 };
const SHALLOW: BoostingShape = { maxDepth: 3, nEstimators: 100 };
const CLASSES: BoostingShape = { maxDepth: 4, nEstimators: 40 };

export const suite = {
  name: 'forest-fit',
  run: async (): Promise<BenchRow[]> => [
    await fitRow(10_000, 9, 'lightgbm', fitBoosting(DEEP), DEEP),
    await fitRow(10_000, 9, 'xgboost', fitBoosting(DEEP), DEEP),
    await fitRow(10_000, 9, 'lightgbm-classes', fitClasses(CLASSES), CLASSES),
    await fitRow(10_000, 9, 'xgboost-classes', fitClasses(CLASSES), CLASSES),
    await fitRow(100_000, 5, 'lightgbm', fitBoosting(SHALLOW), SHALLOW),
    await fitRow(100_000, 5, 'xgboost', fitBoosting(SHALLOW), SHALLOW),
    await fitRow(100_000, 5, 'lightgbm', fitBoosting(DEEP), DEEP),
    await fitRow(100_000, 5, 'xgboost', fitBoosting(DEEP), DEEP),
    await fitRow(2000, 5, 'random-forest', fitForest),
    await fitRow(10_000, 5, 'random-forest', fitForest),
    await fitRow(100_000, 1, 'random-forest', fitForest),
    await fitRow(100_000, 1, 'boosting', fitBoosting(SHALLOW)),
  ],
};
