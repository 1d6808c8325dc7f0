import type { Forest } from '../forest/forest.ts';
import { ShapMemory } from './shap-memory.ts';
import { type OutputMix, type ShapTree, shapTrees } from './shap-tables.ts';

// Exact path-dependent TreeSHAP. A leaf of value v whose path tests d distinct features gives feature j
//
//   v (o_j - z_j) * sum over subsets S of the others: |S|! (d-1-|S|)! / d! * prod_S o * prod_notS z
//
// with o_k = 1 where the row meets every condition on k, else 0, and z_k the share of training weight that does.
// The weights are Beta integrals, so the sum is the integral over t in (0, 1) of prod_{k != j} (z_k (1-t) + o_k t):
// a polynomial of degree d - 1, which ceil(d / 2) Gauss-Legendre points integrate exactly. At one point t, with P
// the product over all k, the contribution is v P (o_j - z_j) / (z_j (1-t) + o_j t), and the fraction is
// (1/f - 1) / (1-t) with f = z_j (1-t) + t where o_j = 1, or -1 / (1-t) where o_j = 0. That lets all leaves below an
// edge share the work: a sweep down the tree forms P / (1-t), a sweep up adds v P / (1-t) and credits each edge with
// the change it makes over the edge above it that tests the same feature. O(nodes x points) a tree, no path is ever
// unwound, and every factor is positive. The sweeps are compiled: src/trees/kernel/shap.ts.
//
// Lundberg et al. Consistent Individualized Feature Attribution for Tree Ensembles. https://arxiv.org/abs/1802.03888
// Yu et al. Linear TreeShap. NeurIPS 2022. https://arxiv.org/abs/2209.08192

/**
 * Explains rows of one forest. Preparing it costs about as much as a few explanations and holds some 50 to 150
 * bytes per node, so keep it beside the forest it explains. Not for use by two threads at once: it owns scratch
 * memory.
 */
export class TreeExplainer {
  readonly nFeatures: number;
  readonly nOutputs: number;
  readonly nTrees: number;
  /** (nOutputs,) sum over the trees of their cover-weighted mean leaf. */
  readonly base: Float64Array;
  readonly #memory: ShapMemory;

  /**
   * `mix` explains weighted sums of the outputs instead of each output: `[[0.01, 0, 0.005, 0]]` gives p_0 + 0.5 p_2
   * of a forest that averages 100 trees, in about 0.6 of the time of its four classes.
   *
   * @throws RangeError when an entry of `mix` has not one weight per output
   */
  constructor(forest: Forest, mix?: OutputMix) {
    for (const weights of mix ?? []) {
      if (weights.length !== forest.nOutputs) {
        throw new RangeError(`Expected ${forest.nOutputs} weights per mixed output, got ${weights.length}.`);
      }
    }
    this.nFeatures = forest.nFeatures;
    this.nOutputs = mix?.length ?? forest.nOutputs;
    this.nTrees = forest.roots.length;
    const trees = shapTrees(forest, mix);
    this.#memory = new ShapMemory(trees, this.nFeatures, this.nOutputs);
    this.base = new Float64Array(this.nOutputs);
    for (const tree of trees) this.#addBase(tree);
  }

  /**
   * Adds the contributions of `nRows` rows of `data`, the first at `row`, to `out` (nRows x nFeatures x nOutputs)
   * from `outOffset` on. Contributions of a row plus `base` equal the sum of the leaves it falls into; a forest
   * that averages its trees divides both by `nTrees`. Trees firstTree .. endTree - 1 only, for callers that yield to
   * the event loop in between.
   */
  addRows(
    data: Float32Array,
    row: number,
    nRows: number,
    out: Float64Array,
    outOffset = 0,
    firstTree = 0,
    endTree = this.nTrees,
  ): void {
    this.#memory.addRows(data, row, nRows, out, outOffset, firstTree, endTree);
  }

  #addBase(tree: ShapTree): void {
    const { nNodes, nSplits, splits, ratio, leafNode, leafValue } = tree;
    const reach = new Float64Array(nNodes);
    reach[0] = 1;
    for (let p = 0; p < 4 * nSplits; p += 4) {
      const left = splits[p + 1];
      reach[left] = reach[splits[p]] * ratio[left];
      reach[left + 1] = reach[splits[p]] * ratio[left + 1];
    }
    for (let leaf = 0; leaf < leafNode.length; leaf++) {
      for (let c = 0; c < this.nOutputs; c++) {
        this.base[c] += reach[leafNode[leaf]] * leafValue[leaf * this.nOutputs + c];
      }
    }
  }
}
