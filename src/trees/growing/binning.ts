import { float32Between } from '../float32.ts';
import type { Kernel } from '../kernel.ts';
import type { Matrix } from '../matrix.ts';

/** Code of a missing value. Values have the codes 0 .. nBins - 1, nBins <= 255. */
export const MISSING_CODE = 255;
export const MAX_BINS = 255;

/**
 * A matrix as one byte per value, for the columns that can separate rows at all. Codes are in the memory of `kernel`.
 *
 * Codes keep the order of the values; equal values have equal codes. A column with at most `maxBins` distinct values
 * has a bin for each, so that splits on it are exact; others have bins of about equal counts.
 */
export interface BinnedMatrix {
  readonly kernel: Kernel;
  readonly nSamples: number;
  /** Number of columns in the source matrix. */
  readonly nFeatures: number;
  /** (nColumns,) source column of each coded column: those with two or more distinct values, missing counted as one. */
  readonly columns: Int16Array;
  /** Address of (nSamples x stride) codes, row after row: what sums over all columns of a row reads. */
  readonly codes: number;
  /** nColumns rounded up to a multiple of four; codes past nColumns are 0. */
  readonly stride: number;
  /** Address of (nColumns x nSamples), the same codes column after column: what splits on one column read. */
  readonly columnCodes: number;
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
 * Bins every column of `X`, into the memory of `kernel`.
 *
 * @throws RangeError when X has no rows, more than 32767 columns, or an infinite value
 */
export function binMatrix(X: Matrix, kernel: Kernel, maxBins = MAX_BINS): BinnedMatrix {
  const { data, nSamples, nFeatures } = X;
  if (nSamples < 1) throw new RangeError('Expected `X` to have at least one row, got 0.');
  if (nFeatures > 32767)
    throw new RangeError(`Expected \`X\` to have at most 32767 columns, got ${nFeatures}.`);

  const columns: number[] = [];
  const counts: number[] = [];
  const missing: number[] = [];
  const binMin = new Float32Array(nFeatures * MAX_BINS);
  const binMax = new Float32Array(nFeatures * MAX_BINS);
  const columnCodes = kernel.allocate(nFeatures * nSamples);
  kernel.borrow(() => {
    const binner = new ColumnBinner(kernel, nSamples, maxBins);
    const pass = Array.from({ length: COLUMNS_PER_PASS }, () => kernel.allocate(4 * nSamples));
    for (let f = 0; f < nFeatures; f++) {
      const place = f % COLUMNS_PER_PASS;
      if (place === 0) {
        const buffers = pass.map((at) => kernel.float32(at, nSamples));
        readColumns(data, nSamples, nFeatures, f, buffers);
      }
      const values = pass[place];
      const nMissing = kernel.run.countMissing(values, nSamples);
      if (nMissing < 0) {
        const i = -1 - nMissing;
        const value = kernel.float32(values, nSamples)[i];
        throw new RangeError(
          `Expected finite values or NaN in \`X\`, got ${value} in row ${i}, column ${f}.`,
        );
      }
      // A column that separates nothing leaves its place to the next.
      const column = columns.length;
      const nBins = binner.bin(values, nMissing, columnCodes + column * nSamples);
      if (nBins + (nMissing > 0 ? 1 : 0) < 2) continue;
      binMin.set(binner.binMin(nBins), column * MAX_BINS);
      binMax.set(binner.binMax(nBins), column * MAX_BINS);
      columns.push(f);
      counts.push(nBins);
      missing.push(nMissing > 0 ? 1 : 0);
    }
  });
  const stride = Math.ceil(columns.length / 4) * 4;
  const codes = kernel.allocate(nSamples * stride);
  kernel.run.interleave(columnCodes, columns.length, nSamples, codes, stride);
  return {
    kernel,
    nSamples,
    nFeatures,
    columns: Int16Array.from(columns),
    codes,
    stride,
    columnCodes,
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

/** Which side of a split the code of a row is on, as src/trees/kernel/partition.ts tests it. */
export interface CodeTest {
  /** Address of (nSamples,) codes of the split's column. */
  readonly codes: number;
  readonly shift: number;
  readonly cut: number;
}

/** Codes up to `leftBin` go left, missing ones where `missingLeft` says. */
export function codeTest(
  binned: BinnedMatrix,
  column: number,
  leftBin: number,
  missingLeft: boolean,
): CodeTest {
  const shift = missingLeft ? 256 - MISSING_CODE : 0;
  return { codes: binned.columnCodes + column * binned.nSamples, shift, cut: leftBin + shift };
}

/** Bins one column at a time; holds the buffers that every column needs. */
class ColumnBinner {
  readonly #kernel: Kernel;
  readonly #nSamples: number;
  readonly #maxBins: number;
  /** Number of values that borders are taken from. */
  readonly #capacity: number;
  // Addresses: the sample and what sorting it takes, borders and extents of the bins, new names of codes.
  readonly #sample: number;
  readonly #scratch: number;
  readonly #digits: number;
  readonly #uppers: number;
  readonly #binMin: number;
  readonly #binMax: number;
  readonly #names: number;

  constructor(kernel: Kernel, nSamples: number, maxBins: number) {
    this.#kernel = kernel;
    this.#nSamples = nSamples;
    this.#maxBins = maxBins;
    this.#capacity = Math.min(nSamples, BORDER_SAMPLE);
    this.#sample = kernel.allocate(4 * this.#capacity);
    this.#scratch = kernel.allocate(4 * this.#capacity);
    this.#digits = kernel.allocate(3 * 2048 * 4);
    this.#uppers = kernel.allocate(4 * 256);
    this.#binMin = kernel.allocate(4 * 256);
    this.#binMax = kernel.allocate(4 * 256);
    this.#names = kernel.allocate(256);
  }

  /** Smallest and largest value in each of the first `nBins` bins of the column binned last. */
  binMin(nBins: number): Float32Array {
    return this.#kernel.float32(this.#binMin, nBins);
  }
  binMax(nBins: number): Float32Array {
    return this.#kernel.float32(this.#binMax, nBins);
  }

  /** Writes a code per value (both are addresses) and the extent of each bin; returns the number of bins. */
  bin(values: number, nMissing: number, codes: number): number {
    const kernel = this.#kernel;
    const nSamples = this.#nSamples;
    if (nMissing === nSamples) {
      kernel.bytes(codes, nSamples).fill(MISSING_CODE);
      return 0;
    }
    const nCuts = kernel.run.findUppers(
      values,
      nSamples,
      this.#capacity,
      this.#maxBins,
      this.#sample,
      this.#scratch,
      this.#digits,
      this.#uppers,
    );
    // The search for a code halves a power-of-two range: borders past the last never stop it.
    kernel.float32(this.#uppers, 256).fill(Number.POSITIVE_INFINITY, nCuts);
    this.binMin(256).fill(Number.POSITIVE_INFINITY);
    this.binMax(256).fill(Number.NEGATIVE_INFINITY);
    kernel.run.encode(values, nSamples, this.#uppers, codes, this.#binMin, this.#binMax);
    return this.#dropEmptyBins(codes, nCuts + 1);
  }

  /** With borders from a sample a bin can stay empty: codes close up so that neighbours are true neighbours. */
  #dropEmptyBins(codes: number, nBins: number): number {
    const kernel = this.#kernel;
    const binMin = this.binMin(nBins);
    const binMax = this.binMax(nBins);
    const names = kernel.bytes(this.#names, 256);
    names[MISSING_CODE] = MISSING_CODE;
    let kept = 0;
    for (let bin = 0; bin < nBins; bin++) {
      if (binMin[bin] > binMax[bin]) continue;
      names[bin] = kept;
      binMin[kept] = binMin[bin];
      binMax[kept] = binMax[bin];
      kept++;
    }
    if (kept < nBins) kernel.run.renameCodes(codes, this.#nSamples, this.#names);
    return kept;
  }
}
