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

/**
 * How a node is searched depends on its rows: few are sorted by insertion, a middling number by counting codes, many
 * are summed per bin and class. Each is fastest in its range (docs/performance.md); all three find the same split.
 */
const INSERT_BELOW = 24;
const SORT_BELOW = 384;

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
  readonly #codes: Uint8Array;
  readonly #columnCodes: Uint8Array;
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
  readonly #unsorted = new Int32Array(SORT_BELOW);
  readonly #totals: Float64Array;
  readonly #leftSums: Float64Array;
  #total = 0;
  #sqTotal = 0;
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
    this.#codes = binned.kernel.bytes(binned.codes, nSamples * binned.stride);
    this.#columnCodes = binned.kernel.bytes(binned.columnCodes, nSamples * binned.columns.length);
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
    const { stride } = this.#binned;
    for (let c = 0; c < totals.length; c++) totals[c] = 0;
    const first = y[index[start]];
    let isPure = true;
    for (let p = start, k = 0; p < end; p++, k++) {
      const i = index[p];
      const label = y[i];
      const weight = rowWeights[i];
      offsets[k] = i * stride;
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
    let sqTotal = 0;
    for (let c = 0; c < nClasses; c++) {
      total += totals[c];
      sqTotal += totals[c] * totals[c];
    }
    this.#total = total;
    this.#sqTotal = sqTotal;
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
      if (n < INSERT_BELOW) this.#insertKeys(column, n);
      else if (n < SORT_BELOW) this.#countKeys(column, n);
      if (n < SORT_BELOW) this.#scanSorted(column, n);
      else this.#scanHistogram(column, n);
    }
    return this.#bestColumn >= 0;
  }

  /** Best split of a large node on one column, by counting classes per bin. */
  #scanHistogram(column: number, n: number): void {
    const codes = this.#codes;
    const { nBins } = this.#binned;
    const offsets = this.#offsets;
    const labels = this.#labels;
    const weights = this.#weights;
    const histogram = this.#histogram;
    const { nClasses } = this.#options;
    const endBin = nBins[column];
    histogram.fill(0, 0, endBin * nClasses);
    histogram.fill(0, MISSING_CODE * nClasses);
    const binRows = this.#binRows.fill(0);
    for (let k = 0; k < n; k++) {
      const code = codes[offsets[k] + column];
      histogram[code * nClasses + labels[k]] += weights[k];
      binRows[code]++;
    }
    const someMissing = binRows[MISSING_CODE] > 0;
    this.#sweepBins(column, n, endBin, false, someMissing);
    if (someMissing) this.#sweepBins(column, n, endBin, true, true);
  }

  /**
   * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
   *
   * Minimising weighted Gini is maximising sqLeft / left + sqRight / right, sums of squared class sums over sums.
   * With l the class sums of the left and t those of the node, moving w of class c adds w (2 l_c + w) to sqLeft and
   * w t_c to dot = sum l t; sqRight = sum (t - l)^2 = sqTotal - 2 dot + sqLeft needs no sums of its own.
   */
  #sweepBins(column: number, n: number, endBin: number, missingLeft: boolean, someMissing: boolean): void {
    const histogram = this.#histogram;
    const binRows = this.#binRows;
    const totals = this.#totals;
    const leftSums = this.#leftSums;
    const total = this.#total;
    const sqTotal = this.#sqTotal;
    const { nClasses, minSamplesLeaf } = this.#options;
    for (let c = 0; c < nClasses; c++) leftSums[c] = 0;
    let best = this.#bestScore;
    let left = 0;
    let sqLeft = 0;
    let dot = 0;
    let nLeft = 0;
    let leftBin = -1;
    // The missing bin goes first when it is on the left, and is the last stop when it is on the right.
    const stop = someMissing && !missingLeft ? endBin + 1 : endBin;
    for (let step = missingLeft ? -1 : 0; step < stop; step++) {
      const bin = step < 0 || step === endBin ? MISSING_CODE : step;
      if (binRows[bin] === 0) continue;
      if (leftBin >= 0 && nLeft >= minSamplesLeaf && n - nLeft >= minSamplesLeaf) {
        // In float32, so that ties stay ties when weights are no whole numbers and sums are rounded.
        const score = Math.fround(sqLeft / left + (sqTotal - 2 * dot + sqLeft) / (total - left));
        if (score > best) {
          best = score;
          this.#keep(score, column, leftBin, bin, someMissing ? missingLeft : 2 * left >= total);
        }
      }
      for (let c = 0, at = bin * nClasses; c < nClasses; c++, at++) {
        const weight = histogram[at];
        sqLeft += weight * (2 * leftSums[c] + weight);
        dot += weight * totals[c];
        leftSums[c] += weight;
        left += weight;
      }
      nLeft += binRows[bin];
      if (bin !== MISSING_CODE) leftBin = bin;
    }
  }

  /** Sorts the rows of the node by code: a key is the code and, below it, the position in the node. */
  #insertKeys(column: number, n: number): void {
    const codes = this.#codes;
    const offsets = this.#offsets;
    const keys = this.#keys;
    for (let k = 0; k < n; k++) {
      const key = (codes[offsets[k] + column] << 16) | k;
      let hole = k;
      while (hole > 0) {
        const before = keys[hole - 1];
        if (before < key) break;
        keys[hole] = before;
        hole--;
      }
      keys[hole] = key;
    }
  }

  /** As `#insertKeys`, by counting how many rows have each code. */
  #countKeys(column: number, n: number): void {
    const codes = this.#codes;
    const offsets = this.#offsets;
    const keys = this.#keys;
    const unsorted = this.#unsorted;
    const places = this.#binRows.fill(0);
    for (let k = 0; k < n; k++) {
      const code = codes[offsets[k] + column];
      unsorted[k] = (code << 16) | k;
      places[code]++;
    }
    let place = 0;
    for (let code = 0; code < 256; code++) {
      const count = places[code];
      places[code] = place;
      place += count;
    }
    for (let k = 0; k < n; k++) {
      const key = unsorted[k];
      keys[places[key >> 16]++] = key;
    }
  }

  /** Best split of a small node on one column, its rows sorted; the same cuts and scores as the histogram. */
  #scanSorted(column: number, n: number): void {
    const keys = this.#keys;
    if (keys[0] >> 16 === keys[n - 1] >> 16) return;
    let nMissing = 0;
    while (keys[n - 1 - nMissing] >> 16 === MISSING_CODE) nMissing++;
    this.#sweepKeys(column, n, nMissing, false);
    if (nMissing > 0) this.#sweepKeys(column, n, nMissing, true);
  }

  /** As `#sweepBins`, row after row. */
  #sweepKeys(column: number, n: number, nMissing: number, missingLeft: boolean): void {
    const keys = this.#keys;
    const labels = this.#labels;
    const weights = this.#weights;
    const totals = this.#totals;
    const leftSums = this.#leftSums;
    const total = this.#total;
    const sqTotal = this.#sqTotal;
    const { nClasses, minSamplesLeaf } = this.#options;
    const lastLeft = n - minSamplesLeaf;
    for (let c = 0; c < nClasses; c++) leftSums[c] = 0;
    let best = this.#bestScore;
    let left = 0;
    let sqLeft = 0;
    let dot = 0;
    // With missing values on the left the walk starts at their keys, which are the last, and wraps round.
    let at = missingLeft ? n - nMissing : 0;
    let previous = keys[at] >> 16;
    for (let nLeft = 0; nLeft < n; nLeft++) {
      const key = keys[at];
      const code = key >> 16;
      // Equal neighbours cannot be separated: a cut between them would send identical rows apart.
      if (code !== previous) {
        if (nLeft >= minSamplesLeaf && nLeft <= lastLeft && previous !== MISSING_CODE) {
          const score = Math.fround(sqLeft / left + (sqTotal - 2 * dot + sqLeft) / (total - left));
          if (score > best) {
            best = score;
            this.#keep(score, column, previous, code, nMissing > 0 ? missingLeft : 2 * left >= total);
          }
        }
        previous = code;
      }
      const label = labels[key & 65535];
      const weight = weights[key & 65535];
      const sum = leftSums[label];
      sqLeft += weight * (2 * sum + weight);
      dot += weight * totals[label];
      leftSums[label] = sum + weight;
      left += weight;
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
    const codes = this.#columnCodes;
    const column = this.#bestColumn * this.#binned.nSamples;
    // Adding one turns the missing code 255 into 0 in a byte: below every left bin when missing goes left.
    const shift = this.#bestMissingLeft ? 1 : 0;
    const cut = this.#bestLeftBin + shift;
    let left = start;
    let nRight = 0;
    for (let p = start; p < end; p++) {
      const i = index[p];
      const goesLeft = ((codes[column + i] + shift) & 255) <= cut ? 1 : 0;
      index[left] = i;
      spill[nRight] = i;
      left += goesLeft;
      nRight += 1 - goesLeft;
    }
    for (let k = 0; k < nRight; k++) index[left + k] = spill[k];
    return left;
  }
}
