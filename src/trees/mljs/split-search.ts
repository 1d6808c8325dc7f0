import { DecisionTreeClassifier } from 'ml-cart';

// ml-cart weighs every cut by dealing all labels of the node into two new arrays: O(rows) of work and of garbage for each
// of up to `rows` cuts of a column, nine tenths of a fit. The search here moves one count from side to side instead and
// finds the same cut with the same gain, bit for bit; everything else of the library stays as it is.

/** Training rows of a node as ml-cart holds them, one row a column of the data. */
export interface TransposedRows {
  readonly rows: number;
  getRow(column: number): number[];
}

/** As ml-cart's nodes keep it; no column where no two neighbours differ. */
export interface BestSplit {
  readonly maxGain: number;
  readonly maxColumn: number | undefined;
  readonly maxValue: number | undefined;
  readonly numberSamples: number | undefined;
}

interface MlTreeNode {
  bestSplit(columns: TransposedRows, labels: readonly number[]): BestSplit;
}

/**
 * What `count` of `n` rows add to the sum of squared class shares. The library adds 1 / n once for each row, which is
 * not count / n to the last bit, so the sums are made in the same way, once for each n.
 */
export class SquaredShares {
  readonly #ofSize: Float64Array[] = [];

  /** (n + 1,) by the count of a class. */
  of(n: number): Float64Array {
    const known = this.#ofSize[n];
    if (known !== undefined) return known;
    const squares = new Float64Array(n + 1);
    for (let count = 1, share = 1 / n; count <= n; count++, share += 1 / n) squares[count] = share * share;
    this.#ofSize[n] = squares;
    return squares;
  }
}

/**
 * The cut of largest Gini gain, the first of equals: by column, then by value. A cut lies half-way between neighbours
 * of different labels, equal values in the order of the rows.
 *
 * @param columns finite values, of which no two add up to an infinite one
 * @param labels of the rows, integers from 0
 */
export function bestGiniSplit(
  columns: TransposedRows,
  labels: readonly number[],
  shares: SquaredShares,
): BestSplit {
  const n = labels.length;
  const search = new ColumnSearch(labels, shares);
  for (let column = 0; column < columns.rows; column++) search.sweep(column, columns.getRow(column));
  const { maxGain, maxColumn, maxValue } = search;
  return { maxGain, maxColumn, maxValue, numberSamples: maxColumn === undefined ? undefined : n };
}

/** The search on one column after the other, and the best cut so far. */
class ColumnSearch {
  maxGain = -Infinity;
  maxColumn: number | undefined;
  maxValue: number | undefined;
  readonly #labels: readonly number[];
  readonly #shares: SquaredShares;
  readonly #order: Uint32Array;
  /** (nClasses,) rows of each class: all of them, those before the row at hand, those below its value. */
  readonly #all: Int32Array;
  readonly #before: Int32Array;
  readonly #belowTie: Int32Array;
  readonly #impurityOfAll: number;

  constructor(labels: readonly number[], shares: SquaredShares) {
    const nClasses = labels.reduce((most, label) => Math.max(most, label + 1), 0);
    this.#labels = labels;
    this.#shares = shares;
    this.#order = new Uint32Array(labels.length);
    this.#all = new Int32Array(nClasses);
    this.#before = new Int32Array(nClasses);
    this.#belowTie = new Int32Array(nClasses);
    for (let i = 0; i < labels.length; i++) this.#all[labels[i]]++;
    this.#impurityOfAll = this.#impurity(this.#all, labels.length, true);
  }

  sweep(column: number, values: readonly number[]): void {
    const labels = this.#labels;
    const n = labels.length;
    const before = this.#before.fill(0);
    const belowTie = this.#belowTie.fill(0);
    const order = this.#order;
    for (let i = 0; i < n; i++) order[i] = i;
    order.sort((a, b) => values[a] - values[b] || a - b);
    // rows below the value of the row at hand, and whether the cut there was weighed
    let nBelowTie = 0;
    let isTieWeighed = false;
    for (let at = 1; at < n; at++) {
      const former = values[order[at - 1]];
      const next = values[order[at]];
      const formerLabel = labels[order[at - 1]];
      before[formerLabel]++;
      if (formerLabel !== labels[order[at]]) {
        const cut = (former + next) / 2;
        // Half-way may round down to the former value: then the rows that have it lie above the cut.
        const isWithinTie = !(former < cut);
        if (!isWithinTie || !isTieWeighed) {
          const gain = isWithinTie ? this.#gainOf(belowTie, nBelowTie) : this.#gainOf(before, at);
          isTieWeighed ||= isWithinTie;
          if (gain > this.maxGain) {
            this.maxGain = gain;
            this.maxColumn = column;
            this.maxValue = cut;
          }
        }
      }
      if (former < next) {
        belowTie.set(before);
        nBelowTie = at;
        isTieWeighed = false;
      }
    }
  }

  #gainOf(below: Int32Array, nBelow: number): number {
    const n = this.#labels.length;
    const above = (this.#impurity(below, n - nBelow, false) * (n - nBelow)) / n;
    return this.#impurityOfAll - (above + (this.#impurity(below, nBelow, true) * nBelow) / n);
  }

  /** Of the rows that `below` counts, or of the others. */
  #impurity(below: Int32Array, size: number, isBelow: boolean): number {
    if (size === 0) return 0;
    const squares = this.#shares.of(size);
    const all = this.#all;
    let sum = 0;
    for (let c = 0; c < all.length; c++) sum += squares[isBelow ? below[c] : all[c] - below[c]];
    return 1 - sum;
  }
}

// a loaded tree has a node, and the class of nodes is not exported
const emptyTree = { options: { kind: 'classifier' }, root: { distribution: 0 } };
const nodePrototype = Object.getPrototypeOf(new DecisionTreeClassifier(true, emptyTree).root) as MlTreeNode;

/** Runs `train` while trees of ml-cart, those of ml-random-forest too, search their splits as told here. */
export function withSplitSearch<Result>(train: () => Result): Result {
  const own = nodePrototype.bestSplit;
  const shares = new SquaredShares();
  nodePrototype.bestSplit = (columns, labels) => bestGiniSplit(columns, labels, shares);
  try {
    return train();
  } finally {
    nodePrototype.bestSplit = own;
  }
}
