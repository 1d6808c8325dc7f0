import { type Forest, LEAF } from './forest.ts';
import type { Matrix } from './matrix.ts';

/** Int32 words per node: column and missing bit, threshold, left child. */
const WORDS = 3;

/**
 * A forest laid out for scoring: what a step down the tree reads lies in one place, 12 bytes a node, so that a step
 * costs one cache line where the parallel arrays cost three.
 *
 * Word 0 is column x 2 + missing-goes-left, or -1 in a leaf; word 1 the bits of the threshold; word 2 the word offset
 * of the left child, or in a leaf the offset of its values.
 */
export class ForestScorer {
  readonly forest: Forest;
  readonly #words: Int32Array;
  readonly #thresholds: Float32Array;
  readonly #roots: Int32Array;

  constructor(forest: Forest) {
    const { feature, threshold, left, missingLeft, nOutputs } = forest;
    const nNodes = feature.length;
    const words = new Int32Array(nNodes * WORDS);
    const thresholds = new Float32Array(words.buffer);
    for (let node = 0, at = 0; node < nNodes; node++, at += WORDS) {
      if (feature[node] === LEAF) {
        words[at] = -1;
        words[at + 2] = node * nOutputs;
      } else {
        words[at] = feature[node] * 2 + missingLeft[node];
        thresholds[at + 1] = threshold[node];
        words[at + 2] = left[node] * WORDS;
      }
    }
    this.forest = forest;
    this.#words = words;
    this.#thresholds = thresholds;
    this.#roots = forest.roots.map((root) => root * WORDS);
  }

  /** Adds the leaf values of every tree for the row at `data[row]` to `out[outOffset …]`, in order of trees. */
  addRow(data: Float32Array, row: number, out: Float64Array, outOffset: number): void {
    const words = this.#words;
    const thresholds = this.#thresholds;
    const roots = this.#roots;
    const { value, nOutputs } = this.forest;
    const nTrees = roots.length;
    for (let t = 0; t < nTrees; t++) {
      let at = roots[t];
      let test = words[at];
      while (test >= 0) {
        const x = data[row + (test >> 1)];
        const goesLeft = x <= thresholds[at + 1] || (Number.isNaN(x) && (test & 1) === 1);
        at = words[at + 2] + (goesLeft ? 0 : WORDS);
        test = words[at];
      }
      const leaf = words[at + 2];
      for (let o = 0; o < nOutputs; o++) out[outOffset + o] += value[leaf + o];
    }
  }

  /** Sum of the first output over all trees, for the row at `data[row]`, added to `start`. */
  sumRow(data: Float32Array, row: number, start: number): number {
    const words = this.#words;
    const thresholds = this.#thresholds;
    const roots = this.#roots;
    const { value } = this.forest;
    const nTrees = roots.length;
    let sum = start;
    for (let t = 0; t < nTrees; t++) {
      let at = roots[t];
      let test = words[at];
      while (test >= 0) {
        const x = data[row + (test >> 1)];
        const goesLeft = x <= thresholds[at + 1] || (Number.isNaN(x) && (test & 1) === 1);
        at = words[at + 2] + (goesLeft ? 0 : WORDS);
        test = words[at];
      }
      sum += value[words[at + 2]];
    }
    return sum;
  }

  /**
   * Adds the leaf values of trees firstTree .. endTree - 1 to `out` (nSamples x nOutputs) for every row.
   *
   * Trees outside, rows inside: a tree stays in cache while the rows stream past it. Each row still meets the trees
   * in order, so the sums are those of `addRow`, bit for bit.
   */
  addRows(X: Matrix, out: Float64Array, firstTree = 0, endTree = this.#roots.length): void {
    const words = this.#words;
    const thresholds = this.#thresholds;
    const roots = this.#roots;
    const { value, nOutputs } = this.forest;
    const { data, nSamples, nFeatures } = X;
    for (let t = firstTree; t < endTree; t++) {
      const root = roots[t];
      for (let i = 0, row = 0, outRow = 0; i < nSamples; i++, row += nFeatures, outRow += nOutputs) {
        let at = root;
        let test = words[at];
        while (test >= 0) {
          const x = data[row + (test >> 1)];
          const goesLeft = x <= thresholds[at + 1] || (Number.isNaN(x) && (test & 1) === 1);
          at = words[at + 2] + (goesLeft ? 0 : WORDS);
          test = words[at];
        }
        const leaf = words[at + 2];
        for (let o = 0; o < nOutputs; o++) out[outRow + o] += value[leaf + o];
      }
    }
  }

  /** Adds the leaf values of tree `t` to `out` for the rows that are not in its bag, and counts them in `nVotes`. */
  addOutOfBag(X: Matrix, t: number, isInBag: Uint8Array, out: Float64Array, nVotes: Int32Array): void {
    const words = this.#words;
    const thresholds = this.#thresholds;
    const root = this.#roots[t];
    const { value, nOutputs } = this.forest;
    const { data, nSamples, nFeatures } = X;
    for (let i = 0, row = 0; i < nSamples; i++, row += nFeatures) {
      if (isInBag[i] === 1) continue;
      let at = root;
      let test = words[at];
      while (test >= 0) {
        const x = data[row + (test >> 1)];
        const goesLeft = x <= thresholds[at + 1] || (Number.isNaN(x) && (test & 1) === 1);
        at = words[at + 2] + (goesLeft ? 0 : WORDS);
        test = words[at];
      }
      const leaf = words[at + 2];
      for (let o = 0; o < nOutputs; o++) out[i * nOutputs + o] += value[leaf + o];
      nVotes[i]++;
    }
  }
}
