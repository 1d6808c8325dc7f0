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

  /** A whole tree, in the arrays of a forest that holds nothing else. */
  addTree(tree: Omit<Forest, 'nFeatures' | 'nOutputs' | 'roots'>): void {
    const nNodes = tree.feature.length;
    this.#reserve(nNodes);
    const root = this.nNodes;
    this.nNodes += nNodes;
    this.#roots.push(root);
    this.#feature.set(tree.feature, root);
    this.#threshold.set(tree.threshold, root);
    this.#missingLeft.set(tree.missingLeft, root);
    this.#cover.set(tree.cover, root);
    this.value.set(tree.value, root * this.nOutputs);
    const left = this.#left;
    for (let k = 0; k < nNodes; k++) left[root + k] = tree.left[k] === 0 ? 0 : root + tree.left[k];
  }

  /** Turns the leaf `node` into a split and returns the left one of its two new leaves. */
  split(node: number, feature: number, threshold: number, missingLeft: boolean): number {
    this.#reserve(2);
    const left = this.nNodes;
    this.nNodes += 2;
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
    this.#left[node] = left;
    this.#missingLeft[node] = missingLeft ? 1 : 0;
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
