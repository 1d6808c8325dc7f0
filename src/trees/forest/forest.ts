/** Value of `feature` in a leaf. */
export const LEAF = -1;

/**
 * Fitted binary trees as parallel arrays: entry `i` of every array describes node `i`.
 *
 * Children come after their parent and side by side: right = left + 1. A value goes left when
 * `x[feature] <= threshold`, or, if it is missing, when `missingLeft` is 1.
 * In leaves `threshold` and `left` are 0 and have no meaning. Values of inner nodes have no meaning.
 */
export interface Forest {
  readonly nFeatures: number;
  /** Numbers per leaf: nClasses for a classifier, 1 for a regressor or an isolation depth. */
  readonly nOutputs: number;
  /** (nTrees,) node index of each root. */
  readonly roots: Int32Array;
  /** (nNodes,) column tested, or LEAF. */
  readonly feature: Int16Array;
  /** (nNodes,) */
  readonly threshold: Float32Array;
  /** (nNodes,) left child; the right child is left + 1. */
  readonly left: Int32Array;
  /** (nNodes,) 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** (nNodes x nOutputs) class probabilities, margin contribution, or path length. */
  readonly value: Float32Array;
  /** (nNodes,) weight of the training rows that reached the node. */
  readonly cover: Float32Array;
}
