import { type Forest, LEAF } from '../forest/forest.ts';
import { gaussLegendre, type Quadrature } from './gauss-legendre.ts';

/**
 * What the explanation of one tree needs beside the row, computed once per forest.
 *
 * Nodes are numbered within the tree from the root, 0, parents before children, siblings side by side. The edge
 * into a node carries the node's number. An edge tests the feature its parent splits on; of all edges of a path
 * that test the same feature, only the last counts, with the product of their shares: `share[node]`.
 */
export interface ShapTree {
  readonly nNodes: number;
  /** An even number of points, since sweeps take two at a time. */
  readonly quadrature: Quadrature;

  readonly nSplits: number;
  /**
   * (nSplits x 4) per split, parents first: the node; its left child, right being left + 1; the nearest edge above
   * that tests the same feature, or 0, the root, where there is none; the column. One array, since every sweep reads
   * all four together.
   */
  readonly splits: Int32Array;
  /** (nSplits,) */
  readonly splitThreshold: Float32Array;
  /** (nSplits,) 1 where a missing value goes left. */
  readonly splitMissingLeft: Uint8Array;

  /** (nNodes,) share of the parent's cover that came down this edge. */
  readonly ratio: Float64Array;
  /** (nNodes,) product of the ratios of this edge and of those above it that test the same feature; 1 at the root. */
  readonly share: Float64Array;
  /** (nPoints / 2 x nNodes x 2) 1 / (share (1 - t) + t) for pairs of points t. */
  readonly inverse: Float64Array;

  /** (nLeaves,) */
  readonly leafNode: Int32Array;
  /** (nLeaves x nOutputs) */
  readonly leafValue: Float64Array;
}

/** Outputs to explain instead of the forest's own, each a weighted sum of them: [output][own output]. */
export type OutputMix = readonly (readonly number[])[];

/** Tables of every tree of `forest`. */
export function shapTrees(forest: Forest, mix?: OutputMix): ShapTree[] {
  const rules = new Map<number, Quadrature>();
  return Array.from(forest.roots, (root) => shapTree(forest, root, rules, mix));
}

function shapTree(
  forest: Forest,
  root: number,
  rules: Map<number, Quadrature>,
  mix: OutputMix | undefined,
): ShapTree {
  const { feature, threshold, left, missingLeft, value, cover, nOutputs } = forest;

  // Number the nodes breadth first.
  const nodeOf = [root];
  const leftOf: number[] = [];
  const parentOf = [-1];
  for (let node = 0; node < nodeOf.length; node++) {
    const source = nodeOf[node];
    if (feature[source] === LEAF) {
      leftOf.push(-1);
      continue;
    }
    leftOf.push(nodeOf.length);
    nodeOf.push(left[source], left[source] + 1);
    parentOf.push(node, node);
  }
  const nNodes = nodeOf.length;
  const nLeaves = (nNodes + 1) / 2;
  const nSplits = nLeaves - 1;

  const splits = new Int32Array(4 * nSplits);
  const splitThreshold = new Float32Array(nSplits);
  const splitMissingLeft = new Uint8Array(nSplits);
  const ratio = new Float64Array(nNodes).fill(1);
  const share = new Float64Array(nNodes).fill(1);
  const leafNode = new Int32Array(nLeaves);
  const width = mix === undefined ? nOutputs : mix.length;
  const leafValue = new Float64Array(nLeaves * width);
  // Distinct features on the path from the root, this node's edge included.
  const nDistinct = new Int32Array(nNodes);
  let mostDistinct = 0;
  let s = 0;
  let leaf = 0;
  for (let node = 0; node < nNodes; node++) {
    const source = nodeOf[node];
    mostDistinct = Math.max(mostDistinct, nDistinct[node]);
    if (leftOf[node] < 0) {
      leafNode[leaf] = node;
      for (let o = 0; o < width; o++) {
        leafValue[leaf * width + o] =
          mix === undefined ? value[source * nOutputs + o] : mixed(mix[o], value, source * nOutputs);
      }
      leaf++;
      continue;
    }
    const child = leftOf[node];
    const previous = edgeAbove(forest, nodeOf, parentOf, node, feature[source]);
    splits[4 * s] = node;
    splits[4 * s + 1] = child;
    splits[4 * s + 2] = previous;
    splits[4 * s + 3] = feature[source];
    splitThreshold[s] = threshold[source];
    splitMissingLeft[s] = missingLeft[source];
    s++;
    const leftCover = cover[left[source]];
    const bothCovers = leftCover + cover[left[source] + 1];
    // A split that no training weight reached gives no opinion on where rows go: one half either way.
    ratio[child] = bothCovers > 0 ? leftCover / bothCovers : 0.5;
    ratio[child + 1] = 1 - ratio[child];
    for (let edge = child; edge <= child + 1; edge++) {
      share[edge] = share[previous] * ratio[edge];
      nDistinct[edge] = nDistinct[node] + (previous === 0 ? 1 : 0);
    }
  }

  // The integrand of a path with d distinct features has degree d - 1, which d / 2 points integrate exactly.
  const nPairs = Math.max(1, Math.ceil(mostDistinct / 4));
  const quadrature = rules.get(nPairs) ?? gaussLegendre(2 * nPairs);
  rules.set(nPairs, quadrature);
  const inverse = new Float64Array(2 * nPairs * nNodes);
  for (let pair = 0; pair < nPairs; pair++) {
    for (let node = 0; node < nNodes; node++) {
      for (let k = 0; k < 2; k++) {
        const t = quadrature.points[2 * pair + k];
        inverse[2 * (pair * nNodes + node) + k] = 1 / (share[node] * (1 - t) + t);
      }
    }
  }
  return {
    nNodes,
    quadrature,
    nSplits,
    splits,
    splitThreshold,
    splitMissingLeft,
    ratio,
    share,
    inverse,
    leafNode,
    leafValue,
  };
}

function mixed(weights: readonly number[], value: Float32Array, at: number): number {
  let sum = 0;
  for (let c = 0; c < weights.length; c++) sum += weights[c] * value[at + c];
  return sum;
}

/** Lowest edge on the way from `node` to the root whose split tests `column`; 0 where there is none. */
function edgeAbove(
  forest: Forest,
  nodeOf: readonly number[],
  parentOf: readonly number[],
  node: number,
  column: number,
): number {
  let edge = node;
  while (edge > 0 && forest.feature[nodeOf[parentOf[edge]]] !== column) edge = parentOf[edge];
  return edge;
}
