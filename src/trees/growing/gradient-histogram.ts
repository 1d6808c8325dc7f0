import type { Kernel } from '../kernel.ts';

/**
 * Gradients of one boosting round as integers, and their histograms.
 *
 * Every row carries one double, q x 2^k + 1: its gradient quantised to an integer q, and a count of one in the low k
 * bits. Sums of such doubles stay exact below 2^53, so one addition per row and column counts rows and sums gradients
 * at once, and no sum depends on the order of the rows. Hessians that are not all 1 are integers of their own.
 */

/**
 * Entries per column: codes 0 .. 255, of which 255 is missing, and eight that are not used. With 256 the first bins of
 * all columns would share two sets of the first cache, and columns of few values have no others.
 */
export const BINS_PER_COLUMN = 264;

/** Largest power of two that, times `sum`, stays at or below `limit`. */
function powerOfTwoScale(sum: number, limit: number): number {
  if (!(sum > 0)) return 1;
  // Beyond 2^±1000 a factor would leave the range of doubles.
  return 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(limit / sum))));
}

export class PackedGradients {
  readonly hasHessian: boolean;
  /** 2^k, above the number of rows. */
  readonly countBase: number;
  /** Address of (nSamples,) q x countBase + 1. */
  readonly packed: number;
  /** Address of (nSamples,) second derivatives as integers; 0 when all are 1. */
  readonly hessian: number;
  /** Addresses of (nSamples,) what the caller wants quantised: gradients and, with `hasHessian`, hessians >= 0. */
  readonly gradientsAt: number;
  readonly hessiansAt: number;
  /** True gradient = q x gradientUnit; true hessian = integer x hessianUnit. */
  gradientUnit = 1;
  hessianUnit = 1;
  readonly #kernel: Kernel;
  readonly #nSamples: number;

  constructor(kernel: Kernel, nSamples: number, hasHessian: boolean) {
    this.#kernel = kernel;
    this.#nSamples = nSamples;
    this.hasHessian = hasHessian;
    this.countBase = 2 ** Math.ceil(Math.log2(nSamples + 1));
    this.packed = kernel.allocate(8 * nSamples);
    this.gradientsAt = kernel.allocate(8 * nSamples);
    this.hessian = hasHessian ? kernel.allocate(8 * nSamples) : 0;
    this.hessiansAt = hasHessian ? kernel.allocate(8 * nSamples) : 0;
  }

  /** Quantises the gradients (and hessians) of a round. The error of a row is below 2^-20 of the mean gradient. */
  quantise(): void {
    const { countBase, gradientsAt, hessiansAt } = this;
    const { run } = this.#kernel;
    const nSamples = this.#nSamples;
    const sum = run.sumOfMagnitudes(gradientsAt, nSamples);
    // Rounding adds at most half a unit per row, the count at most one unit in all.
    const scale = powerOfTwoScale(sum, 2 ** 51 / countBase - nSamples);
    run.quantise(gradientsAt, nSamples, scale, countBase, 1, this.packed);
    this.gradientUnit = 1 / scale;
    if (!this.hasHessian) return;
    const hessianSum = run.sumOfMagnitudes(hessiansAt, nSamples);
    const hessianScale = powerOfTwoScale(hessianSum, 2 ** 50 - nSamples);
    run.quantise(hessiansAt, nSamples, hessianScale, 1, 0, this.hessian);
    this.hessianUnit = 1 / hessianScale;
  }

  /** Number of rows behind a packed sum. */
  countOf(packed: number): number {
    return packed - Math.floor(packed / this.countBase) * this.countBase;
  }

  /** Sum of the hessians of rows: given, or their number. */
  weightOf(packed: number, hessian: number): number {
    return this.hasHessian ? hessian * this.hessianUnit : this.countOf(packed);
  }

  /** Step that minimises the second-order loss of the rows behind two sums. */
  stepOf(packed: number, hessian: number, l2: number): number {
    const gradient = Math.floor(packed / this.countBase) * this.gradientUnit;
    const weight = this.weightOf(packed, hessian) + l2;
    return weight > 0 ? gradient / weight : 0;
  }
}

/** Addresses of (stride x BINS_PER_COLUMN) sums of packed gradients and of hessians; the latter 0 when all hessians are 1. */
export interface Histogram {
  readonly packed: number;
  readonly hessian: number;
}

/** Counts and hands out histograms; those given back are used again. */
export class HistogramPool {
  readonly #kernel: Kernel;
  readonly #codes: number;
  readonly #stride: number;
  readonly #gradients: PackedGradients;
  readonly #free: Histogram[] = [];

  /** `codes` is the address of (nSamples x stride) codes. */
  constructor(kernel: Kernel, codes: number, stride: number, gradients: PackedGradients) {
    this.#kernel = kernel;
    this.#codes = codes;
    this.#stride = stride;
    this.#gradients = gradients;
  }

  /** Histogram of the rows index[start .. end - 1], or of rows start .. end - 1 where `index` is 0. */
  count(index: number, start: number, end: number): Histogram {
    const size = this.#stride * BINS_PER_COLUMN;
    const histogram = this.#free.pop() ?? {
      packed: this.#kernel.allocate(8 * size),
      hessian: this.#gradients.hasHessian ? this.#kernel.allocate(8 * size) : 0,
    };
    this.#add(histogram.packed, index, start, end, this.#gradients.packed);
    if (histogram.hessian !== 0) this.#add(histogram.hessian, index, start, end, this.#gradients.hessian);
    return histogram;
  }

  #add(at: number, index: number, start: number, end: number, values: number): void {
    const { run } = this.#kernel;
    this.#kernel.bytes(at, 8 * this.#stride * BINS_PER_COLUMN).fill(0);
    run.addToHistogram(at, this.#codes, this.#stride, index, start, end, values);
  }

  /** Turns the histogram of a node into that of one child, given the other's. */
  subtract(parent: Histogram, child: Histogram): void {
    const { run } = this.#kernel;
    const size = this.#stride * BINS_PER_COLUMN;
    run.subtract(parent.packed, child.packed, size, parent.packed);
    if (parent.hessian !== 0) run.subtract(parent.hessian, child.hessian, size, parent.hessian);
  }

  free(histogram: Histogram): void {
    this.#free.push(histogram);
  }
}
