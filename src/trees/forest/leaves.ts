import { type Forest, LEAF } from './forest.ts';

/**
 * Writes the leaf that one row ends in, for each of the first `nTrees` trees, to `out` from `outOffset` on: nodes
 * counted from the root of their tree. A walk for what is asked now and then; scoring has its own.
 */
export function writeLeaves(
  forest: Forest,
  nTrees: number,
  row: Float32Array,
  offset: number,
  out: Int32Array,
  outOffset: number,
): void {
  const { roots, feature, threshold, left, missingLeft } = forest;
  for (let t = 0; t < nTrees; t++) {
    const root = roots[t];
    let node = root;
    for (let f = feature[node]; f !== LEAF; f = feature[node]) {
      const value = row[offset + f];
      const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= threshold[node];
      node = goesLeft ? left[node] : left[node] + 1;
    }
    out[outOffset + t] = node - root;
  }
}
