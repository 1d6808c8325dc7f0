import { readFileSync } from 'node:fs';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';

export interface Labelled {
  readonly X: Matrix;
  readonly labels: Int32Array;
  /** A smooth target that grows with column 0 and falls with column 1. */
  readonly targets: Float64Array;
}

/** Noisy classes and targets that depend on a few of the columns; `missing` is the share of values that are NaN. */
export function labelledData(nSamples: number, nFeatures: number, seed: number, missing = 0): Labelled {
  const random = createRandom(seed);
  const data = new Float32Array(nSamples * nFeatures);
  const labels = new Int32Array(nSamples);
  const targets = new Float64Array(nSamples);
  for (let i = 0; i < nSamples; i++) {
    const row = data.subarray(i * nFeatures, (i + 1) * nFeatures);
    for (let f = 0; f < nFeatures; f++) row[f] = random.normal();
    const margin = row[0]! * 2 - row[1]! + 0.5 * random.normal();
    labels[i] = margin > 1 ? 2 : margin > -1 ? 1 : 0;
    targets[i] = 3 * row[0]! - 2 * row[1]! + Math.sin(row[2] ?? 0) + 0.3 * random.normal();
    for (let f = 0; f < nFeatures; f++) if (random.next() < missing) row[f] = Number.NaN;
  }
  return { X: Matrix.from(data, nSamples, nFeatures), labels, targets };
}

/** Rows of `X` in the given order. */
export function takeRows(X: Matrix, rows: ArrayLike<number>): Matrix {
  const { nFeatures } = X;
  const data = new Float32Array(rows.length * nFeatures);
  for (let k = 0; k < rows.length; k++) {
    data.set(X.data.subarray(rows[k]! * nFeatures, (rows[k]! + 1) * nFeatures), k * nFeatures);
  }
  return Matrix.from(data, rows.length, nFeatures);
}

/** `X` with a column of one value put in at place `at`. */
export function withConstantColumn(X: Matrix, at: number, value: number): Matrix {
  const nFeatures = X.nFeatures + 1;
  const data = new Float32Array(X.nSamples * nFeatures);
  for (let i = 0; i < X.nSamples; i++) {
    for (let f = 0, source = 0; f < nFeatures; f++) {
      data[i * nFeatures + f] = f === at ? value : X.data[i * X.nFeatures + source++]!;
    }
  }
  return Matrix.from(data, X.nSamples, nFeatures);
}

export interface TabularSet {
  readonly X: Matrix;
  readonly y: Float64Array;
}

/** Both parts of a set in test/fixtures/oracles/tabular: columns, `target` and `split` (train or test). */
export function readTabular(name: string): { train: TabularSet; test: TabularSet } {
  const file = new URL(`../fixtures/oracles/tabular/${name}.csv`, import.meta.url);
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const nFeatures = head!.split(',').length - 2;
  const part = (wanted: string): TabularSet => {
    const rows = lines
      .map((line) => line.split(','))
      .filter((cells) => cells[nFeatures + 1]!.trim() === wanted);
    if (rows.length === 0) throw new Error(`${name}.csv has no ${wanted} rows`);
    const values = rows.flatMap((cells) => cells.slice(0, nFeatures).map(Number));
    return {
      X: Matrix.from(Float32Array.from(values), rows.length, nFeatures),
      y: Float64Array.from(rows, (cells) => Number(cells[nFeatures])),
    };
  };
  return { train: part('train'), test: part('test') };
}

/** Most probable class of each row of an (n x nClasses) table, the first among equals. */
export function argmaxRows(proba: Float64Array, nClasses: number): Int32Array {
  return Int32Array.from({ length: proba.length / nClasses }, (_, i) => {
    const row = proba.subarray(i * nClasses, (i + 1) * nClasses);
    return row.indexOf(Math.max(...row));
  });
}
