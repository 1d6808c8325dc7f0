import { type Forest, LEAF } from './forest.ts';

/** Grows the arrays of a Forest tree after tree, node after node. */
export class ForestBuilder {
  readonly nFeatures: number;
  readonly nOutputs: number;
  nNodes = 0;
  /** Values of the node last made are written here by the caller, at node x nOutputs. */
  value: Float32Array;
  readonly #roots: number[] = [];
  #capacity: number;
  #feature: Int16Array;
  #threshold: Float32Array;
  #left: Int32Array;
  #missingLeft: Uint8Array;
  #cover: Float32Array;

  constructor(nFeatures: number, nOutputs: number, capacity = 1024) {
    this.nFeatures = nFeatures;
    this.nOutputs = nOutputs;
    this.#capacity = capacity;
    this.#feature = new Int16Array(capacity);
    this.#threshold = new Float32Array(capacity);
    this.#left = new Int32Array(capacity);
    this.#missingLeft = new Uint8Array(capacity);
    this.#cover = new Float32Array(capacity);
    this.value = new Float32Array(capacity * nOutputs);
  }

  /** A new tree; its root is a leaf until it is split. */
  addRoot(): number {
    this.#reserve(1);
    const root = this.nNodes++;
    this.#roots.push(root);
    this.#feature[root] = LEAF;
    return root;
  }

  /** A new tree of so many leaves, `cover` and `value` given for each; returns the root, the first of them. */
  addTree(cover: Float32Array, value: Float32Array): number {
    const root = this.nNodes;
    this.#reserve(cover.length);
    this.nNodes += cover.length;
    this.#roots.push(root);
    this.#feature.fill(LEAF, root, this.nNodes);
    this.#cover.set(cover, root);
    this.value.set(value, root * this.nOutputs);
    return root;
  }

  /** Turns the leaf `node` into a split over two leaves that are already there. */
  setSplit(node: number, feature: number, threshold: number, missingLeft: boolean, left: number): void {
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
    this.#left[node] = left;
    this.#missingLeft[node] = missingLeft ? 1 : 0;
  }

  /** Turns the leaf `node` into a split and returns the left one of its two new leaves. */
  split(node: number, feature: number, threshold: number, missingLeft: boolean): number {
    this.#reserve(2);
    const left = this.nNodes;
    this.nNodes += 2;
    this.setSplit(node, feature, threshold, missingLeft, left);
    this.#feature[left] = LEAF;
    this.#feature[left + 1] = LEAF;
    return left;
  }

  setCover(node: number, cover: number): void {
    this.#cover[node] = cover;
  }

  /** Leaf of the tree added last that the row at `data[row]` falls into. */
  leafOfLastTree(data: Float32Array, row: number): number {
    const feature = this.#feature;
    let node = this.#roots[this.#roots.length - 1];
    while (feature[node] !== LEAF) {
      const x = data[row + feature[node]];
      const goesLeft = x <= this.#threshold[node] || (Number.isNaN(x) && this.#missingLeft[node] === 1);
      node = this.#left[node] + (goesLeft ? 0 : 1);
    }
    return node;
  }

  /** The finished forest, in arrays of exactly its size. */
  build(): Forest {
    const { nNodes } = this;
    return {
      nFeatures: this.nFeatures,
      nOutputs: this.nOutputs,
      roots: Int32Array.from(this.#roots),
      feature: this.#feature.slice(0, nNodes),
      threshold: this.#threshold.slice(0, nNodes),
      left: this.#left.slice(0, nNodes),
      missingLeft: this.#missingLeft.slice(0, nNodes),
      value: this.value.slice(0, nNodes * this.nOutputs),
      cover: this.#cover.slice(0, nNodes),
    };
  }

  #reserve(extra: number): void {
    if (this.nNodes + extra <= this.#capacity) return;
    const capacity = Math.max(this.#capacity * 2, this.nNodes + extra);
    this.#capacity = capacity;
    this.#feature = grown(this.#feature, new Int16Array(capacity));
    this.#threshold = grown(this.#threshold, new Float32Array(capacity));
    this.#left = grown(this.#left, new Int32Array(capacity));
    this.#missingLeft = grown(this.#missingLeft, new Uint8Array(capacity));
    this.#cover = grown(this.#cover, new Float32Array(capacity));
    this.value = grown(this.value, new Float32Array(capacity * this.nOutputs));
  }
}

function grown<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source);
  return target;
}
