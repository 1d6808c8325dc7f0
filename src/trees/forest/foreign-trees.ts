import { float32AtMost, float32Below } from '../float32.ts';
import { type Forest, LEAF } from './forest.ts';

/** One tree as another library writes it: parallel arrays, entry `i` describes node `i`, node 0 is the root. */
export interface ForeignTree {
  /** (nNodes,) column tested; any value in a leaf. */
  readonly feature: ArrayLike<number>;
  /** (nNodes,) */
  readonly threshold: ArrayLike<number>;
  /** (nNodes,) index of the left child, negative in a leaf. */
  readonly left: ArrayLike<number>;
  /** (nNodes,) index of the right child, negative in a leaf. */
  readonly right: ArrayLike<number>;
  /** (nNodes x nOutputs) outputs of the leaves; inner nodes may hold anything. */
  readonly value: ArrayLike<number>;
  /** (nNodes,) training weight that reached the node. */
  readonly cover: ArrayLike<number>;
  /** (nNodes,) 1 where a missing value goes left. @default all 0 */
  readonly missingLeft?: ArrayLike<number>;
  /** (nColumnsOfTree,) column of the data behind each column of the tree. @default the same */
  readonly features?: ArrayLike<number>;
}

export interface ForeignTreesOptions {
  readonly nFeatures: number;
  /** @default 1 */
  readonly nOutputs?: number;
  /**
   * Comparison that sends a value left: `<=` in scikit-learn, `<` in XGBoost and ml-cart. Thresholds are doubles;
   * they are moved to the float32 for which `<=` sends every float32 value the same way.
   */
  readonly leftWhen: '<=' | '<';
}

/**
 * Reads trees of another library into a `Forest`: children side by side, after their parent.
 *
 * @throws RangeError when a child index, a column, a threshold, a cover or a leaf value is not usable, or when nodes
 * are shared between parents
 */
export function readForeignTrees(trees: readonly ForeignTree[], options: ForeignTreesOptions): Forest {
  const { nFeatures, nOutputs = 1, leftWhen } = options;
  const toThreshold = leftWhen === '<' ? float32Below : float32AtMost;
  const orders = trees.map((tree, t) => nodesBreadthFirst(tree, t));
  const nNodes = orders.reduce((sum, order) => sum + order.length, 0);
  const forest = {
    nFeatures,
    nOutputs,
    roots: new Int32Array(trees.length),
    feature: new Int16Array(nNodes).fill(LEAF),
    threshold: new Float32Array(nNodes),
    left: new Int32Array(nNodes),
    missingLeft: new Uint8Array(nNodes),
    value: new Float32Array(nNodes * nOutputs),
    cover: new Float32Array(nNodes),
  };
  let first = 0;
  for (let t = 0; t < trees.length; t++) {
    const tree = trees[t];
    const order = orders[t];
    forest.roots[t] = first;
    // Breadth first, every split takes the next two places.
    let nextChild = first + 1;
    for (let p = 0; p < order.length; p++) {
      const node = order[p];
      const to = first + p;
      forest.cover[to] = checked(tree.cover[node], 'cover', t, node, tree.cover[node] >= 0);
      if (tree.left[node] < 0) {
        for (let c = 0; c < nOutputs; c++) {
          forest.value[to * nOutputs + c] = checked(tree.value[node * nOutputs + c], 'value', t, node);
        }
        continue;
      }
      const own = tree.feature[node];
      const column = tree.features === undefined ? own : tree.features[own];
      const isColumn = Number.isInteger(column) && column >= 0 && column < nFeatures;
      forest.feature[to] = checked(column, 'feature', t, node, isColumn);
      forest.threshold[to] = toThreshold(checked(tree.threshold[node], 'threshold', t, node));
      forest.missingLeft[to] = tree.missingLeft?.[node] ? 1 : 0;
      forest.left[to] = nextChild;
      nextChild += 2;
    }
    first += order.length;
  }
  return forest;
}

/** Node indices of one tree, breadth first. */
function nodesBreadthFirst(tree: ForeignTree, t: number): number[] {
  const nNodes = tree.left.length;
  const order = [0];
  for (let p = 0; p < order.length; p++) {
    const node = order[p];
    if (tree.left[node] < 0) continue;
    for (const child of [tree.left[node], tree.right[node]]) {
      checked(child, 'child', t, node, Number.isInteger(child) && child > 0 && child < nNodes);
      order.push(child);
    }
    if (order.length > nNodes)
      throw new RangeError(`Expected tree ${t} to reach every node once, got a cycle.`);
  }
  return order;
}

function checked(value: number, what: string, t: number, node: number, isGood = true): number {
  if (isGood && Number.isFinite(value)) return value;
  throw new RangeError(`Expected a usable ${what} at node ${node} of tree ${t}, got ${value}.`);
}
