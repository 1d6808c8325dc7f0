import { type BinnedMatrix, MISSING_CODE } from './binning.ts';
import { BINS_PER_COLUMN, type Histogram, type PackedGradients } from './gradient-histogram.ts';

export interface SplitOptions {
  readonly minSamplesLeaf: number;
  /** Added to the sum of hessians of a leaf: shrinks leaves of little weight. */
  readonly l2: number;
  /** (nColumns,) -1, 0 or 1 per coded column. */
  readonly monotone: Int8Array | undefined;
}

/** What the search needs to know of a node: its rows, their sums of packed gradients and of hessians. */
export interface NodeSums {
  readonly start: number;
  readonly end: number;
  readonly packed: number;
  readonly hessian: number;
  /** Bounds that monotone splits above put on the values below. */
  readonly lower: number;
  readonly upper: number;
}

/** Finds the best split of one node after another; the fields describe the one found last. */
export class GradientSplitSearch {
  column = -1;
  leftBin = 0;
  rightBin = 0;
  missingLeft = false;
  /** Sums of the left side. */
  packed = 0;
  hessian = 0;
  readonly #binned: BinnedMatrix;
  readonly #gradients: PackedGradients;
  readonly #options: SplitOptions;
  #score = 0;
  // The histograms of the node at hand, and an empty one where there are no hessians.
  #bins: Float64Array = new Float64Array();
  #hessians: Float64Array | undefined;

  constructor(binned: BinnedMatrix, gradients: PackedGradients, options: SplitOptions) {
    this.#binned = binned;
    this.#gradients = gradients;
    this.#options = options;
  }

  /** False when no split lowers the loss. */
  find(open: NodeSums, histogram: Histogram): boolean {
    const { kernel, columns, stride } = this.#binned;
    const { l2 } = this.#options;
    const size = stride * BINS_PER_COLUMN;
    this.#bins = kernel.float64(histogram.packed, size);
    this.#hessians = histogram.hessian === 0 ? undefined : kernel.float64(histogram.hessian, size);
    const parent = this.#gradients.stepOf(open.packed, open.hessian, l2);
    const weight = this.#gradients.weightOf(open.packed, open.hessian) + l2;
    // A split must lower the loss by more than rounding can.
    this.#score = parent * parent * weight * (1 + 1e-10);
    this.column = -1;
    for (let column = 0; column < columns.length; column++) {
      const missing = column * BINS_PER_COLUMN + MISSING_CODE;
      this.#sweep(column, open, false);
      if (this.#bins[missing] !== 0) this.#sweep(column, open, true);
    }
    return this.column >= 0;
  }

  /**
   * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
   *
   * The loss that a node of gradient sum G and hessian sum H gives up is G^2 / (H + l2) (twice the second-order
   * decrease), so the best cut maximises the sum of both sides.
   */
  #sweep(column: number, open: NodeSums, missingLeft: boolean): void {
    const { countBase, gradientUnit, hessianUnit } = this.#gradients;
    const { minSamplesLeaf, l2 } = this.#options;
    const direction = this.#options.monotone?.[column] ?? 0;
    const isBounded = direction !== 0 || open.lower > -Infinity || open.upper < Infinity;
    const bins = this.#bins;
    const hessians = this.#hessians;
    const first = column * BINS_PER_COLUMN;
    const missing = first + MISSING_CODE;
    const endBin = this.#binned.nBins[column];
    const someMissing = bins[missing] !== 0;
    const inverseBase = 1 / countBase;
    const n = open.end - open.start;
    const total = Math.floor(open.packed * inverseBase);

    let packed = missingLeft ? bins[missing] : 0;
    let hessian = missingLeft && hessians !== undefined ? hessians[missing] : 0;
    let leftBin = -1;
    const stop = someMissing && !missingLeft ? endBin + 1 : endBin;
    for (let bin = 0; bin < stop; bin++) {
      const at = bin === endBin ? missing : first + bin;
      const moved = bins[at];
      if (moved === 0) continue;
      if (leftBin >= 0) {
        const q = Math.floor(packed * inverseBase);
        const nLeft = packed - q * countBase;
        const nRight = n - nLeft;
        if (nLeft >= minSamplesLeaf && nRight >= minSamplesLeaf) {
          const left = (hessians === undefined ? nLeft : hessian * hessianUnit) + l2;
          const right = (hessians === undefined ? nRight : (open.hessian - hessian) * hessianUnit) + l2;
          const leftGradient = q * gradientUnit;
          const rightGradient = (total - q) * gradientUnit;
          let score = (leftGradient * leftGradient) / left + (rightGradient * rightGradient) / right;
          if (isBounded && score > this.#score) {
            const leftStep = clamp(leftGradient / left, open.lower, open.upper);
            const rightStep = clamp(rightGradient / right, open.lower, open.upper);
            // A bounded step gives up less; a step in the wrong direction is no split at all.
            score =
              direction * (rightStep - leftStep) < 0
                ? -Infinity
                : leftStep * (2 * leftGradient - leftStep * left) +
                  rightStep * (2 * rightGradient - rightStep * right);
          }
          if (score > this.#score && left > 0 && right > 0) {
            this.#score = score;
            this.column = column;
            this.leftBin = leftBin;
            this.rightBin = bin === endBin ? MISSING_CODE : bin;
            this.missingLeft = someMissing ? missingLeft : nLeft >= nRight;
            this.packed = packed;
            this.hessian = hessian;
          }
        }
      }
      packed += moved;
      if (hessians !== undefined) hessian += hessians[at];
      leftBin = bin;
    }
  }
}

export const clamp = (value: number, lower: number, upper: number): number =>
  value < lower ? lower : value > upper ? upper : value;
