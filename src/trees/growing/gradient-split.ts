import type { Kernel } from '../kernel.ts';
import type { BinnedMatrix } from './binning.ts';
import type { PackedGradients } from './gradient-histogram.ts';

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
  readonly #kernel: Kernel;
  readonly #gradients: PackedGradients;
  readonly #l2: number;

  constructor(binned: BinnedMatrix, gradients: PackedGradients, options: SplitOptions) {
    const { kernel, columns, nBins } = binned;
    const { minSamplesLeaf, l2, monotone } = options;
    const nColumns = columns.length;
    this.#kernel = kernel;
    this.#gradients = gradients;
    this.#l2 = l2;
    // Columns are searched two at a time: one of no bins may stand beside the last.
    const scores = kernel.allocate(8 * (nColumns + 1));
    const counts = kernel.allocate(4 * (nColumns + 1));
    kernel
      .int32(counts, nColumns + 1)
      .fill(0)
      .set(nBins);
    const directions = monotone === undefined ? 0 : kernel.allocate(nColumns);
    if (monotone !== undefined) kernel.bytes(directions, nColumns).set(monotone);
    kernel.run.prepareSplits(
      scores,
      counts,
      directions,
      nColumns,
      gradients.hasHessian,
      gradients.countBase,
      minSamplesLeaf,
      l2,
    );
  }

  /** False when no split lowers the loss. `histogram` is an address. */
  find(open: NodeSums, histogram: number): boolean {
    const { packed, hessian, lower, upper } = open;
    const { gradientUnit, hessianUnit } = this.#gradients;
    const parent = this.#gradients.stepOf(packed, hessian, this.#l2);
    const weight = this.#gradients.weightOf(packed, hessian) + this.#l2;
    const { run } = this.#kernel;
    this.column = run.findSplit(
      histogram,
      open.end - open.start,
      packed,
      hessian,
      gradientUnit,
      hessianUnit,
      lower,
      upper,
      // A split must lower the loss by more than rounding can.
      parent * parent * weight * (1 + 1e-10),
    );
    if (this.column < 0) return false;
    this.packed = run.foundPacked();
    this.hessian = run.foundHessian();
    this.leftBin = run.foundLeftBin();
    this.rightBin = run.foundRightBin();
    this.missingLeft = run.foundMissingLeft() === 1;
    return true;
  }
}

export const clamp = (value: number, lower: number, upper: number): number =>
  value < lower ? lower : value > upper ? upper : value;
