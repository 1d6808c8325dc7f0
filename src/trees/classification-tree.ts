import { type BinnedMatrix, MISSING_CODE, splitThreshold } from './binning.ts';
import type { ForestBuilder } from './forest-builder.ts';
import type { Random } from './random.ts';

export interface ClassificationTreeOptions {
  readonly nClasses: number;
  /** Columns looked at per node, 1 .. number of columns that vary. */
  readonly maxFeatures: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
}

/** Nodes of fewer rows are sorted instead of counted: clearing and reading 256 bins costs more than the sort. */
const SORT_BELOW = 64;

/**
 * Grows Gini trees over binned columns, the greedy way of CART: of a random subset of columns, drawn anew in every
 * node, the split that separates the classes best.
 *
 * The rows of a node are a range of one index array; a split partitions its range in place and keeps the order.
 * Splits and tie-breaks follow scikit-learn's best splitter: any valid split is taken, even one that improves
 * nothing, and when all columns drawn are constant in the node the draw goes on.
 */
export class ClassificationTreeGrower {
  readonly #binned: BinnedMatrix;
  readonly #y: Int32Array;
  readonly #options: ClassificationTreeOptions;
  /** Columns in the order they were last drawn. */
  readonly #order: Int16Array;
  readonly #index: Int32Array;
  readonly #spill: Int32Array;
  // The rows of the node at hand, copied into node order once so that each column reads them in a row.
  readonly #offsets: Int32Array;
  readonly #labels: Int32Array;
  readonly #weights: Float64Array;
  readonly #histogram: Float64Array;
  readonly #binRows = new Int32Array(256);
  readonly #keys = new Int32Array(SORT_BELOW);
  readonly #totals: Float64Array;
  readonly #leftSums: Float64Array;
  readonly #rightSums: Float64Array;
  // The best split of the node at hand.
  #bestScore = 0;
  #bestColumn = -1;
  #bestLeftBin = 0;
  #bestRightBin = 0;
  #bestMissingLeft = false;

  constructor(binned: BinnedMatrix, y: Int32Array, options: ClassificationTreeOptions) {
    const { nSamples } = binned;
    const { nClasses } = options;
    this.#binned = binned;
    this.#y = y;
    this.#options = options;
    this.#order = Int16Array.from(binned.columns, (_, column) => column);
    this.#index = new Int32Array(nSamples);
    this.#spill = new Int32Array(nSamples);
    this.#offsets = new Int32Array(nSamples);
    this.#labels = new Int32Array(nSamples);
    this.#weights = new Float64Array(nSamples);
    this.#histogram = new Float64Array(256 * nClasses);
    this.#totals = new Float64Array(nClasses);
    this.#leftSums = new Float64Array(nClasses);
    this.#rightSums = new Float64Array(nClasses);
  }

  /** Adds one tree, grown on the rows whose entry in `rowWeights` is not 0. Leaves hold class probabilities. */
  grow(builder: ForestBuilder, rowWeights: Float64Array, random: Random): void {
    const index = this.#index;
    const { nSamples } = this.#binned;
    let n = 0;
    for (let i = 0; i < nSamples; i++) if (rowWeights[i] !== 0) index[n++] = i;
    // Every tree draws from the same order of columns, so that a tree depends on its own seed alone.
    const order = this.#order;
    for (let column = 0; column < order.length; column++) order[column] = column;

    // Depth first, left before right: [node, start, end, depth] four by four.
    const stack = [builder.addRoot(), 0, n, 0];
    while (stack.length > 0) {
      const depth = stack.pop() as number;
      const end = stack.pop() as number;
      const start = stack.pop() as number;
      const node = stack.pop() as number;
      const isPure = this.#load(start, end, rowWeights);
      this.#setLeaf(builder, node);
      const { maxDepth, minSamplesLeaf } = this.#options;
      if (isPure || depth >= maxDepth || end - start < 2 * minSamplesLeaf) continue;
      if (!this.#findSplit(end - start, random)) continue;
      const middle = this.#partition(start, end);
      const column = this.#bestColumn;
      const threshold = splitThreshold(this.#binned, column, this.#bestLeftBin, this.#bestRightBin);
      const left = builder.split(node, this.#binned.columns[column], threshold, this.#bestMissingLeft);
      stack.push(left + 1, middle, end, depth + 1, left, start, middle, depth + 1);
    }
  }

  /** Copies rows start .. end - 1 into node order and sums their classes. True when one class has all the weight. */
  #load(start: number, end: number, rowWeights: Float64Array): boolean {
    const index = this.#index;
    const y = this.#y;
    const offsets = this.#offsets;
    const labels = this.#labels;
    const weights = this.#weights;
    const totals = this.#totals;
    const nColumns = this.#order.length;
    totals.fill(0);
    const first = y[index[start]];
    let isPure = true;
    for (let p = start, k = 0; p < end; p++, k++) {
      const i = index[p];
      const label = y[i];
      const weight = rowWeights[i];
      offsets[k] = i * nColumns;
      labels[k] = label;
      weights[k] = weight;
      totals[label] += weight;
      if (label !== first) isPure = false;
    }
    return isPure;
  }

  #setLeaf(builder: ForestBuilder, node: number): void {
    const totals = this.#totals;
    const nClasses = totals.length;
    let total = 0;
    for (let c = 0; c < nClasses; c++) total += totals[c];
    const value = builder.value;
    for (let c = 0, at = node * nClasses; c < nClasses; c++, at++) value[at] = totals[c] / total;
    builder.setCover(node, total);
  }

  /** Draws columns until enough are looked at and a split is found; false when no column can split the node. */
  #findSplit(n: number, random: Random): boolean {
    const order = this.#order;
    const nColumns = order.length;
    const { maxFeatures } = this.#options;
    this.#bestColumn = -1;
    this.#bestScore = Number.NEGATIVE_INFINITY;
    for (let drawn = 0; drawn < nColumns && (drawn < maxFeatures || this.#bestColumn < 0); drawn++) {
      const pick = drawn + random.int(nColumns - drawn);
      const column = order[pick];
      order[pick] = order[drawn];
      order[drawn] = column;
      if (n < SORT_BELOW) this.#scanSorted(column, n);
      else this.#scanHistogram(column, n);
    }
    return this.#bestColumn >= 0;
  }

  /** Best split of a large node on one column, by counting classes per bin. */
  #scanHistogram(column: number, n: number): void {
    const { codes, nBins, hasMissing } = this.#binned;
    const offsets = this.#offsets;
    const labels = this.#labels;
    const weights = this.#weights;
    const histogram = this.#histogram;
    const { nClasses, minSamplesLeaf } = this.#options;
    const endBin = nBins[column];
    histogram.fill(0, 0, endBin * nClasses);
    histogram.fill(0, MISSING_CODE * nClasses);
    for (let k = 0; k < n; k++) {
      histogram[codes[offsets[k] + column] * nClasses + labels[k]] += weights[k];
    }
    if (minSamplesLeaf > 1) {
      const binRows = this.#binRows.fill(0);
      for (let k = 0; k < n; k++) binRows[codes[offsets[k] + column]]++;
    }
    let missingWeight = 0;
    if (hasMissing[column] === 1) {
      for (let c = 0; c < nClasses; c++) missingWeight += histogram[MISSING_CODE * nClasses + c];
    }
    this.#sweepBins(column, n, endBin, false, missingWeight > 0);
    if (missingWeight > 0) this.#sweepBins(column, n, endBin, true, true);
  }

  /**
   * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
   *
   * The sums of squares follow the class sums: moving w from r to l adds w (2 l + w) to the left one and takes
   * w (2 r - w) from the right one. Minimising weighted Gini is maximising sqLeft / left + sqRight / right.
   */
  #sweepBins(column: number, n: number, endBin: number, missingLeft: boolean, someMissing: boolean): void {
    const histogram = this.#histogram;
    const binRows = this.#binRows;
    const { nClasses, minSamplesLeaf } = this.#options;
    const leftSums = this.#leftSums.fill(0);
    const rightSums = this.#rightSums;
    rightSums.set(this.#totals);
    let left = 0;
    let right = 0;
    let sqLeft = 0;
    let sqRight = 0;
    for (let c = 0; c < nClasses; c++) {
      right += rightSums[c];
      sqRight += rightSums[c] * rightSums[c];
    }
    let nLeft = 0;
    let leftBin = -1;
    // The missing bin goes first when it is on the left, and is the last stop when it is on the right.
    const nStops = someMissing ? endBin + 1 : endBin;
    for (let step = 0; step < nStops; step++) {
      // With 255 bins the last stop and the missing code are one number, so the walk is counted, not compared.
      const bin = !missingLeft ? step : step === 0 ? MISSING_CODE : step - 1;
      const source = (bin === endBin ? MISSING_CODE : bin) * nClasses;
      let moved = 0;
      for (let c = 0; c < nClasses; c++) moved += histogram[source + c];
      if (moved > 0) {
        if (leftBin >= 0 && left > 0 && right > 0) {
          const enough = minSamplesLeaf === 1 || (nLeft >= minSamplesLeaf && n - nLeft >= minSamplesLeaf);
          const score = sqLeft / left + sqRight / right;
          if (enough && score > this.#bestScore) {
            this.#keep(score, column, leftBin, bin, someMissing ? missingLeft : left >= right);
          }
        }
        for (let c = 0; c < nClasses; c++) {
          const weight = histogram[source + c];
          sqLeft += weight * (2 * leftSums[c] + weight);
          sqRight -= weight * (2 * rightSums[c] - weight);
          leftSums[c] += weight;
          rightSums[c] -= weight;
        }
        left += moved;
        right -= moved;
        nLeft += binRows[bin === endBin ? MISSING_CODE : bin];
        if (bin !== MISSING_CODE) leftBin = bin;
      }
    }
  }

  /** Best split of a small node on one column, by sorting its rows; the same cuts and scores as the histogram. */
  #scanSorted(column: number, n: number): void {
    const { codes } = this.#binned;
    const offsets = this.#offsets;
    const keys = this.#keys;
    // A key is the code and, below it, the position in the node: an insertion sort on plain integers.
    for (let k = 0; k < n; k++) {
      const key = (codes[offsets[k] + column] << 8) | k;
      let hole = k;
      while (hole > 0 && keys[hole - 1] > key) {
        keys[hole] = keys[hole - 1];
        hole--;
      }
      keys[hole] = key;
    }
    if (keys[0] >> 8 === keys[n - 1] >> 8) return;
    let nMissing = 0;
    while (keys[n - 1 - nMissing] >> 8 === MISSING_CODE) nMissing++;
    this.#sweepKeys(column, n, nMissing, false);
    if (nMissing > 0) this.#sweepKeys(column, n, nMissing, true);
  }

  #sweepKeys(column: number, n: number, nMissing: number, missingLeft: boolean): void {
    const keys = this.#keys;
    const labels = this.#labels;
    const weights = this.#weights;
    const { nClasses, minSamplesLeaf } = this.#options;
    const leftSums = this.#leftSums.fill(0);
    const rightSums = this.#rightSums;
    rightSums.set(this.#totals);
    let left = 0;
    let right = 0;
    for (let c = 0; c < nClasses; c++) right += rightSums[c];
    // With missing values on the left the walk starts at their keys, which are the last, and wraps round.
    let at = missingLeft ? n - nMissing : 0;
    let previous = -1;
    for (let nLeft = 0; nLeft < n; nLeft++) {
      const key = keys[at];
      const code = key >> 8;
      // Equal neighbours cannot be separated: a cut between them would send identical rows apart.
      if (code !== previous && previous >= 0 && nLeft >= minSamplesLeaf && n - nLeft >= minSamplesLeaf) {
        let sqLeft = 0;
        let sqRight = 0;
        for (let c = 0; c < nClasses; c++) {
          sqLeft += leftSums[c] * leftSums[c];
          sqRight += rightSums[c] * rightSums[c];
        }
        const score = sqLeft / left + sqRight / right;
        if (score > this.#bestScore && previous !== MISSING_CODE) {
          this.#keep(score, column, previous, code, nMissing > 0 ? missingLeft : left >= right);
        }
      }
      const label = labels[key & 255];
      const weight = weights[key & 255];
      leftSums[label] += weight;
      rightSums[label] -= weight;
      left += weight;
      right -= weight;
      previous = code;
      if (++at === n) at = 0;
    }
  }

  #keep(score: number, column: number, leftBin: number, rightBin: number, missingLeft: boolean): void {
    this.#bestScore = score;
    this.#bestColumn = column;
    this.#bestLeftBin = leftBin;
    this.#bestRightBin = rightBin;
    this.#bestMissingLeft = missingLeft;
  }

  /** Rows of the left side first, both sides in their old order; returns where the right side starts. */
  #partition(start: number, end: number): number {
    const index = this.#index;
    const spill = this.#spill;
    const { codes } = this.#binned;
    const nColumns = this.#order.length;
    const column = this.#bestColumn;
    // Adding one turns the missing code 255 into 0 in a byte: below every left bin when missing goes left.
    const shift = this.#bestMissingLeft ? 1 : 0;
    const cut = this.#bestLeftBin + shift;
    let left = start;
    let nRight = 0;
    for (let p = start; p < end; p++) {
      const i = index[p];
      const goesLeft = ((codes[i * nColumns + column] + shift) & 255) <= cut ? 1 : 0;
      index[left] = i;
      spill[nRight] = i;
      left += goesLeft;
      nRight += 1 - goesLeft;
    }
    for (let k = 0; k < nRight; k++) index[left + k] = spill[k];
    return left;
  }
}
