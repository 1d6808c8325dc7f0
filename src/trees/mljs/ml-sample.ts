import type { Matrix } from '../matrix.ts';
import { createRandom } from '../random.ts';

export interface SampleOptions {
  /** Most rows to draw. */
  readonly maxRows: number;
  /** (nSamples,) chance of a row to be drawn, relative to its stratum; a row of weight 0 never is. @default all 1 */
  readonly sampleWeight?: ArrayLike<number>;
  readonly seed: number;
}

/**
 * Row indices, ascending, of a sample without replacement in which every stratum keeps its share, and at least one
 * row where it has any. All rows with weight when they are no more than `maxRows`.
 *
 * Within a stratum rows with the smallest -log(u) / weight are taken, u uniform: the draw by weight without
 * replacement of Efraimidis and Spirakis (2006).
 */
export function stratifiedSample(strata: ArrayLike<number>, options: SampleOptions): Int32Array {
  const { maxRows, sampleWeight, seed } = options;
  const random = createRandom(seed);
  const rowsOf = new Map<number, { row: number; key: number }[]>();
  let nRows = 0;
  for (let row = 0; row < strata.length; row++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[row];
    // Drawn for every row, so that a weight of 0 does not shift the draws of the rows behind it.
    const key = -Math.log(1 - random.next()) / weight;
    if (!(weight > 0)) continue;
    const stratum = rowsOf.get(strata[row]) ?? [];
    stratum.push({ row, key });
    rowsOf.set(strata[row], stratum);
    nRows++;
  }
  const drawn: number[] = [];
  for (const stratum of rowsOf.values()) {
    const share = Math.round((stratum.length * Math.min(maxRows, nRows)) / nRows);
    stratum.sort((a, b) => a.key - b.key || a.row - b.row);
    for (const { row } of stratum.slice(0, Math.max(1, share))) drawn.push(row);
  }
  return Int32Array.from(drawn).sort();
}

/** Strata of equal size for a numeric target: the tenth of the sorted targets that each row falls into. */
export function targetTenths(targets: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: targets.length }, (_, i) => i);
  order.sort((a, b) => targets[a] - targets[b] || a - b);
  const tenths = new Int32Array(targets.length);
  for (let p = 0; p < order.length; p++) tenths[order[p]] = Math.floor((10 * p) / order.length);
  return tenths;
}

/**
 * Rows as the ml.js libraries take them: arrays of numbers, a missing value replaced by one below the smallest value
 * of its column. Every split has rows on both sides, so its value lies above that: missing always goes left.
 */
export class MlRows {
  readonly #nFeatures: number;
  readonly #missing: Float64Array;

  /** Learns the column minima from `rows` of `X`. */
  constructor(X: Matrix, rows: Int32Array) {
    this.#nFeatures = X.nFeatures;
    const minima = new Float64Array(X.nFeatures).fill(Infinity);
    for (const i of rows) {
      for (let f = 0; f < X.nFeatures; f++) {
        const value = X.data[i * X.nFeatures + f];
        if (value < minima[f]) minima[f] = value;
      }
    }
    this.#missing = minima.map((least) => (Number.isFinite(least) ? least - 1 : 0));
  }

  /** `rows` of `X`, or all of it. */
  of(X: Matrix, rows?: Int32Array): number[][] {
    const indices = rows ?? Int32Array.from({ length: X.nSamples }, (_, i) => i);
    return Array.from(indices, (i) => {
      const values = Array.from(X.data.subarray(i * this.#nFeatures, (i + 1) * this.#nFeatures));
      return values.map((value, f) => (Number.isNaN(value) ? this.#missing[f] : value));
    });
  }
}
