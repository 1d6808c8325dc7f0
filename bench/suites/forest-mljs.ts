import { RandomForestClassifier as MlRandomForest } from 'ml-random-forest';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { type BenchSuite, compare, median } from '../bench-row.ts';
import { tabularData } from '../tabular-data.ts';

// Fitting 100 trees against ml-random-forest on the same rows. Its time grows with the square of the rows, so the
// rows are few; from 2,000 on a fit takes minutes.

const N_ROWS = 500;
const N_TREES = 100;
const ROUNDS = 3;

export const suite: BenchSuite = {
  name: 'forest-mljs',
  run: async () => {
    const { train, test, labels } = tabularData(N_ROWS);
    const { nSamples, nFeatures } = train;
    const y = labels.slice(0, nSamples);
    const rowsOf = ({ data }: { readonly data: Float32Array }, n: number): number[][] =>
      Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * nFeatures, (i + 1) * nFeatures)));
    const trainRows = rowsOf(train, nSamples);
    const testRows = rowsOf(test, test.nSamples);
    const truth = labels.slice(nSamples);
    const ours: { ms: number; f1: number }[] = [];
    const peers: { ms: number; f1: number }[] = [];
    for (let seed = 1; seed <= ROUNDS; seed++) {
      let start = performance.now();
      const forest = RandomForestClassifier.fit(train, y, { nClasses: 4, nEstimators: N_TREES, seed });
      const oursMs = performance.now() - start;
      const proba = forest.predictProba(test);
      const said = Int32Array.from(truth, (_, i) => {
        const row = proba.subarray(i * 4, (i + 1) * 4);
        return row.indexOf(Math.max(...row));
      });
      ours.push({ ms: oursMs, f1: macroF1(truth, said) });
      start = performance.now();
      const peer = new MlRandomForest({
        nEstimators: N_TREES,
        maxFeatures: 0.4,
        replacement: true,
        seed,
        noOOB: true,
      });
      peer.train(trainRows, Array.from(y));
      peers.push({ ms: performance.now() - start, f1: macroF1(truth, peer.predict(testRows)) });
    }
    const f1 = (runs: readonly { f1: number }[]): string => median(runs.map((run) => run.f1)).toFixed(3);
    const ms = (runs: readonly { ms: number }[]): number => median(runs.map((run) => run.ms));
    return [
      compare(
        `fit random-forest ${N_ROWS} x ${nFeatures}`,
        'ms',
        ms(ours),
        ms(peers),
        `ml-random-forest 2.1.0, macro-F1 ours ${f1(ours)}, peer ${f1(peers)}`,
      ),
    ];
  },
};
