import { LEAF } from '../forest/forest.ts';
import type { ForestBuilder } from '../forest/forest-builder.ts';
import { type BinnedMatrix, splitThreshold } from './binning.ts';
import { Bootstrap } from './bootstrap.ts';

export interface ClassificationTreeOptions {
  readonly nClasses: number;
  /** Columns looked at per node, 1 .. number of columns that vary. */
  readonly maxFeatures: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
}

/**
 * Grows Gini trees on bootstrap samples of the rows of a binned matrix, in src/trees/kernel/classification-tree.ts.
 *
 * A tree depends on its own seed alone: the bootstrap sample is drawn from its stream first, then the columns of node
 * after node.
 */
export class ClassificationTreeGrower {
  readonly #binned: BinnedMatrix;
  readonly #nClasses: number;
  readonly #bootstrap: Bootstrap;
  /** Addresses of (nSamples,) weights of the rows, or 0 when all are 1. */
  readonly #weights: number;
  readonly #tree: number;

  /** `order` holds all rows, `weights` one number per row unless all are 1. */
  constructor(
    binned: BinnedMatrix,
    y: Int32Array,
    order: Int32Array,
    weights: Float64Array | undefined,
    options: ClassificationTreeOptions,
  ) {
    const { kernel, nSamples, columns, columnCodes } = binned;
    const { nClasses, maxFeatures, minSamplesLeaf } = options;
    const maxDepth = Math.min(options.maxDepth, nSamples);
    this.#binned = binned;
    this.#nClasses = nClasses;
    this.#bootstrap = new Bootstrap(kernel, order);
    this.#weights = weights === undefined ? 0 : kernel.allocate(8 * nSamples);
    if (weights !== undefined) kernel.float64(this.#weights, nSamples).set(weights);
    const labels = kernel.allocate(4 * nSamples);
    kernel.int32(labels, nSamples).set(y);
    this.#tree = kernel.allocate(16);
    const layOut = (at: number, tree: number) =>
      kernel.run.prepareTrees(
        at,
        tree,
        columnCodes,
        nSamples,
        columns.length,
        labels,
        nClasses,
        maxFeatures,
        maxDepth,
        Math.min(minSamplesLeaf, nSamples),
      );
    // Addresses are 32 bits: a size beyond them would come back from the kernel as a small one.
    kernel.checkRoom(nSamples * (8 * nClasses + 64) + 4096 * nClasses + 2048 * columns.length + 65_536);
    layOut(kernel.allocate(layOut(0, 0) >>> 0), this.#tree);
  }

  /** Adds one tree to `builder`. Leaves hold class probabilities. */
  grow(builder: ForestBuilder, seed: number): void {
    const { kernel, nSamples, columns } = this.#binned;
    const drawn = this.#bootstrap.draw(seed);
    if (this.#weights !== 0) kernel.run.multiply(drawn, this.#weights, nSamples);
    const nNodes = kernel.run.growTree(drawn, nSamples);

    const [splitsAt, leftsAt, coversAt, valuesAt] = kernel.uint32(this.#tree, 4);
    const cover = kernel.float32(coversAt, nNodes);
    const root = builder.addTree(cover, kernel.float32(valuesAt, nNodes * this.#nClasses));
    // A split is described in 15 + 8 + 8 + 1 bits: column, bins on both sides of the cut, missing-goes-left.
    const words = kernel.int32(splitsAt, nNodes);
    const lefts = kernel.int32(leftsAt, nNodes);
    for (let node = 0; node < nNodes; node++) {
      const word = words[node];
      if (word === LEAF) continue;
      const column = word >>> 17;
      const threshold = splitThreshold(this.#binned, column, (word >>> 9) & 255, (word >>> 1) & 255);
      const missingLeft = (word & 1) === 1;
      builder.setSplit(root + node, columns[column], threshold, missingLeft, root + lefts[node]);
    }
  }
}
