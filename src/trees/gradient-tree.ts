import { type BinnedMatrix, MISSING_CODE, splitThreshold } from './binning.ts';
import type { ForestBuilder } from './forest-builder.ts';
import { addToHistogram, BINS_PER_COLUMN, PackedGradients, subtractHistogram } from './gradient-histogram.ts';
import type { Matrix } from './matrix.ts';

export interface GradientTreeOptions {
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  /** Added to the sum of hessians of a leaf: shrinks leaves of little weight. */
  readonly l2: number;
  /** (nColumns,) -1, 0 or 1 per coded column. */
  readonly monotone: Int8Array | undefined;
}

/** A node that waits to be split or to become a leaf. */
interface OpenNode {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  /** Sum of packed gradients and of hessians over the rows of the node. */
  readonly packed: number;
  readonly hessian: number;
  /** Bounds that monotone splits above put on the values below. */
  readonly lower: number;
  readonly upper: number;
  /** Gradient (and hessian) histograms; absent when the node cannot be split anyway. */
  histogram: Histogram | undefined;
}

interface Histogram {
  readonly packed: Float64Array;
  readonly hessian: Float64Array | undefined;
}

/**
 * Grows regression trees on gradients: the split that lowers the second-order loss most, down to `maxDepth`.
 *
 * Only the smaller child of a split is counted; the larger one's histogram is what is left of its parent's.
 */
export class GradientTreeGrower {
  readonly gradients: PackedGradients;
  /** The rows of the last tree, in the order of its leaves. */
  readonly index: Int32Array;
  /** Leaves of the last tree: node, start and end in `index`, three by three. */
  readonly leaves: number[] = [];
  readonly #binned: BinnedMatrix;
  readonly #options: GradientTreeOptions;
  readonly #spill: Int32Array;
  /** The codes, four to a word. */
  readonly #words: Int32Array;
  readonly #isDrawn: Uint8Array;
  readonly #free: Histogram[] = [];
  // The best split of the node at hand.
  #bestScore = 0;
  #bestColumn = -1;
  #bestLeftBin = 0;
  #bestRightBin = 0;
  #bestMissingLeft = false;
  #bestPacked = 0;
  #bestHessian = 0;

  constructor(binned: BinnedMatrix, options: GradientTreeOptions, hasHessian: boolean) {
    this.#binned = binned;
    this.#options = options;
    this.gradients = new PackedGradients(binned.nSamples, hasHessian);
    this.index = new Int32Array(binned.nSamples);
    this.#spill = new Int32Array(binned.nSamples);
    this.#words = new Int32Array(binned.codes.buffer);
    this.#isDrawn = new Uint8Array(binned.nSamples);
  }

  /**
   * Adds one tree grown on the first `n` rows of `index`, which the caller has filled. Leaf values are `shrinkage`
   * times the step that minimises the loss, written to `output` of `builder`.
   */
  grow(builder: ForestBuilder, n: number, shrinkage: number, output = 0): void {
    this.leaves.length = 0;
    const root = this.#open(builder.addRoot(), 0, n, 0, ...this.#sums(n), -Infinity, Infinity);
    if (this.#canSplit(root)) {
      root.histogram = this.#take();
      this.#count(root.histogram, 0, n);
    }
    const stack = [root];
    for (let open = stack.pop(); open !== undefined; open = stack.pop()) {
      builder.setCover(open.node, this.#weightOf(open.packed, open.hessian));
      if (open.histogram !== undefined && this.#findSplit(open, open.histogram)) {
        const [left, right] = this.#split(builder, open, open.histogram);
        stack.push(right, left);
        continue;
      }
      if (open.histogram !== undefined) this.#free.push(open.histogram);
      const step = clamp(this.#stepOf(open.packed, open.hessian), open.lower, open.upper);
      builder.value[open.node * builder.nOutputs + output] = shrinkage * step;
      this.leaves.push(open.node, open.start, open.end);
    }
  }

  /**
   * Adds the values of the last tree to `outputs` for every row of `X`, at row x nOutputs + output: rows it was grown
   * on by the leaf they lie in, the others by walking down.
   */
  addLeafValues(builder: ForestBuilder, X: Matrix, n: number, outputs: Float64Array, output: number): void {
    const { leaves, index } = this;
    const { nOutputs, value } = builder;
    for (let k = 0; k < leaves.length; k += 3) {
      const step = value[leaves[k] * nOutputs + output];
      const end = leaves[k + 2];
      for (let p = leaves[k + 1]; p < end; p++) outputs[index[p] * nOutputs + output] += step;
    }
    if (n === index.length) return;
    // The drawn rows come in leaf order by now; a mark per row tells them from the others.
    const isDrawn = this.#isDrawn.fill(0);
    for (let p = 0; p < n; p++) isDrawn[index[p]] = 1;
    for (let i = 0; i < isDrawn.length; i++) {
      if (isDrawn[i] === 1) continue;
      const leaf = builder.leafOfLastTree(X.data, i * X.nFeatures);
      outputs[i * nOutputs + output] += value[leaf * nOutputs + output];
    }
  }

  #open(
    node: number,
    start: number,
    end: number,
    depth: number,
    packed: number,
    hessian: number,
    lower: number,
    upper: number,
  ): OpenNode {
    return { node, start, end, depth, packed, hessian, lower, upper, histogram: undefined };
  }

  #canSplit({ depth, start, end }: OpenNode): boolean {
    const { maxDepth, minSamplesLeaf } = this.#options;
    return depth < maxDepth && end - start >= 2 * minSamplesLeaf && this.#binned.columns.length > 0;
  }

  #sums(n: number): [number, number] {
    const { packed, hessian } = this.gradients;
    const index = this.index;
    let packedSum = 0;
    let hessianSum = 0;
    for (let p = 0; p < n; p++) packedSum += packed[index[p]];
    if (hessian !== undefined) for (let p = 0; p < n; p++) hessianSum += hessian[index[p]];
    return [packedSum, hessianSum];
  }

  /** Sum of hessians of a packed sum: given, or the number of rows. */
  #weightOf(packed: number, hessian: number): number {
    const { countBase, hessianUnit } = this.gradients;
    if (this.gradients.hessian !== undefined) return hessian * hessianUnit;
    return packed - Math.floor(packed / countBase) * countBase;
  }

  #stepOf(packed: number, hessian: number): number {
    const { countBase, gradientUnit } = this.gradients;
    const gradient = Math.floor(packed / countBase) * gradientUnit;
    const weight = this.#weightOf(packed, hessian) + this.#options.l2;
    return weight > 0 ? gradient / weight : 0;
  }

  #take(): Histogram {
    const reused = this.#free.pop();
    if (reused !== undefined) return reused;
    const size = this.#binned.stride * BINS_PER_COLUMN;
    const hessian = this.gradients.hessian === undefined ? undefined : new Float64Array(size);
    return { packed: new Float64Array(size), hessian };
  }

  #count(histogram: Histogram, start: number, end: number): void {
    const { packed, hessian } = this.gradients;
    const words = this.#words;
    const wordsPerRow = this.#binned.stride / 4;
    // The root of a tree on all rows has them in their own order.
    const index = end - start === this.index.length ? undefined : this.index;
    histogram.packed.fill(0);
    addToHistogram(histogram.packed, words, wordsPerRow, index, start, end, packed);
    if (hessian === undefined || histogram.hessian === undefined) return;
    histogram.hessian.fill(0);
    addToHistogram(histogram.hessian, words, wordsPerRow, index, start, end, hessian);
  }

  /** Splits an open node at the best split found; its histogram goes on to the larger child or is freed. */
  #split(builder: ForestBuilder, open: OpenNode, histogram: Histogram): [OpenNode, OpenNode] {
    const column = this.#bestColumn;
    const threshold = splitThreshold(this.#binned, column, this.#bestLeftBin, this.#bestRightBin);
    const feature = this.#binned.columns[column];
    const child = builder.split(open.node, feature, threshold, this.#bestMissingLeft);
    const middle = this.#partition(open.start, open.end);

    const leftPacked = this.#bestPacked;
    const leftHessian = this.#bestHessian;
    const rightPacked = open.packed - leftPacked;
    const rightHessian = open.hessian - leftHessian;
    // Below a monotone split the two sides may not cross its middle.
    const direction = this.#options.monotone?.[column] ?? 0;
    const leftStep = clamp(this.#stepOf(leftPacked, leftHessian), open.lower, open.upper);
    const rightStep = clamp(this.#stepOf(rightPacked, rightHessian), open.lower, open.upper);
    const border = (leftStep + rightStep) / 2;
    const { lower, upper, depth, start, end } = open;
    const left = this.#open(
      child,
      start,
      middle,
      depth + 1,
      leftPacked,
      leftHessian,
      direction < 0 ? border : lower,
      direction > 0 ? border : upper,
    );
    const right = this.#open(
      child + 1,
      middle,
      end,
      depth + 1,
      rightPacked,
      rightHessian,
      direction > 0 ? border : lower,
      direction < 0 ? border : upper,
    );
    this.#handDown(histogram, left, right);
    return [left, right];
  }

  #handDown(histogram: Histogram, left: OpenNode, right: OpenNode): void {
    const leftIsSmaller = left.end - left.start <= right.end - right.start;
    const smaller = leftIsSmaller ? left : right;
    const larger = leftIsSmaller ? right : left;
    if (!this.#canSplit(larger)) {
      // The smaller one has no more rows and the same depth: neither can be split.
      this.#free.push(histogram);
      return;
    }
    const counted = this.#take();
    this.#count(counted, smaller.start, smaller.end);
    subtractHistogram(histogram.packed, counted.packed);
    if (histogram.hessian !== undefined && counted.hessian !== undefined) {
      subtractHistogram(histogram.hessian, counted.hessian);
    }
    larger.histogram = histogram;
    if (this.#canSplit(smaller)) smaller.histogram = counted;
    else this.#free.push(counted);
  }

  #findSplit(open: OpenNode, histogram: Histogram): boolean {
    const { columns } = this.#binned;
    const parent = this.#stepOf(open.packed, open.hessian);
    const weight = this.#weightOf(open.packed, open.hessian) + this.#options.l2;
    // A split must lower the loss by more than rounding can.
    this.#bestScore = parent * parent * weight * (1 + 1e-10);
    this.#bestColumn = -1;
    for (let column = 0; column < columns.length; column++) {
      const missing = column * BINS_PER_COLUMN + MISSING_CODE;
      this.#sweep(column, open, histogram, false);
      if (histogram.packed[missing] !== 0) this.#sweep(column, open, histogram, true);
    }
    return this.#bestColumn >= 0;
  }

  /**
   * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
   *
   * The loss that a node of gradient sum G and hessian sum H gives up is G^2 / (H + l2) (twice the second-order
   * decrease), so the best cut maximises the sum of both sides.
   */
  #sweep(column: number, open: OpenNode, histogram: Histogram, missingLeft: boolean): void {
    const { countBase, gradientUnit, hessianUnit } = this.gradients;
    const { minSamplesLeaf, l2 } = this.#options;
    const direction = this.#options.monotone?.[column] ?? 0;
    const isBounded = direction !== 0 || open.lower > -Infinity || open.upper < Infinity;
    const bins = histogram.packed;
    const hessians = histogram.hessian;
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
          if (isBounded && score > this.#bestScore) {
            const leftStep = clamp(leftGradient / left, open.lower, open.upper);
            const rightStep = clamp(rightGradient / right, open.lower, open.upper);
            // A bounded step gives up less; a step in the wrong direction is no split at all.
            score =
              direction * (rightStep - leftStep) < 0
                ? -Infinity
                : leftStep * (2 * leftGradient - leftStep * left) +
                  rightStep * (2 * rightGradient - rightStep * right);
          }
          if (score > this.#bestScore && left > 0 && right > 0) {
            this.#bestScore = score;
            this.#bestColumn = column;
            this.#bestLeftBin = leftBin;
            this.#bestRightBin = bin === endBin ? MISSING_CODE : bin;
            this.#bestMissingLeft = someMissing ? missingLeft : nLeft >= nRight;
            this.#bestPacked = packed;
            this.#bestHessian = hessian;
          }
        }
      }
      packed += moved;
      if (hessians !== undefined) hessian += hessians[at];
      leftBin = bin;
    }
  }

  /** Rows of the left side first, both sides in their old order; returns where the right side starts. */
  #partition(start: number, end: number): number {
    const index = this.index;
    const spill = this.#spill;
    const codes = this.#binned.columnCodes[this.#bestColumn];
    // Adding one turns the missing code 255 into 0 in a byte: below every left bin when missing goes left.
    const shift = this.#bestMissingLeft ? 1 : 0;
    const cut = this.#bestLeftBin + shift;
    let left = start;
    let nRight = 0;
    for (let p = start; p < end; p++) {
      const i = index[p];
      const goesLeft = ((codes[i] + shift) & 255) <= cut ? 1 : 0;
      index[left] = i;
      spill[nRight] = i;
      left += goesLeft;
      nRight += 1 - goesLeft;
    }
    for (let k = 0; k < nRight; k++) index[left + k] = spill[k];
    return left;
  }
}

const clamp = (value: number, lower: number, upper: number): number =>
  value < lower ? lower : value > upper ? upper : value;
