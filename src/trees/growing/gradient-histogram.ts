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
  /**
   * Address of (nSamples,) q x countBase + 1, or, with `hasHessian`, of (nSamples x 2) such gradients and second
   * derivatives as integers side by side.
   */
  readonly values: number;
  /** Addresses of (nSamples,) what the caller wants quantised: gradients and, with `hasHessian`, hessians >= 0. */
  readonly gradientsAt: number;
  readonly hessiansAt: number;
  /** True gradient = q x gradientUnit; true hessian = integer x hessianUnit. */
  gradientUnit = 1;
  hessianUnit = 1;
  readonly #kernel: Kernel;
  readonly #nSamples: number;
  readonly #sums: number;

  constructor(kernel: Kernel, nSamples: number, hasHessian: boolean) {
    this.#kernel = kernel;
    this.#nSamples = nSamples;
    this.hasHessian = hasHessian;
    this.countBase = 2 ** Math.ceil(Math.log2(nSamples + 1));
    // A loop of two rows a step writes one row past an odd end.
    this.values = kernel.allocate(hasHessian ? 16 * (nSamples + 1) : 8 * nSamples);
    this.gradientsAt = kernel.allocate(8 * nSamples);
    this.#sums = kernel.allocate(16);
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
    this.gradientUnit = 1 / scale;
    if (!this.hasHessian) {
      run.quantise(gradientsAt, nSamples, scale, countBase, 1, this.values);
      return;
    }
    const hessianSum = run.sumOfMagnitudes(hessiansAt, nSamples);
    const hessianScale = powerOfTwoScale(hessianSum, 2 ** 50 - nSamples);
    run.quantisePairs(gradientsAt, hessiansAt, nSamples, scale, countBase, hessianScale, this.values);
    this.hessianUnit = 1 / hessianScale;
  }

  /** Sums of packed gradients and of hessians over n rows of an index; the latter 0 when all hessians are 1. */
  sumAt(index: number, n: number): readonly [packed: number, hessian: number] {
    const { run } = this.#kernel;
    if (!this.hasHessian) return [run.sumAt(this.values, index, n), 0];
    run.sumPairsAt(this.values, index, n, this.#sums);
    const [packed, hessian] = this.#kernel.float64(this.#sums, 2);
    return [packed, hessian];
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

/**
 * Counts and hands out histograms, as addresses; those given back are used again. How bins lie is described at
 * `addToHistogram` and `addPairsToHistogram` of the kernel.
 */
export class HistogramPool {
  readonly #kernel: Kernel;
  readonly #codes: number;
  readonly #stride: number;
  readonly #gradients: PackedGradients;
  /** Doubles of a histogram. */
  readonly #size: number;
  readonly #free: number[] = [];

  /** `codes` is the address of (nSamples x stride) codes. */
  constructor(kernel: Kernel, codes: number, stride: number, gradients: PackedGradients) {
    this.#kernel = kernel;
    this.#codes = codes;
    this.#stride = stride;
    this.#gradients = gradients;
    this.#size = stride * BINS_PER_COLUMN * (gradients.hasHessian ? 2 : 1);
  }

  /** Histogram of the rows index[start .. end - 1], or of rows start .. end - 1 where `index` is 0. */
  count(index: number, start: number, end: number): number {
    const { run } = this.#kernel;
    const { hasHessian, values } = this.#gradients;
    const histogram = this.#free.pop() ?? this.#kernel.allocate(8 * this.#size);
    run.clear(histogram, 8 * this.#size);
    const add = hasHessian ? run.addPairsToHistogram : run.addToHistogram;
    add(histogram, this.#codes, this.#stride, index, start, end, values);
    return histogram;
  }

  /** Turns the histogram of a node into that of one child, given the other's. */
  subtract(parent: number, child: number): void {
    this.#kernel.run.subtract(parent, child, this.#size, parent);
  }

  free(histogram: number): void {
    this.#free.push(histogram);
  }
}
