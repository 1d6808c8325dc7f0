import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { type BenchRow, median } from '../bench-row.ts';
import { type ForestPeer, type PeerRun, pythonWith, runForestPeer } from '../forest-peer.ts';
import { type TabularData, tabularData, withDataFiles } from '../tabular-data.ts';

// Fitting 100 trees, one thread, against scikit-learn and XGBoost on the same rows. Rounds take turns.

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

function fitForest({ train, test, labels }: TabularData, seed: number): OurFit {
  const y = labels.slice(0, train.nSamples);
  const { model, ...times } = timed(() => RandomForestClassifier.fit(train, y, { nClasses: 4, seed }));
  const truth = labels.slice(train.nSamples);
  return { ...times, quality: macroF1(truth, classesOf(model.predictProba(test), 4)) };
}

function fitBoosting({ train, test, targets }: TabularData, seed: number): OurFit {
  const y = targets.slice(0, train.nSamples);
  const { model, ...times } = timed(() => GradientBoostingRegressor.fit(train, y, { seed }));
  return { ...times, quality: r2Score(targets.slice(train.nSamples), model.predict(test)) };
}

async function fitRow(
  nRows: number,
  rounds: number,
  what: ForestPeer,
  fitOurs: (data: TabularData, seed: number) => OurFit,
): Promise<BenchRow> {
  const modules = what === 'xgboost' ? 'sklearn, xgboost' : 'sklearn';
  const name = `fit ${what} ${label(nRows)} x 28`;
  const python = pythonWith(modules);
  const data = tabularData(nRows);
  return withDataFiles(data, (folder) => {
    const ours: OurFit[] = [];
    const peers: PeerRun[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(fitOurs(data, round));
      if (python !== undefined) peers.push(runForestPeer(python, folder, nRows, what));
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
    const measure = what === 'random-forest' ? 'macro-F1' : 'R2';
    // On a busy machine CPU time moves less than wall time; rounds are compared one by one.
    const cpuRatio = median(peers.map(({ cpuSeconds }, round) => (1000 * cpuSeconds) / ours[round]!.cpuMs));
    const note = `CPU time ${cpuRatio.toFixed(2)} x, ${peers[0]!.peer}, ${measure} ours ${quality}, peer ${peerQuality}`;
    return { name, ours: oursMs, peer: peerMs, ratio: peerMs / oursMs, note };
  });
}

export const suite = {
  name: 'forest-fit',
  run: async (): Promise<BenchRow[]> => [
    await fitRow(2000, 5, 'random-forest', fitForest),
    await fitRow(10_000, 3, 'random-forest', fitForest),
    await fitRow(100_000, 1, 'random-forest', fitForest),
    await fitRow(100_000, 5, 'xgboost', fitBoosting),
    await fitRow(100_000, 1, 'boosting', fitBoosting),
  ],
};
