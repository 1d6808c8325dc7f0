import type { Forest } from './forest.ts';
import { Matrix } from './matrix.ts';
import { type ShapTree, shapTrees } from './shap-tables.ts';

// Exact path-dependent TreeSHAP. A leaf of value v whose path tests d distinct features gives feature j
//
//   v (o_j - z_j) * sum over subsets S of the others: |S|! (d-1-|S|)! / d! * prod_S o * prod_notS z
//
// with o_k = 1 where the row meets every condition on k, else 0, and z_k the share of training weight that does.
// The weights are Beta integrals, so the sum is the integral over t in (0, 1) of prod_{k != j} (z_k (1-t) + o_k t):
// a polynomial of degree d - 1, which ceil(d / 2) Gauss-Legendre points integrate exactly. At one point t, with P
// the product over all k, the contribution is v P (o_j - z_j) / (z_j (1-t) + o_j t). That lets all leaves below an
// edge share the work: a sweep down the tree forms P, a sweep up adds v P and credits each edge with the change it
// makes over the edge above it that tests the same feature. O(nodes x points) a tree, no path is ever unwound, and
// every factor is positive, so nothing cancels.
//
// Lundberg et al. Consistent Individualized Feature Attribution for Tree Ensembles. https://arxiv.org/abs/1802.03888
// Yu et al. Linear TreeShap. NeurIPS 2022. https://arxiv.org/abs/2209.08192

/** Contributions of one row. */
export interface Explanation {
  /** (nFeatures x nOutputs) what each column adds to each output. */
  readonly contributions: Float64Array;
  /** (nOutputs,) output expected before any column is known: the cover-weighted mean of the leaves. */
  readonly base: Float64Array;
}

/** Entry of `hot` for a split whose feature the row has already failed above: both sides are off its way. */
const OFF = -1;

/**
 * Explains rows of one forest. Preparing it costs about as much as a few explanations and holds some 30 to 150
 * bytes per node, so keep it beside the forest it explains. Not for use by two threads at once: it owns scratch
 * memory.
 */
export class TreeExplainer {
  readonly nFeatures: number;
  readonly nOutputs: number;
  readonly nTrees: number;
  /** (nOutputs,) sum over the trees of their cover-weighted mean leaf. */
  readonly base: Float64Array;
  readonly #trees: readonly ShapTree[];
  readonly #hot: Int32Array; // (most splits,) the child the row is in, or OFF
  readonly #isLive: Uint8Array; // (most nodes,) 1 where the row meets every condition on the edge's feature so far
  readonly #mass: Float64Array; // (most nodes,) P down to the node
  readonly #below: Float64Array; // (most nodes x nOutputs) sum of v P over the leaves below

  constructor(forest: Forest) {
    this.nFeatures = forest.nFeatures;
    this.nOutputs = forest.nOutputs;
    this.nTrees = forest.roots.length;
    this.#trees = shapTrees(forest);
    const mostNodes = this.#trees.reduce((most, tree) => Math.max(most, tree.nNodes), 1);
    this.#hot = new Int32Array(mostNodes);
    this.#isLive = new Uint8Array(mostNodes);
    this.#mass = new Float64Array(mostNodes);
    this.#below = new Float64Array(forest.nOutputs === 1 ? 0 : mostNodes * forest.nOutputs);
    this.base = new Float64Array(forest.nOutputs);
    for (const tree of this.#trees) this.#addBase(tree);
  }

  /**
   * Adds the contributions of `nRows` rows of `data`, the first at `row`, to `out` (nRows x nFeatures x nOutputs)
   * from `outOffset` on. Contributions of a row plus `base` equal the sum of the leaves it falls into; a forest
   * that averages its trees divides both by `nTrees`.
   */
  addRows(data: Float32Array, row: number, nRows: number, out: Float64Array, outOffset = 0): void {
    const { nFeatures, nOutputs } = this;
    // Trees outside, rows inside: the tables of a tree stay in cache while all rows pass through it.
    for (const tree of this.#trees) {
      for (let i = 0; i < nRows; i++) {
        this.#decide(tree, data, row + i * nFeatures);
        const to = outOffset + i * nFeatures * nOutputs;
        if (nOutputs === 1) this.#addOne(tree, out, to);
        else this.#addMany(tree, out, to);
      }
    }
  }

  /** Finds at every split the child the row is in, or that the feature is out of the running. */
  #decide(tree: ShapTree, data: Float32Array, row: number): void {
    const { splitLeft, splitPrevious, splitFeature, splitThreshold, splitMissingLeft } = tree;
    const hot = this.#hot;
    const isLive = this.#isLive;
    const nSplits = splitLeft.length;
    isLive[0] = 1;
    for (let s = 0; s < nSplits; s++) {
      const left = splitLeft[s];
      if (isLive[splitPrevious[s]] === 0) {
        isLive[left] = 0;
        isLive[left + 1] = 0;
        hot[s] = OFF;
        continue;
      }
      const x = data[row + splitFeature[s]];
      // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself
      const goesLeft = x <= splitThreshold[s] || (x !== x && splitMissingLeft[s] === 1) ? 1 : 0;
      isLive[left] = goesLeft;
      isLive[left + 1] = 1 - goesLeft;
      hot[s] = left + 1 - goesLeft;
    }
  }

  /** Adds the contributions of one tree with one output, once `#decide` has run. */
  #addOne(tree: ShapTree, out: Float64Array, to: number): void {
    const { nNodes, splitNode, splitLeft, splitPrevious, splitFeature, ratio, share, inverse } = tree;
    const { leafNode, leafValue } = tree;
    const { points, weights } = tree.quadrature;
    const hot = this.#hot;
    const mass = this.#mass;
    const nSplits = splitNode.length;
    const nLeaves = leafNode.length;
    for (let q = 0; q < points.length; q++) {
      const t = points[q];
      const rest = 1 - t;
      const coldGain = 1 / rest;
      const at = q * nNodes;

      // Down: a child's P is its parent's with the factor of the feature's edge above exchanged for its own.
      mass[0] = weights[q];
      for (let s = 0; s < nSplits; s++) {
        const left = splitLeft[s];
        const child = hot[s];
        const parentMass = mass[splitNode[s]];
        if (child === OFF) {
          mass[left] = parentMass * ratio[left];
          mass[left + 1] = parentMass * ratio[left + 1];
        } else {
          const cold = left + left + 1 - child;
          const open = parentMass * inverse[at + splitPrevious[s]];
          mass[child] = open * (share[child] * rest + t);
          mass[cold] = open * share[cold] * rest;
        }
      }
      for (let leaf = 0; leaf < nLeaves; leaf++) mass[leafNode[leaf]] *= leafValue[leaf];

      // Up: from here on `mass` of a node is the sum of v P over the leaves below it.
      for (let s = nSplits - 1; s >= 0; s--) {
        const left = splitLeft[s];
        const child = hot[s];
        const leftMass = mass[left];
        const rightMass = mass[left + 1];
        mass[splitNode[s]] = leftMass + rightMass;
        if (child === OFF) continue;
        const previous = splitPrevious[s];
        const before = (1 - share[previous]) * inverse[at + previous];
        const hotGain = (1 - share[child]) * inverse[at + child] - before;
        const hotMass = child === left ? leftMass : rightMass;
        const coldMass = child === left ? rightMass : leftMass;
        out[to + splitFeature[s]] += hotMass * hotGain - coldMass * (coldGain + before);
      }
    }
  }

  /** As `#addOne` for trees with several outputs, which share the way down. */
  #addMany(tree: ShapTree, out: Float64Array, to: number): void {
    const { nNodes, splitNode, splitLeft, splitPrevious, splitFeature, ratio, share, inverse } = tree;
    const { leafNode, leafValue } = tree;
    const { points, weights } = tree.quadrature;
    const nOutputs = this.nOutputs;
    const hot = this.#hot;
    const mass = this.#mass;
    const below = this.#below;
    const nSplits = splitNode.length;
    const nLeaves = leafNode.length;
    for (let q = 0; q < points.length; q++) {
      const t = points[q];
      const rest = 1 - t;
      const coldGain = 1 / rest;
      const at = q * nNodes;

      // Down.
      mass[0] = weights[q];
      for (let s = 0; s < nSplits; s++) {
        const left = splitLeft[s];
        const child = hot[s];
        const parentMass = mass[splitNode[s]];
        if (child === OFF) {
          mass[left] = parentMass * ratio[left];
          mass[left + 1] = parentMass * ratio[left + 1];
        } else {
          const cold = left + left + 1 - child;
          const open = parentMass * inverse[at + splitPrevious[s]];
          mass[child] = open * (share[child] * rest + t);
          mass[cold] = open * share[cold] * rest;
        }
      }
      for (let leaf = 0; leaf < nLeaves; leaf++) {
        const leafMass = mass[leafNode[leaf]];
        const leafAt = leafNode[leaf] * nOutputs;
        const valueAt = leaf * nOutputs;
        for (let c = 0; c < nOutputs; c++) below[leafAt + c] = leafMass * leafValue[valueAt + c];
      }

      // Up.
      for (let s = nSplits - 1; s >= 0; s--) {
        const left = splitLeft[s];
        const child = hot[s];
        const sumAt = splitNode[s] * nOutputs;
        const leftAt = left * nOutputs;
        const rightAt = leftAt + nOutputs;
        if (child === OFF) {
          for (let c = 0; c < nOutputs; c++) below[sumAt + c] = below[leftAt + c] + below[rightAt + c];
          continue;
        }
        const previous = splitPrevious[s];
        const before = (1 - share[previous]) * inverse[at + previous];
        const hotGain = (1 - share[child]) * inverse[at + child] - before;
        const leftGain = child === left ? hotGain : -coldGain - before;
        const rightGain = child === left ? -coldGain - before : hotGain;
        const featureAt = to + splitFeature[s] * nOutputs;
        for (let c = 0; c < nOutputs; c++) {
          const leftMass = below[leftAt + c];
          const rightMass = below[rightAt + c];
          below[sumAt + c] = leftMass + rightMass;
          out[featureAt + c] += leftMass * leftGain + rightMass * rightGain;
        }
      }
    }
  }

  #addBase(tree: ShapTree): void {
    const { splitNode, splitLeft, ratio, leafNode, leafValue } = tree;
    const reach = this.#mass;
    reach[0] = 1;
    for (let s = 0; s < splitNode.length; s++) {
      const left = splitLeft[s];
      reach[left] = reach[splitNode[s]] * ratio[left];
      reach[left + 1] = reach[splitNode[s]] * ratio[left + 1];
    }
    for (let leaf = 0; leaf < leafNode.length; leaf++) {
      for (let c = 0; c < this.nOutputs; c++) {
        this.base[c] += reach[leafNode[leaf]] * leafValue[leaf * this.nOutputs + c];
      }
    }
  }
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
