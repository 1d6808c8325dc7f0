import { type Forest, LEAF } from './forest.ts';
import { FormatError, sectionOf, type TypedArray } from './forest-format.ts';

/** The sections of a forest, each name behind `prefix`. */
export function encodeForest(forest: Forest, prefix = ''): Record<string, TypedArray> {
  return {
    [`${prefix}shape`]: Int32Array.of(forest.nFeatures, forest.nOutputs),
    [`${prefix}roots`]: forest.roots,
    [`${prefix}feature`]: forest.feature,
    [`${prefix}threshold`]: forest.threshold,
    [`${prefix}left`]: forest.left,
    [`${prefix}missing_left`]: forest.missingLeft,
    [`${prefix}value`]: forest.value,
    [`${prefix}cover`]: forest.cover,
  };
}

/**
 * Forest over the sections that `encodeForest` made, nodes not copied.
 *
 * @throws FormatError when a section is absent or the trees are not well formed
 */
export function decodeForest(sections: Record<string, TypedArray>, prefix = ''): Forest {
  const shape = sectionOf(sections, `${prefix}shape`, Int32Array);
  if (shape.length !== 2) throw new FormatError(`Expected section \`${prefix}shape\` to hold two numbers.`);
  const forest: Forest = {
    nFeatures: shape[0],
    nOutputs: shape[1],
    roots: sectionOf(sections, `${prefix}roots`, Int32Array),
    feature: sectionOf(sections, `${prefix}feature`, Int16Array),
    threshold: sectionOf(sections, `${prefix}threshold`, Float32Array),
    left: sectionOf(sections, `${prefix}left`, Int32Array),
    missingLeft: sectionOf(sections, `${prefix}missing_left`, Uint8Array),
    value: sectionOf(sections, `${prefix}value`, Float32Array),
    cover: sectionOf(sections, `${prefix}cover`, Float32Array),
  };
  validateForest(forest);
  return forest;
}

/**
 * Checks what scoring relies on: every tree lies in its own range of nodes, every node but the root is the child of
 * exactly one earlier node, columns and values are in range. A forest that passes cannot loop or read out of bounds.
 *
 * @throws FormatError
 */
export function validateForest(forest: Forest): void {
  const { nFeatures, nOutputs, roots, feature, threshold, left, missingLeft, value, cover } = forest;
  const nNodes = feature.length;
  const nTrees = roots.length;
  if (!(nFeatures >= 0 && nFeatures <= 32767)) refuse(`\`nFeatures\` in 0 .. 32767, got ${nFeatures}`);
  if (!(nOutputs >= 1)) refuse(`\`nOutputs\` >= 1, got ${nOutputs}`);
  if (nTrees < 1 || roots[0] !== 0) refuse(`the first of at least one root at node 0, got ${roots[0]}`);
  const lengths = [threshold.length, left.length, missingLeft.length, cover.length, value.length / nOutputs];
  if (lengths.some((length) => length !== nNodes)) {
    refuse(`${nNodes} nodes in every section, got ${lengths.join(', ')}`);
  }
  const claimed = new Uint8Array((nNodes + 1) >> 1);
  for (let t = 0; t < nTrees; t++) {
    const root = roots[t];
    const end = t + 1 < nTrees ? roots[t + 1] : nNodes;
    if (!(root < end && end <= nNodes)) refuse(`tree ${t} to have nodes, got ${root} .. ${end}`);
    validateTree(forest, root, end, claimed);
  }
  for (let node = 0; node < nNodes; node++) {
    if (missingLeft[node] > 1)
      refuse(`missing-goes-left of 0 or 1 at node ${node}, got ${missingLeft[node]}`);
    if (!(cover[node] >= 0 && cover[node] < Infinity))
      refuse(`a finite cover at node ${node}, got ${cover[node]}`);
  }
  if (!allFinite(value)) refuse(`finite values, got ${value.find((number) => !Number.isFinite(number))}`);
}

/** A finite number times 0 is 0, any other NaN: sums without a branch, in four strands that do not wait for another. */
function allFinite(values: Float32Array): boolean {
  const n = values.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (; i < n; i++) a += values[i] * 0;
  return a + b + c + d === 0;
}

/** One tree in nodes root .. end - 1. `claimed` is scratch space of at least half as many entries. */
function validateTree(forest: Forest, root: number, end: number, claimed: Uint8Array): void {
  const { nFeatures, feature, threshold, left } = forest;
  claimed.fill(0, 0, (end - root + 1) >> 1);
  let nInner = 0;
  for (let node = root; node < end; node++) {
    const column = feature[node];
    if (column === LEAF) continue;
    nInner++;
    // Children come in pairs behind the root, so a left child is an odd number of nodes away from it.
    const distance = left[node] - root;
    if (column < 0 || column >= nFeatures)
      refuse(`a column below ${nFeatures} at node ${node}, got ${column}`);
    if (!(left[node] > node && left[node] + 1 < end))
      refuse(`the children of node ${node} behind it in its tree`);
    if ((distance & 1) === 0) refuse(`children in pairs, got a left child at ${distance}`);
    if (claimed[distance >> 1] === 1) refuse(`one parent for node ${left[node]}, got a second, ${node}`);
    // -Infinity is the threshold of a split that no finite value passes to the left.
    if (!(threshold[node] < Infinity))
      refuse(`a threshold below Infinity at node ${node}, got ${threshold[node]}`);
    claimed[distance >> 1] = 1;
  }
  if (end - root !== 2 * nInner + 1)
    refuse(`${2 * nInner + 1} nodes in the tree at ${root}, got ${end - root}`);
}

function refuse(expected: string): never {
  throw new FormatError(`Expected ${expected}.`);
}
