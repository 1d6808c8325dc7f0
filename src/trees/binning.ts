import { float32Between } from './float32.ts';
import type { Matrix } from './matrix.ts';

/** Code of a missing value. Values have the codes 0 .. nBins - 1, nBins <= 255. */
export const MISSING_CODE = 255;
export const MAX_BINS = 255;

/**
 * A matrix as one byte per value, row after row, for the columns that can separate rows at all.
 *
 * Codes keep the order of the values; equal values have equal codes. A column with at most `maxBins` distinct values
 * has a bin for each, so that splits on it are exact; others have bins of about equal counts.
 */
export interface BinnedMatrix {
  readonly nSamples: number;
  /** Number of columns in the source matrix. */
  readonly nFeatures: number;
  /** (nColumns,) source column of each coded column: those with two or more distinct values, missing counted as one. */
  readonly columns: Int16Array;
  /** (nSamples x stride) row after row: what sums over all columns of a row reads. Codes past nColumns are 0. */
  readonly codes: Uint8Array;
  /** nColumns rounded up to a multiple of four, so that four codes can be read as one word. */
  readonly stride: number;
  /** nColumns times (nSamples,), the same codes column after column: what splits on one column read. */
  readonly columnCodes: readonly Uint8Array[];
  /** (nColumns,) */
  readonly nBins: Int32Array;
  /** (nColumns,) 1 where the column has missing values. */
  readonly hasMissing: Uint8Array;
  /** (nColumns x MAX_BINS) smallest and largest training value in each bin. */
  readonly binMin: Float32Array;
  readonly binMax: Float32Array;
}

/** Rows that the bin borders of a large matrix are taken from: 128 a bin, which places a border within 1/10 bin. */
const BORDER_SAMPLE = 32_768;

/** Columns read in one pass over the rows: a cache line of a row serves all of them. */
const COLUMNS_PER_PASS = 4;

/**
 * Bins every column of `X`.
 *
 * @throws RangeError when X has no rows, more than 32767 columns, or an infinite value
 */
export function binMatrix(X: Matrix, maxBins = MAX_BINS): BinnedMatrix {
  const { data, nSamples, nFeatures } = X;
  if (nSamples < 1) throw new RangeError('Expected `X` to have at least one row, got 0.');
  if (nFeatures > 32767)
    throw new RangeError(`Expected \`X\` to have at most 32767 columns, got ${nFeatures}.`);

  const columns: number[] = [];
  const coded: Uint8Array[] = [];
  const counts: number[] = [];
  const missing: number[] = [];
  const binMin = new Float32Array(nFeatures * MAX_BINS);
  const binMax = new Float32Array(nFeatures * MAX_BINS);
  const pass = Array.from({ length: COLUMNS_PER_PASS }, () => new Float32Array(nSamples));
  const codes = new Uint8Array(nSamples);
  const binner = new ColumnBinner(Math.min(nSamples, BORDER_SAMPLE), maxBins);
  for (let f = 0; f < nFeatures; f++) {
    const place = f % COLUMNS_PER_PASS;
    if (place === 0) readColumns(data, nSamples, nFeatures, f, pass);
    const values = pass[place];
    const nMissing = countMissing(values, f);
    const column = columns.length;
    const at = column * MAX_BINS;
    const nBins = binner.bin(values, nMissing, codes, binMin.subarray(at), binMax.subarray(at));
    if (nBins + (nMissing > 0 ? 1 : 0) < 2) continue;
    columns.push(f);
    coded.push(codes.slice());
    counts.push(nBins);
    missing.push(nMissing > 0 ? 1 : 0);
  }
  const stride = Math.ceil(columns.length / 4) * 4;
  return {
    nSamples,
    nFeatures,
    columns: Int16Array.from(columns),
    codes: interleave(coded, nSamples, stride),
    stride,
    columnCodes: coded,
    nBins: Int32Array.from(counts),
    hasMissing: Uint8Array.from(missing),
    binMin,
    binMax,
  };
}

/** Columns f, f + 1, … of row-major data into one buffer each. Adding zero turns -0 into 0: they compare equal. */
function readColumns(
  data: Float32Array,
  nSamples: number,
  nFeatures: number,
  f: number,
  buffers: readonly Float32Array[],
): void {
  const [first, second, third, fourth] = buffers;
  const n = Math.min(buffers.length, nFeatures - f);
  for (let i = 0, at = f; i < nSamples; i++, at += nFeatures) {
    first[i] = data[at] + 0;
    if (n > 1) second[i] = data[at + 1] + 0;
    if (n > 2) third[i] = data[at + 2] + 0;
    if (n > 3) fourth[i] = data[at + 3] + 0;
  }
}

/** @throws RangeError at an infinite value */
function countMissing(values: Float32Array, f: number): number {
  let nMissing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) nMissing++;
    else if (Math.abs(value) === Number.POSITIVE_INFINITY) {
      throw new RangeError(`Expected finite values or NaN in \`X\`, got ${value} in row ${i}, column ${f}.`);
    }
  }
  return nMissing;
}

/** Columns side by side, row after row: the codes of a row share a cache line or two. */
function interleave(columns: readonly Uint8Array[], nSamples: number, stride: number): Uint8Array {
  const nColumns = columns.length;
  const codes = new Uint8Array(nSamples * stride);
  // In blocks of rows that stay in cache while every column is written into them.
  const blockRows = 1024;
  for (let start = 0; start < nSamples; start += blockRows) {
    const end = Math.min(start + blockRows, nSamples);
    for (let c = 0; c < nColumns; c++) {
      const column = columns[c];
      for (let i = start, at = start * stride + c; i < end; i++, at += stride) codes[at] = column[i];
    }
  }
  return codes;
}

/**
 * Threshold of a split that sends bins 0 .. bin left, between values that both sides really hold.
 *
 * With no value on the right (only missing ones go there) it is the largest value of the left side.
 */
export function splitThreshold(
  binned: BinnedMatrix,
  column: number,
  leftBin: number,
  rightBin: number,
): number {
  const at = column * MAX_BINS;
  const leftMax = binned.binMax[at + leftBin];
  return rightBin < binned.nBins[column] ? float32Between(leftMax, binned.binMin[at + rightBin]) : leftMax;
}

/** Bins one column at a time; holds the buffers that every column needs. */
class ColumnBinner {
  readonly #sample: Float32Array;
  readonly #uppers = new Float32Array(256);
  readonly #maxBins: number;

  constructor(sampleSize: number, maxBins: number) {
    this.#sample = new Float32Array(sampleSize);
    this.#maxBins = maxBins;
  }

  /** Writes a code per value and the extent of each bin; returns the number of bins. */
  bin(
    values: Float32Array,
    nMissing: number,
    codes: Uint8Array,
    binMin: Float32Array,
    binMax: Float32Array,
  ): number {
    const nSamples = values.length;
    if (nMissing === nSamples) {
      codes.fill(MISSING_CODE);
      return 0;
    }
    const nCuts = this.#findUppers(values);
    const uppers = this.#uppers;

    // The search below halves a power-of-two range: borders past the last never stop it.
    uppers.fill(Number.POSITIVE_INFINITY, nCuts);
    binMin.fill(Number.POSITIVE_INFINITY, 0, nCuts + 1);
    binMax.fill(Number.NEGATIVE_INFINITY, 0, nCuts + 1);
    for (let i = 0; i < nSamples; i++) {
      const value = values[i];
      if (Number.isNaN(value)) {
        codes[i] = MISSING_CODE;
        continue;
      }
      // Number of uppers below the value, in eight steps.
      let code = 0;
      for (let step = 128; step > 0; step >>= 1) {
        if (uppers[code + step - 1] < value) code += step;
      }
      codes[i] = code;
      if (value < binMin[code]) binMin[code] = value;
      if (value > binMax[code]) binMax[code] = value;
    }
    return this.#dropEmptyBins(codes, binMin, binMax, nCuts + 1);
  }

  /** Borders between bins, as the largest value of every bin but the last; returns how many. */
  #findUppers(values: Float32Array): number {
    const nSamples = values.length;
    const capacity = this.#sample.length;
    let n = 0;
    // A large column is read at even steps; a rare value that is not met shares the bin of a neighbour.
    for (let k = 0; k < capacity; k++) {
      const value = values[Math.floor((k * nSamples) / capacity)];
      if (!Number.isNaN(value)) this.#sample[n++] = value;
    }
    const sorted = this.#sample.subarray(0, n).sort();
    const uppers = this.#uppers;
    const maxBins = this.#maxBins;

    let nDistinct = n === 0 ? 0 : 1;
    for (let k = 1; k < n; k++) if (sorted[k] !== sorted[k - 1]) nDistinct++;
    if (nDistinct <= maxBins) {
      let nCuts = 0;
      for (let k = 1; k < n; k++) if (sorted[k] !== sorted[k - 1]) uppers[nCuts++] = sorted[k - 1];
      return nCuts;
    }
    // A bin closes at the end of a run of equal values, once it holds its share of what was left when it opened.
    // A value more frequent than that share gets a bin of its own.
    let nCuts = 0;
    let start = 0;
    while (start < n && nCuts < maxBins - 1) {
      const target = start + Math.max(1, Math.round((n - start) / (maxBins - nCuts)));
      let end = Math.min(target, n);
      while (end < n && sorted[end] === sorted[end - 1]) end++;
      if (end >= n) break;
      uppers[nCuts++] = sorted[end - 1];
      start = end;
    }
    return nCuts;
  }

  /** With borders from a sample a bin can stay empty: codes close up so that neighbours are true neighbours. */
  #dropEmptyBins(codes: Uint8Array, binMin: Float32Array, binMax: Float32Array, nBins: number): number {
    const renamed = new Uint8Array(256);
    renamed[MISSING_CODE] = MISSING_CODE;
    let kept = 0;
    for (let bin = 0; bin < nBins; bin++) {
      if (binMin[bin] > binMax[bin]) continue;
      renamed[bin] = kept;
      binMin[kept] = binMin[bin];
      binMax[kept] = binMax[bin];
      kept++;
    }
    if (kept < nBins) for (let i = 0; i < codes.length; i++) codes[i] = renamed[codes[i]];
    return kept;
  }
}
