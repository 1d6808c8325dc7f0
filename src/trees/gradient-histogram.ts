/**
 * Gradients of one boosting round as integers, and their histograms.
 *
 * Every row carries one double, q x 2^k + 1: its gradient quantised to an integer q, and a count of one in the low k
 * bits. Sums of such doubles stay exact below 2^53, so one addition per row and column counts rows and sums gradients
 * at once, and no sum depends on the order of the rows.
 */

/** Entries per column: codes 0 .. 255, of which 255 is missing. */
export const BINS_PER_COLUMN = 256;

/** Largest power of two that, times `sum`, stays at or below `limit`. */
function powerOfTwoScale(sum: number, limit: number): number {
  if (!(sum > 0)) return 1;
  // Beyond 2^±1000 a factor would leave the range of doubles.
  return 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(limit / sum))));
}

/** Adding and subtracting 1.5 x 2^52 rounds a double below 2^51 to an integer, in a fraction of Math.round's time. */
const ROUND = 6755399441055744;

export class PackedGradients {
  /** (nSamples,) q x countBase + 1. */
  readonly packed: Float64Array;
  /** (nSamples,) second derivatives as integers, or undefined when all are 1. */
  readonly hessian: Float64Array | undefined;
  /** 2^k, above the number of rows. */
  readonly countBase: number;
  /** True gradient = q x gradientUnit; true hessian = integer x hessianUnit. */
  gradientUnit = 1;
  hessianUnit = 1;

  constructor(nSamples: number, hasHessian: boolean) {
    this.packed = new Float64Array(nSamples);
    this.hessian = hasHessian ? new Float64Array(nSamples) : undefined;
    this.countBase = 2 ** Math.ceil(Math.log2(nSamples + 1));
  }

  /** Quantises the gradients (and hessians) of a round. The error of a row is below 2^-20 of the mean gradient. */
  quantise(gradients: Float64Array, hessians: Float64Array | undefined): void {
    const { packed, countBase } = this;
    const nSamples = packed.length;
    let sum = 0;
    for (let i = 0; i < nSamples; i++) sum += Math.abs(gradients[i]);
    // Rounding adds at most half a unit per row, the count at most one unit in all.
    const scale = powerOfTwoScale(sum, 2 ** 51 / countBase - nSamples);
    for (let i = 0; i < nSamples; i++) packed[i] = (gradients[i] * scale + ROUND - ROUND) * countBase + 1;
    this.gradientUnit = 1 / scale;
    if (this.hessian === undefined || hessians === undefined) return;
    const integers = this.hessian;
    let hessianSum = 0;
    for (let i = 0; i < nSamples; i++) hessianSum += hessians[i];
    const hessianScale = powerOfTwoScale(hessianSum, 2 ** 50 - nSamples);
    for (let i = 0; i < nSamples; i++) integers[i] = hessians[i] * hessianScale + ROUND - ROUND;
    this.hessianUnit = 1 / hessianScale;
  }
}

/**
 * Adds `values` of the rows index[start .. end - 1] to `histogram` (columns x 256), every column at once.
 *
 * `words` are the codes of a row, four columns to a word. Without `index` the rows are start .. end - 1 themselves.
 */
export function addToHistogram(
  histogram: Float64Array,
  words: Int32Array,
  wordsPerRow: number,
  index: Int32Array | undefined,
  start: number,
  end: number,
  values: Float64Array,
): void {
  for (let p = start; p < end; p++) {
    const i = index === undefined ? p : index[p];
    const value = values[i];
    const rowEnd = (i + 1) * wordsPerRow;
    // One load brings four codes; the four additions meet different entries, so none waits for another.
    for (let at = rowEnd - wordsPerRow, base = 0; at < rowEnd; at++, base += 1024) {
      const word = words[at];
      histogram[base + (word & 255)] += value;
      histogram[base + 256 + ((word >>> 8) & 255)] += value;
      histogram[base + 512 + ((word >>> 16) & 255)] += value;
      histogram[base + 768 + (word >>> 24)] += value;
    }
  }
}

/** Turns the histogram of a node into that of one child, given the other's. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let k = 0; k < parent.length; k++) parent[k] -= child[k];
}
