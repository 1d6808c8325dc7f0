import { float32Between } from '../float32.ts';
import { LEAF } from '../forest/forest.ts';
import type { ForestBuilder } from '../forest/forest-builder.ts';
import type { Matrix } from '../matrix.ts';
import type { Random } from '../random.ts';

const EULER_GAMMA = 0.5772156649015329;

/**
 * Average path length c(n) of an unsuccessful search in a binary search tree of `n` samples.
 *
 * Normalises isolation depths so that scores from different sub-sample sizes compare.
 * c(0) = c(1) = 0 and c(2) = 1.
 *
 * @see Liu, Ting, Zhou. Isolation Forest. ICDM 2008, eq. 1. https://doi.org/10.1109/ICDM.2008.17
 */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n;
}

/** Columns of `X` with at least two distinct values, a missing one counted as one: the others isolate no row. */
export function varyingColumns(X: Matrix): Int16Array {
  const columns: number[] = [];
  for (let f = 0; f < X.nFeatures; f++) if (isVarying(X, f)) columns.push(f);
  return Int16Array.from(columns);
}

function isVarying({ data, nSamples, nFeatures }: Matrix, column: number): boolean {
  const first = data[column];
  for (let i = 1, at = column + nFeatures; i < nSamples; i++, at += nFeatures) {
    const value = data[at];
    if (value !== first && !(Number.isNaN(value) && Number.isNaN(first))) return true;
  }
  return false;
}

/**
 * Grows isolation trees: a random column, a random threshold between the smallest and the largest value of the node,
 * until every row is alone or the depth reaches ceil(log2(sample size)).
 *
 * Missing values travel together to one side, drawn in proportion to the sizes of the sides, so that a common gap
 * does not look strange; where the present values are all equal the split is present against missing.
 */
export class IsolationTreeGrower {
  readonly #X: Matrix;
  readonly #columns: Int16Array;
  readonly #order: Int16Array;
  readonly #index: Int32Array;
  readonly #spill: Int32Array;
  readonly #maxDepth: number;
  // The column at hand in the node at hand.
  #min = 0;
  #max = 0;
  #nMissing = 0;

  constructor(X: Matrix, columns: Int16Array, sampleSize: number) {
    this.#X = X;
    this.#columns = columns;
    this.#order = columns.slice();
    this.#index = new Int32Array(sampleSize);
    this.#spill = new Int32Array(sampleSize);
    this.#maxDepth = Math.max(1, Math.ceil(Math.log2(sampleSize)));
  }

  /** Adds one tree over the given rows. Leaves hold depth + c(rows in the leaf), 1 where there is but one row. */
  grow(builder: ForestBuilder, rows: Int32Array, random: Random): void {
    this.#index.set(rows);
    this.#order.set(this.#columns);
    const stack = [builder.addRoot(), 0, rows.length, 0];
    while (stack.length > 0) {
      const depth = stack.pop() as number;
      const end = stack.pop() as number;
      const start = stack.pop() as number;
      const node = stack.pop() as number;
      const n = end - start;
      builder.setCover(node, n);
      // A tree over a single row isolates nothing: its path counts as the average one, 1 by the scale of the scores.
      builder.value[node] = rows.length === 1 ? 1 : depth + averagePathLength(n);
      if (n < 2 || depth >= this.#maxDepth) continue;
      const column = this.#drawColumn(start, end, random);
      if (column === LEAF) continue;
      const threshold = this.#drawThreshold(random);
      const middle = this.#partition(start, end, column, threshold, random);
      const left = builder.split(node, column, threshold, this.#missingLeft);
      stack.push(left + 1, middle, end, depth + 1, left, start, middle, depth + 1);
    }
  }

  #missingLeft = false;

  /** A column that varies among the rows of the node, all such columns alike; LEAF when there is none. */
  #drawColumn(start: number, end: number, random: Random): number {
    const order = this.#order;
    for (let nLeft = order.length; nLeft > 0; nLeft--) {
      const pick = random.int(nLeft);
      const column = order[pick];
      order[pick] = order[nLeft - 1];
      order[nLeft - 1] = column;
      this.#measure(start, end, column);
      if (this.#min < this.#max || (this.#nMissing > 0 && this.#nMissing < end - start)) return column;
    }
    return LEAF;
  }

  #measure(start: number, end: number, column: number): void {
    const index = this.#index;
    const { data, nFeatures } = this.#X;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let nMissing = 0;
    for (let p = start; p < end; p++) {
      const value = data[index[p] * nFeatures + column];
      if (value < min) min = value;
      if (value > max) max = value;
      if (Number.isNaN(value)) nMissing++;
    }
    this.#min = min;
    this.#max = max;
    this.#nMissing = nMissing;
  }

  /** Uniform between the extremes, as a float32 that leaves the smallest value left and the largest right. */
  #drawThreshold(random: Random): number {
    const min = this.#min;
    const max = this.#max;
    if (min === max) return min;
    const share = random.next();
    // Weighted ends instead of min + share x range: the range of float32 extremes is not a float32.
    const threshold = Math.fround(min * (1 - share) + max * share);
    return threshold >= max || threshold < min ? float32Between(min, max) : threshold;
  }

  #partition(start: number, end: number, column: number, threshold: number, random: Random): number {
    const index = this.#index;
    const spill = this.#spill;
    const { data, nFeatures } = this.#X;
    let nLeft = 0;
    for (let p = start; p < end; p++) if (data[index[p] * nFeatures + column] <= threshold) nLeft++;
    const nPresent = end - start - this.#nMissing;
    let missingLeft = 2 * nLeft >= nPresent;
    if (this.#nMissing > 0) missingLeft = this.#min < this.#max && random.next() * nPresent < nLeft;
    this.#missingLeft = missingLeft;

    let left = start;
    let nRight = 0;
    for (let p = start; p < end; p++) {
      const i = index[p];
      const value = data[i * nFeatures + column];
      if (value <= threshold || (missingLeft && Number.isNaN(value))) index[left++] = i;
      else spill[nRight++] = i;
    }
    for (let k = 0; k < nRight; k++) index[left + k] = spill[k];
    return left;
  }
}
