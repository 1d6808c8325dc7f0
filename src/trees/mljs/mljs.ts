import { DecisionTreeClassifier, DecisionTreeRegression } from 'ml-cart';
import { RandomForestClassifier as MlRandomForest } from 'ml-random-forest';
import type { Forest } from '../forest/forest.ts';
import { checkAbove, checkInteger, checkLabels, checkTargets } from '../growing/fit-inputs.ts';
import type { Matrix } from '../matrix.ts';
import { createRandom } from '../random.ts';
import { MlRows, stratifiedSample, targetTenths } from './ml-sample.ts';
import { readMlTrees } from './ml-trees.ts';

// ml-random-forest and ml-cart as trainers: they grow the trees, which are then read into a `Forest` and scored,
// stored and explained like any other. What to mind:
// - a node tries every pair of neighbours with different targets in every column, at O(n) each: the time grows with
//   rows^2 x columns x trees, so they train on a bounded sample;
// - the random forest draws its columns per tree, not per node, so a tree needs a fair part of them;
// - its `maxSamples` keeps the first rows, its `predictProbability` starts the sum of votes from the first tree's
//   label, `maxFeatures: 1` means all columns, and without a seed it takes one from the clock: none of these is used.

/**
 * Most (trees x columns per tree x rows^2) that one fit may come to: 1 to 3.5 seconds of CPU here, labels of pure
 * noise, which grow the deepest trees, included. Fixed by count and not by the clock, so that the same data and seed
 * give the same trees everywhere.
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
  /** Longest way from the root to a leaf. @default unbounded; 3 for the boosted regressor */
  readonly maxDepth?: number;
}

export interface MlForestOptions extends MlOptions {
  /** Number of classes; labels are 0 .. nClasses - 1. @default largest label + 1 */
  readonly nClasses?: number;
}

export interface MlRandomForestOptions extends MlForestOptions {
  /** @default 25 */
  readonly nEstimators?: number;
  /** Share of the columns that each tree sees, in (0, 1]. @default 0.4 */
  readonly maxFeatures?: number;
}

export interface MlBoostingOptions extends MlOptions {
  /** @default 30 */
  readonly nEstimators?: number;
  /** Share of each tree's correction that is kept, in (0, 1]. @default 0.2 */
  readonly learningRate?: number;
}

export interface MlFit {
  readonly forest: Forest;
  /** Rows of the training data that were drawn, ascending. */
  readonly rows: Int32Array;
  /** What the library itself answers for rows: its labels or values. Slow; to check that the forest agrees. */
  readonly libraryPredict: (X: Matrix) => number[];
}

/**
 * Random forest of ml-random-forest. A leaf votes for its most frequent class, as in the library, so that
 * probabilities are shares of votes; the library breaks a tie of votes by the order of its trees.
 *
 * @throws RangeError when an option, a label or a length is out of range
 */
export function fitMlRandomForest(X: Matrix, y: Int32Array, options: MlRandomForestOptions = {}): MlFit {
  const { nEstimators = 25, maxFeatures = 0.4, seed = 0 } = options;
  const nClasses = checkLabels(y, X.nSamples, options.nClasses);
  checkInteger('nEstimators', nEstimators, 1);
  checkAbove('maxFeatures', maxFeatures, 0, 1);
  const nColumns = Math.max(1, Math.round(maxFeatures * X.nFeatures));
  const sample = drawSample(X, y, nEstimators * nColumns, options);
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
  library.train(
    sample.values,
    Array.from(sample.rows, (i) => y[i]),
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
      out[shares.indexOf(Math.max(...shares))] = 1;
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
  const sample = drawSample(X, y, X.nFeatures, options);
  const library = new DecisionTreeClassifier(treeOptions(options));
  library.train(
    sample.values,
    Array.from(sample.rows, (i) => y[i]),
  );
  const forest = readMlTrees([library.toJSON()], {
    nFeatures: X.nFeatures,
    nOutputs: nClasses,
    rows: sample.values,
    // The library lists classes up to the largest in the leaf; the others have a share of 0.
    leaf: (shares, out) => out.set(shares),
  });
  return { forest, rows: sample.rows, libraryPredict: (rows) => library.predict(sample.encoder.of(rows)) };
}

/** A boosted regressor over trees of ml-cart: output = `baseScore` + sum of the leaves. */
export interface MlBoostedFit extends MlFit {
  /** Mean target of the rows drawn. */
  readonly baseScore: number;
}

/**
 * Small boosted regressor over trees of ml-cart for squared error: each tree is fitted to what those before it left
 * over. Rows are drawn from tenths of the target, so that its rare ends are not lost.
 *
 * @throws RangeError when an option, a target or a length is out of range
 */
export function fitMlBoostedRegressor(
  X: Matrix,
  y: ArrayLike<number>,
  options: MlBoostingOptions = {},
): MlBoostedFit {
  const { nEstimators = 30, learningRate = 0.2, maxDepth = 3 } = options;
  checkTargets(y, X.nSamples);
  checkInteger('nEstimators', nEstimators, 1);
  checkAbove('learningRate', learningRate, 0, 1);
  const sample = drawSample(X, targetTenths(y), nEstimators * X.nFeatures, options);
  const targets = Array.from(sample.rows, (i) => y[i]);
  const baseScore = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const output = targets.map(() => baseScore);
  const trees: DecisionTreeRegression[] = [];
  for (let t = 0; t < nEstimators; t++) {
    const tree = new DecisionTreeRegression(treeOptions({ ...options, maxDepth }));
    tree.train(
      sample.values,
      targets.map((target, i) => target - output[i]),
    );
    const corrections = tree.predict(sample.values);
    for (let i = 0; i < output.length; i++) output[i] += learningRate * corrections[i];
    trees.push(tree);
  }
  const forest = readMlTrees(
    trees.map((tree) => tree.toJSON()),
    {
      nFeatures: X.nFeatures,
      nOutputs: 1,
      rows: sample.values,
      leaf: ([mean], out) => {
        out[0] = learningRate * mean;
      },
    },
  );
  const libraryPredict = (rows: Matrix): number[] => {
    const values = sample.encoder.of(rows);
    const sums = values.map(() => baseScore);
    for (const tree of trees) {
      tree.predict(values).forEach((correction, i) => {
        sums[i] += learningRate * correction;
      });
    }
    return sums;
  };
  return { forest, rows: sample.rows, baseScore, libraryPredict };
}

interface Sample {
  readonly rows: Int32Array;
  readonly values: number[][];
  readonly encoder: MlRows;
}

/** Draws as many rows as `columnsTried`, summed over all trees, leaves time for. */
function drawSample(
  X: Matrix,
  strata: ArrayLike<number>,
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
  const rows = stratifiedSample(strata, { maxRows: bound, sampleWeight, seed: seedOf(seed, 0) });
  if (rows.length === 0) throw new RangeError('Expected at least one row with weight, got 0.');
  const encoder = new MlRows(X, rows);
  return { rows, values: encoder.of(X, rows), encoder };
}

function treeOptions({ minSamplesSplit = 4, maxDepth = Infinity }: MlOptions): {
  minNumSamples: number;
  maxDepth: number;
} {
  checkInteger('minSamplesSplit', minSamplesSplit, 2);
  if (!(maxDepth >= 1)) throw new RangeError(`Expected \`maxDepth\` to be at least 1, got ${maxDepth}.`);
  return { minNumSamples: minSamplesSplit - 1, maxDepth };
}

/** A 32-bit seed of its own for each use. */
function seedOf(seed: number, use: number): number {
  const random = createRandom(seed);
  let word = 0;
  for (let k = 0; k <= use; k++) word = random.uint32();
  return word | 0;
}
