import type { Forest } from '../forest/forest.ts';
import { Matrix } from '../matrix.ts';
import { TreeExplainer } from './tree-explainer.ts';

/** Contributions of one row. */
export interface Explanation {
  /** (nFeatures x nOutputs) what each column adds to each output. */
  readonly contributions: Float64Array;
  /** (nOutputs,) output expected before any column is known: the cover-weighted mean of the leaves. */
  readonly base: Float64Array;
}

// A fitted forest never changes, so its explainer can be kept as long as the forest lives.
const explainers = new WeakMap<Forest, TreeExplainer>();

/** The explainer of `forest`, prepared at the first call. */
export function explainerOf(forest: Forest): TreeExplainer {
  let explainer = explainers.get(forest);
  if (explainer === undefined) {
    explainer = new TreeExplainer(forest);
    explainers.set(forest, explainer);
  }
  return explainer;
}

/**
 * Exact path-dependent Shapley values of one row `x` (nFeatures,), NaN where a value is missing.
 *
 * For every output: contributions plus base equal the sum of the leaves the row falls into, within 1e-9 of the
 * sum of their magnitudes. Values are rounded to float32 first, as in scoring.
 *
 * @throws RangeError when `x` has not one value per column
 *
 * @see Lundberg et al. From Local Explanations to Global Understanding with Explainable AI for Trees. Nature Machine
 * Intelligence 2, 2020. https://doi.org/10.1038/s42256-019-0138-9
 */
export function treeShap(forest: Forest, x: ArrayLike<number>): Explanation {
  if (x.length !== forest.nFeatures) {
    throw new RangeError(`Expected a row with ${forest.nFeatures} columns, got ${x.length}.`);
  }
  const row = x instanceof Float32Array ? x : Float32Array.from(x);
  return treeShapRows(forest, Matrix.from(row, 1, x.length));
}

/** `treeShap` of every row of `X`: `contributions` is (nSamples x nFeatures x nOutputs). */
export function treeShapRows(forest: Forest, X: Matrix): Explanation {
  if (X.nFeatures !== forest.nFeatures) {
    throw new RangeError(`Expected a matrix with ${forest.nFeatures} columns, got ${X.nFeatures}.`);
  }
  const explainer = explainerOf(forest);
  const contributions = new Float64Array(X.nSamples * X.nFeatures * forest.nOutputs);
  explainer.addRows(X.data, 0, X.nSamples, contributions);
  return { contributions, base: explainer.base.slice() };
}
