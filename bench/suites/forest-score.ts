import { createRequire } from 'node:module';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { type BenchRow, compare, median, timeMs } from '../bench-row.ts';
import { pythonWith, runForestPeer } from '../forest-peer.ts';
import { onnxForest } from '../onnx-forest.ts';
import { tabularData, withDataFiles } from '../tabular-data.ts';

// Scoring with a random forest of 100 trees grown on 10,000 x 28: one row against ONNX Runtime on the same trees,
// 4,000 rows against scikit-learn's vectorised predict_proba on its own forest of the same data.

interface OnnxSession {
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
}

interface OnnxRuntime {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<OnnxSession> };
  Tensor: new (type: string, data: Float32Array, dims: number[]) => unknown;
}

/** onnxruntime-node from where this process finds packages (NODE_PATH counts), or undefined. */
function findOnnxRuntime(): OnnxRuntime | undefined {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as OnnxRuntime;
  } catch {
    return undefined;
  }
}

const N_CALLS = 2000;

async function oneRow(model: RandomForestClassifier, rows: Float32Array): Promise<BenchRow> {
  const name = 'score one row, 100 trees';
  const nFeatures = model.nFeatures;
  const out = new Float64Array(model.nClasses);
  const ours = () => {
    for (let i = 0; i < N_CALLS; i++) model.predictProbaRow(rows, i * nFeatures, out);
  };
  ours();
  const runtime = findOnnxRuntime();
  if (runtime === undefined) {
    const us = (1000 * timeMs(7, ours)) / N_CALLS;
    return compare(name, 'us', us, null, 'not measured: onnxruntime-node is not installed');
  }
  const session = await runtime.InferenceSession.create(onnxForest(model.forest), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  let largest = 0;
  const peer = async (nCalls: number) => {
    for (let i = 0; i < nCalls; i++) {
      const row = rows.subarray(i * nFeatures, (i + 1) * nFeatures);
      const answer = await session.run({ X: new runtime.Tensor('float32', row, [1, nFeatures]) });
      if (i >= 100) continue;
      model.predictProbaRow(rows, i * nFeatures, out);
      const proba = answer['probabilities']!.data;
      for (let c = 0; c < out.length; c++) largest = Math.max(largest, Math.abs(proba[c]! - out[c]!));
    }
  };
  await peer(200);
  const oursUs: number[] = [];
  const peerUs: number[] = [];
  for (let round = 0; round < 7; round++) {
    oursUs.push((1000 * timeMs(1, ours)) / N_CALLS);
    const start = performance.now();
    await peer(N_CALLS);
    peerUs.push((1000 * (performance.now() - start)) / N_CALLS);
  }
  const note = `onnxruntime-node on the same trees, largest difference ${largest.toExponential(1)}`;
  return compare(name, 'us', median(oursUs), median(peerUs), note);
}

async function score(): Promise<BenchRow[]> {
  const data = tabularData(10_000);
  const labels = data.labels.slice(0, 10_000);
  const model = RandomForestClassifier.fit(data.train, labels, { nClasses: 4, seed: 1 });
  const single = await oneRow(model, data.test.data);
  const batch = await withDataFiles(data, (folder) => {
    const name = 'score 4,000 rows, 100 trees';
    const ours = timeMs(7, () => model.predictProba(data.test));
    const python = pythonWith('sklearn');
    if (python === undefined) return compare(name, 'ms', ours, null, 'not measured: no python3 with sklearn');
    const peer = runForestPeer(python, folder, 10_000, 'random-forest-predict');
    return compare(name, 'ms', ours, 1000 * peer.seconds, `${peer.peer} predict_proba, one thread`);
  });
  return [single, batch];
}

export const suite = { name: 'forest-score', run: score };
