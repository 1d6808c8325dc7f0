import { DecisionTreeClassifier } from 'ml-cart';
import { RandomForestClassifier as MlRandomForest } from 'ml-random-forest';
import type { Forest } from '../forest/forest.ts';
import { checkAbove, checkInteger, checkLabels } from '../growing/fit-inputs.ts';
import { varyingColumns } from '../growing/isolation-tree.ts';
import { contentOrder } from '../growing/row-order.ts';
import type { Matrix } from '../matrix.ts';
import { createRandom } from '../random.ts';
import { classFactors, MlRows, stratifiedSample } from './ml-sample.ts';
import { readMlTrees } from './ml-trees.ts';
import { withSplitSearch } from './split-search.ts';

// ml-random-forest and ml-cart as trainers: they grow the trees, which are then read into a `Forest` and scored,
// stored and explained like any other. What to mind:
// - a node tries every pair of neighbours with different targets in every column, at O(n) each, so they train on a bounded
//   sample; the search is ours meanwhile (split-search.ts), and the bound stays, since with it the trees would change;
// - the random forest draws its columns per tree, not per node, so a tree needs a fair part of them;
// - a cut is tried only between neighbours of different labels, equal values in the order of the rows: a sample is
//   sorted by what is in its rows, so that the trees do not depend on where a row stood;
// - a split must gain 0.01 of Gini impurity unless told otherwise, which no class of half a percent ever does: told 0;
// - they know no weights: a rare class is drawn more often than its share, and the share is put back in the leaves;
// - the regression trees take no perfect split (their gain is the error left, and 0 is refused): not used;
// - its `maxSamples` keeps the first rows, its `predictProbability` starts the sum of votes from the first tree's
//   label, `maxFeatures: 1` means all columns, and without a seed it takes one from the clock: none of these is used.

/**
 * Most (trees x columns per tree x rows^2) that one fit may come to: a third of a second of CPU here, labels of pure
 * noise, which grow the deepest trees, included; 1 to 3.5 seconds by the library's own search. Fixed by count and not by
 * the clock, so that the same data and seed give the same trees everywhere.
 */
const MAX_WORK = 4e7;

export interface MlOptions {
  /** Most rows to train on. @default as many as keep a fit within a few seconds, never more than 2,000 */
  readonly maxRows?: number;
  /** (nSamples,) chance of a row to be drawn; once drawn, all count alike. @default all 1 */
  readonly sampleWeight?: ArrayLike<number>;
  /** Same data and seed give the same trees. @default 0 */
  readonly seed?: number;
  /** Fewer rows than this end in a leaf. @default 4, the library's own */
  readonly minSamplesSplit?: number;
  /** Longest way from the root to a leaf. @default unbounded */
  readonly maxDepth?: number;
}

export interface MlForestOptions extends MlOptions {
  /** Number of classes; labels are 0 .. nClasses - 1. @default largest label + 1 */
  readonly nClasses?: number;
}

export interface MlRandomForestOptions extends MlForestOptions {
  /** @default 25 */
  readonly nEstimators?: number;
  /**
   * Share of the columns that each tree sees, in (0, 1]. Columns are drawn per tree: what one column alone tells is
   * outvoted where most trees do not see it. @default 0.75
   */
  readonly maxFeatures?: number;
}

export interface MlFit {
  readonly forest: Forest;
  /** Rows of the training data that were drawn, in the order they were learned from. */
  readonly rows: Int32Array;
  /** What the library itself answers for rows: its labels. Slow; to check that the forest agrees. */
  readonly libraryPredict: (X: Matrix) => number[];
}

/**
 * Random forest of ml-random-forest. A leaf votes for its most frequent class, as in the library, so that
 * probabilities are shares of votes. A tie, in a leaf or between votes, goes to the smaller label, so that no answer
 * depends on the order of the trees.
 *
 * @throws RangeError when an option, a label or a length is out of range
 */
export function fitMlRandomForest(X: Matrix, y: Int32Array, options: MlRandomForestOptions = {}): MlFit {
  const { nEstimators = 25, maxFeatures = 0.75, seed = 0 } = options;
  const nClasses = checkLabels(y, X.nSamples, options.nClasses);
  checkInteger('nEstimators', nEstimators, 1);
  checkAbove('maxFeatures', maxFeatures, 0, 1);
  const nColumns = Math.max(1, Math.round(maxFeatures * X.nFeatures));
  const sample = drawSample(X, y, nClasses, nEstimators * nColumns, options);
  const library = new MlRandomForest({
    nEstimators,
    // A fraction that its rounding down turns into nColumns; 1 is all of them.
    maxFeatures: nColumns === X.nFeatures ? 1 : (nColumns + 0.5) / X.nFeatures,
    replacement: false,
    seed: seedOf(seed, 1),
    useSampleBagging: true,
    noOOB: true,
    treeOptions: treeOptions(options),
    isClassifier: true,
  });
  withSplitSearch(() =>
    library.train(
      sample.values,
      Array.from(sample.rows, (i) => y[i]),
    ),
  );
  const { baseModel } = library.toJSON() as unknown as {
    baseModel: { estimators: { root: unknown }[]; indexes: number[][] };
  };
  const trees = baseModel.estimators.map(({ root }, t) => ({ root, columns: baseModel.indexes[t] }));
  const forest = readMlTrees(trees, {
    nFeatures: X.nFeatures,
    nOutputs: nClasses,
    rows: sample.values,
    leaf: (shares, out) => {
      const votes = shares.map((share, c) => share * sample.factors[c]);
      out[votes.indexOf(Math.max(...votes))] = 1;
    },
  });
  return { forest, rows: sample.rows, libraryPredict: (rows) => library.predict(sample.encoder.of(rows)) };
}

/**
 * One classification tree of ml-cart: small enough to be read as rules. Leaves hold class shares; its label is the
 * most frequent class, the lowest among equals.
 *
 * @throws RangeError when an option, a label or a length is out of range
 */
export function fitMlCart(X: Matrix, y: Int32Array, options: MlForestOptions = {}): MlFit {
  const nClasses = checkLabels(y, X.nSamples, options.nClasses);
  const sample = drawSample(X, y, nClasses, X.nFeatures, options);
  const library = new DecisionTreeClassifier(treeOptions(options));
  withSplitSearch(() =>
    library.train(
      sample.values,
      Array.from(sample.rows, (i) => y[i]),
    ),
  );
  const forest = readMlTrees([library.toJSON()], {
    nFeatures: X.nFeatures,
    nOutputs: nClasses,
    rows: sample.values,
    // The library lists classes up to the largest in the leaf; the others have a share of 0.
    leaf: (shares, out) => {
      let total = 0;
      for (let c = 0; c < shares.length; c++) total += shares[c] * sample.factors[c];
      for (let c = 0; c < shares.length; c++) out[c] = (shares[c] * sample.factors[c]) / total;
    },
  });
  return { forest, rows: sample.rows, libraryPredict: (rows) => library.predict(sample.encoder.of(rows)) };
}

interface Sample {
  readonly rows: Int32Array;
  readonly values: number[][];
  readonly encoder: MlRows;
  /** (nClasses,) weight of a drawn row of each class. */
  readonly factors: Float64Array;
}

/** Draws as many rows as `columnsTried`, summed over all trees, leaves time for. */
function drawSample(
  X: Matrix,
  y: Int32Array,
  nClasses: number,
  columnsTried: number,
  { maxRows, sampleWeight, seed = 0 }: MlOptions,
): Sample {
  if (sampleWeight !== undefined && sampleWeight.length !== X.nSamples) {
    throw new RangeError(
      `Expected \`sampleWeight\` to hold ${X.nSamples} values, got ${sampleWeight.length}.`,
    );
  }
  const affordable = Math.floor(Math.sqrt(MAX_WORK / Math.max(1, columnsTried)));
  const bound = maxRows ?? Math.min(2000, Math.max(50, affordable));
  checkInteger('maxRows', bound, 1);
  const weights = sampleWeight && Float64Array.from(sampleWeight);
  const order = contentOrder(X, varyingColumns(X), y, weights);
  const drawn = stratifiedSample(y, { maxRows: bound, sampleWeight, order, seed: seedOf(seed, 0) });
  if (drawn.length === 0) throw new RangeError('Expected at least one row with weight, got 0.');
  const encoder = new MlRows(X, drawn);
  const sorted = encoder
    .of(X, drawn)
    .map((values, at) => ({ values, row: drawn[at] }))
    .sort((a, b) => compareRows(a.values, b.values) || y[a.row] - y[b.row]);
  const rows = Int32Array.from(sorted, ({ row }) => row);
  const factors = classFactors(y, rows, nClasses, sampleWeight);
  return { rows, values: sorted.map(({ values }) => values), encoder, factors };
}

/** By the first column in which they differ. */
function compareRows(a: readonly number[], b: readonly number[]): number {
  let f = 0;
  while (f < a.length && a[f] === b[f]) f++;
  return f === a.length ? 0 : a[f] - b[f];
}

function treeOptions({ minSamplesSplit = 4, maxDepth = Infinity }: MlOptions): {
  minNumSamples: number;
  maxDepth: number;
  gainThreshold: number;
} {
  checkInteger('minSamplesSplit', minSamplesSplit, 2);
  if (!(maxDepth >= 1)) throw new RangeError(`Expected \`maxDepth\` to be at least 1, got ${maxDepth}.`);
  return { minNumSamples: minSamplesSplit - 1, maxDepth, gainThreshold: 0 };
}

/** Its own 32-bit seed for each use. */
function seedOf(seed: number, use: number): number {
  const random = createRandom(seed);
  let word = 0;
  for (let k = 0; k <= use; k++) word = random.uint32();
  return word | 0;
}
