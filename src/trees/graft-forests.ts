import { type Forest, LEAF } from './forest.ts';

/**
 * One forest out of two of as many trees: tree t tests `feature` at its root, `x <= threshold` goes on in tree t of
 * `below`, the rest and a missing value in tree t of `above`. Output and cover of a root are those of its parts.
 *
 * @throws RangeError when the forests differ in columns, outputs or trees
 */
export function graftForests(feature: number, threshold: number, below: Forest, above: Forest): Forest {
  const { nFeatures, nOutputs } = below;
  const nTrees = below.roots.length;
  if (above.nFeatures !== nFeatures || above.nOutputs !== nOutputs || above.roots.length !== nTrees) {
    throw new RangeError(
      `Expected two forests of ${nFeatures} columns, ${nOutputs} outputs and ${nTrees} trees, got one of ${above.nFeatures}, ${above.nOutputs} and ${above.roots.length}.`,
    );
  }
  if (!Number.isInteger(feature) || feature < 0 || feature >= nFeatures) {
    throw new RangeError(`Expected \`feature\` from 0 to ${nFeatures - 1}, got ${feature}.`);
  }
  const nNodes = below.feature.length + above.feature.length + nTrees;
  const grafted: Forest = {
    nFeatures,
    nOutputs,
    roots: new Int32Array(nTrees),
    feature: new Int16Array(nNodes),
    threshold: new Float32Array(nNodes),
    left: new Int32Array(nNodes),
    missingLeft: new Uint8Array(nNodes),
    value: new Float32Array(nNodes * nOutputs),
    cover: new Float32Array(nNodes),
  };
  let next = 0;
  for (let t = 0; t < nTrees; t++) {
    const root = next;
    grafted.roots[t] = root;
    grafted.feature[root] = feature;
    grafted.threshold[root] = threshold;
    grafted.left[root] = root + 1;
    grafted.cover[root] = below.cover[below.roots[t]] + above.cover[above.roots[t]];
    // the two old roots stand side by side; whatever hangs below them follows
    next = copyBelow(above, t, root + 2, copyBelow(below, t, root + 1, root + 3, grafted), grafted);
  }
  return grafted;
}

/** Copies tree `t` with its root at `place` and its other nodes from `next` on; returns the next free node. */
function copyBelow(from: Forest, t: number, place: number, next: number, to: Forest): number {
  const { nOutputs } = from;
  const sources = [from.roots[t]];
  const places = [place];
  let free = next;
  // breadth first, so that children come after their parent and side by side
  for (let at = 0; at < sources.length; at++) {
    const source = sources[at];
    const target = places[at];
    to.feature[target] = from.feature[source];
    to.threshold[target] = from.threshold[source];
    to.missingLeft[target] = from.missingLeft[source];
    to.cover[target] = from.cover[source];
    for (let output = 0; output < nOutputs; output++) {
      to.value[target * nOutputs + output] = from.value[source * nOutputs + output];
    }
    if (from.feature[source] === LEAF) continue;
    to.left[target] = free;
    sources.push(from.left[source], from.left[source] + 1);
    places.push(free, free + 1);
    free += 2;
  }
  return free;
}
