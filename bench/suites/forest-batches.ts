import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { type BenchRow, compare, median } from '../bench-row.ts';
import { ScoringPeer, type Times, timeOurs } from '../scoring-peer.ts';
import { tabularData, withDataFiles } from '../tabular-data.ts';

// Batches of 28 columns through forests grown on 10,000 rows, against current versions of three libraries, in turns
// within one run and on one thread each. Peers are of bench/peers/scoring-requirements.txt.

const N_TRAIN = 10_000;
const N_FEATURES = 28;
const BATCH = 4000;
const SIZES = [1, 10, 100, 1000, 10_000, 100_000];
const PAIRS = 7;
/** Rows of one turn: short calls are repeated. */
const TURN_ROWS = 4000;

interface Contestant {
  readonly shape: 'unbounded' | 'depth8' | 'depth12' | 'isolation';
  readonly title: string;
  readonly score: (X: Matrix) => Float64Array;
  readonly peers: readonly string[];
}

interface Pairing {
  readonly ours: Times;
  readonly peer: Times;
}

/** Medians over pairs, each of one turn of ours and one of the peer's. */
async function pair(
  peer: ScoringPeer,
  what: string,
  X: Matrix,
  score: (X: Matrix) => unknown,
): Promise<Pairing> {
  const calls = Math.max(1, Math.round(TURN_ROWS / X.nSamples));
  const ours: Times[] = [];
  const theirs: Times[] = [];
  for (let k = -1; k < PAIRS; k++) {
    const our = timeOurs(calls, () => score(X));
    const their = await peer.time(what, X.nSamples, Math.min(calls, 50));
    if (k < 0) continue;
    const perCall = ({ wallMs, cpuMs }: Times, n: number) => ({ wallMs: wallMs / n, cpuMs: cpuMs / n });
    ours.push(perCall(our, calls));
    theirs.push(perCall(their, Math.min(calls, 50)));
  }
  const medians = (times: readonly Times[]): Times => ({
    wallMs: median(times.map(({ wallMs }) => wallMs)),
    cpuMs: median(times.map(({ cpuMs }) => cpuMs)),
  });
  return { ours: medians(ours), peer: medians(theirs) };
}

function largestOf(proba: Float64Array, nClasses: number): Int32Array {
  return Int32Array.from({ length: proba.length / nClasses }, (_, i) => {
    let best = 0;
    for (let c = 1; c < nClasses; c++) if (proba[i * nClasses + c]! > proba[i * nClasses + best]!) best = c;
    return best;
  });
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - meanA) * (b[i]! - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

async function run(): Promise<BenchRow[]> {
  const data = tabularData(N_TRAIN + Math.max(...SIZES));
  const train = Matrix.from(data.train.data.subarray(0, N_TRAIN * N_FEATURES), N_TRAIN, N_FEATURES);
  const rest = data.train.data.subarray(N_TRAIN * N_FEATURES);
  const rowsOf = (n: number) => Matrix.from(rest.subarray(0, n * N_FEATURES), n, N_FEATURES);
  const y = data.labels.slice(0, N_TRAIN);
  const forest = (nEstimators: number, maxDepth?: number) => {
    const options = { nClasses: 4, seed: 1, nEstimators };
    const model = RandomForestClassifier.fit(
      train,
      y,
      maxDepth === undefined ? options : { ...options, maxDepth },
    );
    return (X: Matrix) => model.predictProba(X);
  };
  const detector = IsolationForest.fit(train, { seed: 1 });
  const all = ['scikit-learn', 'tl2cgen', 'onnxruntime'];
  const contestants: Contestant[] = [
    {
      shape: 'unbounded',
      title: '100 unbounded trees, four classes',
      score: forest(100),
      peers: ['scikit-learn', 'onnxruntime'],
    },
    { shape: 'depth8', title: '30 trees of depth 8', score: forest(30, 8), peers: all },
    { shape: 'depth12', title: '100 trees of depth 12', score: forest(100, 12), peers: all },
    {
      shape: 'isolation',
      title: 'isolation forest, 100 x 256',
      score: (X) => detector.scoreSamples(X),
      peers: ['scikit-learn'],
    },
  ];
  return withDataFiles(data, async (folder) => {
    const peer = await ScoringPeer.start(folder, N_TRAIN);
    const rows: BenchRow[] = [];
    const add = async ({ shape, title, score }: Contestant, library: string, X: Matrix) => {
      const version = peer?.versions[library] ?? null;
      const name = `${X.nSamples} rows, ${title}, ${library}`;
      if (peer === undefined || version === null) {
        const { cpuMs } = timeOurs(5, () => score(X));
        rows.push(compare(name, 'ms', cpuMs / 5, null, `not measured: no ${library}`));
        return;
      }
      const what = `${library} ${shape}`;
      const found = await pair(peer, what, X, score);
      const wall = (found.peer.wallMs / found.ours.wallMs).toFixed(2);
      let quality = '';
      if (X.nSamples === BATCH) {
        const ours = score(X);
        const theirs = await peer.answers(what, BATCH);
        const truth = data.labels.slice(N_TRAIN, N_TRAIN + BATCH);
        const f1 = (proba: Float64Array) => macroF1(truth, largestOf(proba, 4)).toFixed(4);
        quality =
          shape === 'isolation'
            ? `, scores correlate at ${correlation(ours, theirs).toFixed(3)}`
            : `, macro-F1 ours ${f1(ours)}, peer ${f1(theirs)}`;
      }
      rows.push(
        compare(
          name,
          'ms CPU',
          found.ours.cpuMs,
          found.peer.cpuMs,
          `${library} ${version}, wall ${wall} x${quality}`,
        ),
      );
    };
    try {
      for (const contestant of contestants) {
        for (const library of contestant.peers) await add(contestant, library, rowsOf(BATCH));
      }
      for (const size of SIZES) {
        await add(contestants[0]!, 'scikit-learn', rowsOf(size));
        await add(contestants[2]!, 'onnxruntime', rowsOf(size));
      }
    } finally {
      await peer?.stop();
    }
    return rows;
  });
}

export const suite = { name: 'forest-batches', run };
