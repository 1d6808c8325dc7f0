import type { Matrix } from '../matrix.ts';
import { createRandom } from '../random.ts';

export interface SampleOptions {
  /** Most rows to draw, {@link LEAST_PER_CLASS} of each class beside. */
  readonly maxRows: number;
  /** (nSamples,) chance of a row to be drawn, relative to its class; a row of weight 0 never is. @default all 1 */
  readonly sampleWeight?: ArrayLike<number>;
  /** Rows in the order in which the generator deals its numbers. @default as they stand */
  readonly order?: Int32Array;
  readonly seed: number;
}

/** Rows drawn of every class, or all where it has fewer: a tree finds no class it never sees. */
const LEAST_PER_CLASS = 8;

/**
 * Row indices, ascending, of a sample without replacement in which every class keeps its share by count, and at least
 * {@link LEAST_PER_CLASS} rows where it has as many. All rows with weight when they are no more than `maxRows`.
 *
 * Within a class rows with the smallest -log(u) / weight are taken, u uniform: the draw by weight without replacement
 * of Efraimidis and Spirakis (2006).
 */
export function stratifiedSample(labels: ArrayLike<number>, options: SampleOptions): Int32Array {
  const { maxRows, sampleWeight, order, seed } = options;
  const random = createRandom(seed);
  const rowsOf = new Map<number, { row: number; key: number }[]>();
  let nRows = 0;
  for (let p = 0; p < labels.length; p++) {
    const row = order === undefined ? p : order[p];
    const weight = sampleWeight === undefined ? 1 : sampleWeight[row];
    // Drawn for every row, so that a weight of 0 does not shift the draws of the rows behind it.
    const key = -Math.log(1 - random.next()) / weight;
    if (!(weight > 0)) continue;
    const ofClass = rowsOf.get(labels[row]) ?? [];
    ofClass.push({ row, key });
    rowsOf.set(labels[row], ofClass);
    nRows++;
  }
  const drawn: number[] = [];
  for (const ofClass of rowsOf.values()) {
    const share = Math.round((ofClass.length * Math.min(maxRows, nRows)) / nRows);
    // A stable sort: rows of equal keys stay in the order of the draw.
    ofClass.sort((a, b) => a.key - b.key);
    for (const { row } of ofClass.slice(0, Math.max(LEAST_PER_CLASS, share))) drawn.push(row);
  }
  return Int32Array.from(drawn).sort();
}

/**
 * (nClasses,) how much of a class one drawn row stands for: its share of all weight over its share of the rows drawn,
 * 0 where none was drawn. All 1 where the sample holds every class in its true share.
 */
export function classFactors(
  labels: ArrayLike<number>,
  rows: Int32Array,
  nClasses: number,
  sampleWeight?: ArrayLike<number>,
): Float64Array {
  const weights = new Float64Array(nClasses);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i];
    weights[labels[i]] += weight;
    total += weight;
  }
  const drawn = new Float64Array(nClasses);
  for (const row of rows) drawn[labels[row]]++;
  return weights.map((weight, c) => (drawn[c] === 0 ? 0 : (weight * rows.length) / (total * drawn[c])));
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
