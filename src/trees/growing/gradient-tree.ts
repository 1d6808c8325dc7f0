import type { ForestBuilder } from '../forest/forest-builder.ts';
import type { Matrix } from '../matrix.ts';
import { type BinnedMatrix, type CodeTest, codeTest, splitThreshold } from './binning.ts';
import { HistogramPool, PackedGradients } from './gradient-histogram.ts';
import { clamp, GradientSplitSearch, type NodeSums, type SplitOptions } from './gradient-split.ts';

export interface GradientTreeOptions extends SplitOptions {
  readonly maxDepth: number;
}

/** A node that waits to be split or to become a leaf. */
interface OpenNode extends NodeSums {
  readonly node: number;
  readonly depth: number;
  /** Address; absent when the node cannot be split anyway. */
  histogram: number | undefined;
}

/** Rows start .. end - 1 of the index and the leaf they lie in, or the two leaves that `test` tells apart. */
interface LeafRows {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly test: CodeTest | undefined;
}

/**
 * Grows regression trees on gradients: the split that lowers the second-order loss most, down to `maxDepth`.
 *
 * Only the smaller child of a split is counted; the larger one's histogram is what is left of its parent's. Rows are a
 * range of one index; a split partitions its range in place, unless both sides become leaves at once.
 */
export class GradientTreeGrower {
  readonly gradients: PackedGradients;
  readonly #binned: BinnedMatrix;
  readonly #options: GradientTreeOptions;
  readonly #search: GradientSplitSearch;
  readonly #histograms: HistogramPool;
  readonly #index: number;
  readonly #spill: number;
  readonly #isDrawn: Uint8Array;
  /** Of the last tree. */
  readonly #leaves: LeafRows[] = [];
  /** Of the tree at hand. */
  #shrinkage = 1;
  #output = 0;

  constructor(binned: BinnedMatrix, options: GradientTreeOptions, hasHessian: boolean) {
    const { kernel, nSamples } = binned;
    this.#binned = binned;
    this.#options = options;
    this.gradients = new PackedGradients(kernel, nSamples, hasHessian);
    this.#search = new GradientSplitSearch(binned, this.gradients, options);
    this.#histograms = new HistogramPool(kernel, binned.codes, binned.stride, this.gradients);
    this.#index = kernel.allocate(4 * nSamples);
    this.#spill = kernel.allocate(4 * nSamples);
    this.#isDrawn = new Uint8Array(nSamples);
  }

  /** (nSamples,) row numbers for the caller to fill; `grow` leaves them in the order of the leaves. */
  get index(): Int32Array {
    return this.#binned.kernel.int32(this.#index, this.#binned.nSamples);
  }

  /**
   * Adds one tree grown on the first `n` rows of `index`, which the caller has filled. Leaf values are `shrinkage`
   * times the step that minimises the loss, written to `output` of `builder`.
   */
  grow(builder: ForestBuilder, n: number, shrinkage: number, output = 0): void {
    this.#leaves.length = 0;
    this.#shrinkage = shrinkage;
    this.#output = output;
    const [packedSum, hessianSum] = this.gradients.sumAt(this.#index, n);
    const root = open(builder.addRoot(), 0, n, 0, packedSum, hessianSum, -Infinity, Infinity);
    if (this.#canSplit(root)) {
      // The root of a tree on all rows has them in their own order.
      root.histogram = this.#histograms.count(n === this.#binned.nSamples ? 0 : this.#index, 0, n);
    }
    const stack = [root];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { node, start, end, histogram } = at;
      if (histogram !== undefined && this.#search.find(at, histogram)) {
        builder.setCover(node, this.gradients.weightOf(at.packed, at.hessian));
        this.#split(builder, at, histogram, stack);
        continue;
      }
      if (histogram !== undefined) this.#histograms.free(histogram);
      this.#writeLeaf(builder, at);
      this.#leaves.push({ node, start, end, test: undefined });
    }
  }

  /**
   * Adds the values of the last tree to the doubles at `outputs`, for every row of `X`, at row x nOutputs + output:
   * rows it was grown on by the leaf they lie in, the others by walking down.
   */
  addLeafValues(builder: ForestBuilder, X: Matrix, n: number, outputs: number, output: number): void {
    const { kernel, nSamples } = this.#binned;
    const { nOutputs, value } = builder;
    const first = outputs + 8 * output;
    for (const { node, start, end, test } of this.#leaves) {
      const step = value[node * nOutputs + output];
      if (test === undefined) {
        kernel.run.addLeaf(first, nOutputs, this.#index, start, end, step);
      } else {
        const { codes, shift, cut } = test;
        const right = value[(node + 1) * nOutputs + output];
        kernel.run.addTwoLeaves(first, nOutputs, this.#index, start, end, codes, shift, cut, step, right);
      }
    }
    if (n === nSamples) return;
    // A mark per row tells those it was grown on from the others.
    const index = this.index;
    const sums = kernel.float64(outputs, nSamples * nOutputs);
    const isDrawn = this.#isDrawn.fill(0);
    for (let p = 0; p < n; p++) isDrawn[index[p]] = 1;
    for (let i = 0; i < nSamples; i++) {
      if (isDrawn[i] === 1) continue;
      const leaf = builder.leafOfLastTree(X.data, i * X.nFeatures);
      sums[i * nOutputs + output] += value[leaf * nOutputs + output];
    }
  }

  #writeLeaf(builder: ForestBuilder, { node, packed, hessian, lower, upper }: OpenNode): void {
    builder.setCover(node, this.gradients.weightOf(packed, hessian));
    const step = clamp(this.gradients.stepOf(packed, hessian, this.#options.l2), lower, upper);
    builder.value[node * builder.nOutputs + this.#output] = this.#shrinkage * step;
  }

  #canSplit({ depth, start, end }: OpenNode): boolean {
    const { maxDepth, minSamplesLeaf } = this.#options;
    return depth < maxDepth && end - start >= 2 * minSamplesLeaf && this.#binned.columns.length > 0;
  }

  /** Splits an open node at the split found last. Its sides go on the stack, or become leaves if neither can split. */
  #split(builder: ForestBuilder, parent: OpenNode, histogram: number, stack: OpenNode[]): void {
    const { column, leftBin, rightBin, missingLeft, packed, hessian } = this.#search;
    const { kernel, columns } = this.#binned;
    const { lower, upper, depth, start, end } = parent;
    const { monotone, l2 } = this.#options;
    const threshold = splitThreshold(this.#binned, column, leftBin, rightBin);
    const node = builder.split(parent.node, columns[column], threshold, missingLeft);
    const middle = start + this.gradients.countOf(packed);

    // Below a monotone split the two sides may not cross its middle.
    const rightPacked = parent.packed - packed;
    const rightHessian = parent.hessian - hessian;
    const leftStep = clamp(this.gradients.stepOf(packed, hessian, l2), lower, upper);
    const rightStep = clamp(this.gradients.stepOf(rightPacked, rightHessian, l2), lower, upper);
    const border = (leftStep + rightStep) / 2;
    const direction = monotone?.[column] ?? 0;
    const leftLower = direction < 0 ? border : lower;
    const leftUpper = direction > 0 ? border : upper;
    const rightLower = direction > 0 ? border : lower;
    const rightUpper = direction < 0 ? border : upper;
    const left = open(node, start, middle, depth + 1, packed, hessian, leftLower, leftUpper);
    const right = open(node + 1, middle, end, depth + 1, rightPacked, rightHessian, rightLower, rightUpper);

    const test = codeTest(this.#binned, column, leftBin, missingLeft);
    const leftIsSmaller = middle - start <= end - middle;
    const smaller = leftIsSmaller ? left : right;
    const larger = leftIsSmaller ? right : left;
    if (!this.#canSplit(larger)) {
      // The smaller one has no more rows and the same depth: neither can be split, and no one needs their order.
      this.#histograms.free(histogram);
      this.#writeLeaf(builder, left);
      this.#writeLeaf(builder, right);
      this.#leaves.push({ node, start, end, test });
      return;
    }
    kernel.run.partition(this.#index, this.#spill, start, end, test.codes, test.shift, test.cut);
    const counted = this.#histograms.count(this.#index, smaller.start, smaller.end);
    this.#histograms.subtract(histogram, counted);
    larger.histogram = histogram;
    if (this.#canSplit(smaller)) smaller.histogram = counted;
    else this.#histograms.free(counted);
    stack.push(right, left);
  }
}

const open = (
  node: number,
  start: number,
  end: number,
  depth: number,
  packed: number,
  hessian: number,
  lower: number,
  upper: number,
): OpenNode => ({ node, start, end, depth, packed, hessian, lower, upper, histogram: undefined });
