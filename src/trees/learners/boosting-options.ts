import type { BinnedMatrix } from '../growing/binning.ts';
import { checkAbove, checkInteger, checkSeed, type OnProgress } from '../growing/fit-inputs.ts';

/** What both boosted learners take. */
export interface BoostingOptions {
  /** Rounds; a round is one tree, or one tree per class. @default 100 */
  nEstimators?: number;
  /** Share of each tree's step that is taken, in (0, 1]. @default 0.1 */
  learningRate?: number;
  /** Longest way from the root to a leaf. @default 3 */
  maxDepth?: number;
  /** Fewest rows in a leaf. @default 1 */
  minSamplesLeaf?: number;
  /** Share of the rows that each round is fitted on, drawn without replacement, in (0, 1]. @default 1 */
  subsample?: number;
  /** Added to the weight of every leaf, >= 0: pulls leaves of little weight towards no step. */
  l2Regularization?: number;
  /** Weight of each row, >= 0; a row of weight 0 changes nothing. @default all 1 */
  sampleWeight?: ArrayLike<number>;
  /** Same data and seed give the same bytes. Only `subsample` below 1 uses it. @default 0 */
  seed?: number;
  onProgress?: OnProgress;
}

export interface CheckedBoostingOptions {
  readonly nEstimators: number;
  readonly learningRate: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly subsample: number;
  readonly l2: number;
  readonly seed: number;
}

export function checkBoostingOptions(options: BoostingOptions, defaultL2: number): CheckedBoostingOptions {
  const l2 = options.l2Regularization ?? defaultL2;
  if (!(l2 >= 0 && l2 < Infinity)) throw new RangeError(`Expected \`l2Regularization\` >= 0, got ${l2}.`);
  return {
    nEstimators: checkInteger('nEstimators', options.nEstimators ?? 100, 1),
    learningRate: checkAbove('learningRate', options.learningRate ?? 0.1, 0, 1),
    maxDepth: checkInteger('maxDepth', options.maxDepth ?? 3, 1),
    minSamplesLeaf: checkInteger('minSamplesLeaf', options.minSamplesLeaf ?? 1, 1),
    subsample: checkAbove('subsample', options.subsample ?? 1, 0, 1),
    l2,
    seed: checkSeed(options.seed ?? 0),
  };
}

/** Constraints of the coded columns, from those of all columns; undefined when there are none. */
export function monotoneColumns(
  constraints: ArrayLike<number> | undefined,
  binned: BinnedMatrix,
): Int8Array | undefined {
  if (constraints === undefined) return undefined;
  if (constraints.length !== binned.nFeatures) {
    throw new RangeError(
      `Expected \`monotoneConstraints\` to hold ${binned.nFeatures} values, got ${constraints.length}.`,
    );
  }
  for (let f = 0; f < constraints.length; f++) {
    if (constraints[f] !== 0 && Math.abs(constraints[f]) !== 1) {
      throw new RangeError(
        `Expected \`monotoneConstraints\` of -1, 0 or 1, got ${constraints[f]} for column ${f}.`,
      );
    }
  }
  const monotone = Int8Array.from(binned.columns, (f) => constraints[f]);
  return monotone.some((direction) => direction !== 0) ? monotone : undefined;
}
