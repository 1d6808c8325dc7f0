import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Matrix } from '../src/trees/matrix.ts';
import { createRandom } from '../src/trees/random.ts';

export interface TabularData {
  readonly train: Matrix;
  readonly test: Matrix;
  /** Class 0 .. 3 of the training rows, then of the test rows; likewise the numeric targets. */
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

const N_FEATURES = 28;
const N_TEST = 4000;

/** Four classes in three clusters each on 14 of 28 columns, 5 % of labels at random; a smooth noisy target. */
export function tabularData(nTrain: number): TabularData {
  const random = createRandom(20_240);
  const centres = Array.from({ length: 12 }, () => Array.from({ length: 14 }, () => 1.6 * random.normal()));
  const n = nTrain + N_TEST;
  const data = new Float32Array(n * N_FEATURES);
  const labels = new Int32Array(n);
  const targets = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const cluster = random.int(12);
    const row = data.subarray(i * N_FEATURES, (i + 1) * N_FEATURES);
    for (let f = 0; f < N_FEATURES; f++) row[f] = random.normal() + (f < 14 ? centres[cluster]![f]! : 0);
    labels[i] = random.next() < 0.05 ? random.int(4) : cluster % 4;
    targets[i] = 2 * row[0]! + 3 * Math.sin(row[1]!) + 0.2 * row[2]! * row[3]! + random.normal();
  }
  return {
    train: Matrix.from(data.subarray(0, nTrain * N_FEATURES), nTrain, N_FEATURES),
    test: Matrix.from(data.subarray(nTrain * N_FEATURES), N_TEST, N_FEATURES),
    labels,
    targets,
  };
}

/** Calls `use` with a folder that holds X.f32, labels.i32 and targets.f64 for peers to read, then removes it. */
export async function withDataFiles<T>(
  data: TabularData,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'forest-bench-'));
  try {
    const X = new Float32Array(data.train.data.length + data.test.data.length);
    X.set(data.train.data);
    X.set(data.test.data, data.train.data.length);
    writeFileSync(join(folder, 'X.f32'), X);
    writeFileSync(join(folder, 'labels.i32'), data.labels);
    writeFileSync(join(folder, 'targets.f64'), data.targets);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
