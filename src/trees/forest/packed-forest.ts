import { type Forest, LEAF } from './forest.ts';

/** Bytes of a node, and of one column's keys in a group of eight rows. */
export const NODE_BYTES = 8;
export const COLUMN_BYTES = 32;
const LARGEST_KEY = 0x7fffffff;
const SMALLEST_KEY = -0x80000000;

/** How the link of a node is made: place << shift | column; see src/trees/kernel/scoring.ts. */
export interface PackedLayout {
  /** Bytes from a column's keys to its second ones, those that send a missing value right: a power of two. */
  readonly missingBytes: number;
  /** Width of the part that names a column. */
  readonly shift: number;
}

/** Room for a column 0 that no row has, for all columns, and for all of them again. */
export function packedLayout(nFeatures: number): PackedLayout {
  const bits = 32 - Math.clz32((nFeatures + 1) * COLUMN_BYTES - 1);
  return { missingBytes: 2 ** bits, shift: bits + 1 };
}

/**
 * Whether every node of the forest can be linked in 32 bits: 2 million nodes a tree at 28 columns, half a million at
 * 90, 8,000 at 4,000.
 */
export function fitsPacked(forest: Forest): boolean {
  const { feature, left } = forest;
  const { shift } = packedLayout(forest.nFeatures);
  // Addresses and lengths stay below 2 GB.
  if (shift > 31 || forest.value.length * 4 + feature.length * NODE_BYTES > 2 ** 31) return false;
  const limit = 2 ** (32 - shift);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] !== LEAF && left[node] - node >= limit) return false;
  }
  return true;
}

/** Leaves of the forest. */
export function countLeaves(forest: Forest): number {
  return (forest.feature.length + forest.roots.length) >> 1;
}

/**
 * Writes the nodes in their order to `nodes` (2 x nNodes), the values of leaves of several outputs one after the other
 * to `values` (nLeaves x nOutputs), and to `steps` (nTrees,) how far an average training row walks in each tree.
 */
export function packForest(forest: Forest, nodes: Int32Array, values: Float32Array, steps: Int32Array): void {
  const { feature, threshold, value, roots } = forest;
  const bits = {
    thresholds: new Int32Array(threshold.buffer, threshold.byteOffset, threshold.length),
    values: new Int32Array(value.buffer, value.byteOffset, value.length),
  };
  const depth = new Int32Array(feature.length);
  let nLeaves = 0;
  for (let t = 0; t < roots.length; t++) {
    const end = t + 1 < roots.length ? roots[t + 1] : feature.length;
    nLeaves = packNodes(forest, bits, roots[t], end, nodes, values, nLeaves, depth);
    steps[t] = averageWalk(forest, roots[t], end, depth);
  }
}

/** Packs nodes start .. end - 1, a tree, and writes to `depth` how deep each lies. @returns leaves so far */
function packNodes(
  { feature, left, missingLeft, value, nFeatures, nOutputs }: Forest,
  bits: { readonly thresholds: Int32Array; readonly values: Int32Array },
  start: number,
  end: number,
  nodes: Int32Array,
  values: Float32Array,
  nLeavesBefore: number,
  depth: Int32Array,
): number {
  const { missingBytes, shift } = packedLayout(nFeatures);
  let nLeaves = nLeavesBefore;
  for (let node = start; node < end; node++) {
    const column = feature[node];
    if (column === LEAF) {
      nodes[2 * node] = nOutputs === 1 ? bits.values[node] : nLeaves;
      nodes[2 * node + 1] = 0;
      if (nOutputs > 1) {
        for (let o = 0; o < nOutputs; o++) values[nLeaves * nOutputs + o] = value[node * nOutputs + o];
      }
      nLeaves++;
      continue;
    }
    const child = left[node];
    depth[child] = depth[node] + 1;
    depth[child + 1] = depth[node] + 1;
    nodes[2 * node] = keyOfBits(bits.thresholds[node]);
    const place = (1 + column) * COLUMN_BYTES + (missingLeft[node] === 1 ? 0 : missingBytes);
    nodes[2 * node + 1] = ((child - node) << shift) | place;
  }
  return nLeaves;
}

/** Steps from the root to its leaf that an average training row takes in the tree of nodes start .. end - 1. */
function averageWalk({ feature, cover }: Forest, start: number, end: number, depth: Int32Array): number {
  let total = 0;
  let walked = 0;
  for (let node = start; node < end; node++) {
    if (feature[node] !== LEAF) continue;
    total += cover[node];
    walked += cover[node] * depth[node];
  }
  return total > 0 ? Math.round(walked / total) : 0;
}

/** Key of the bits of a float: an int32 that orders as the float does, -0 as 0. */
function keyOfBits(bits: number): number {
  return bits === SMALLEST_KEY ? 0 : bits ^ ((bits >> 31) & LARGEST_KEY);
}
