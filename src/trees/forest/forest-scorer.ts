import type { Matrix } from '../matrix.ts';
import type { Forest } from './forest.ts';

/** Int32 words per node: place of the key to test, key of the threshold, left child. */
const WORDS = 3;
const LARGEST_KEY = 0x7fffffff;
const SMALLEST_KEY = -0x80000000;
/** Rows whose keys are held at once: they and a tree of some thousand nodes fit a second-level cache. */
const BLOCK_ROWS = 512;

/**
 * A forest laid out for scoring, without a branch that depends on the data.
 *
 * Floats become integer keys of the same order, so that `threshold < x` is a bit. Every row has two keys per column:
 * they differ where the value is missing, one below all thresholds and one above, and a node reads the one of its
 * missing direction. A leaf is a node that leads back to itself, so that several walks can go on in step until all
 * have arrived: their loads overlap where a single walk would wait for each.
 */
export class ForestScorer {
  readonly forest: Forest;
  #words: Int32Array | undefined;
  /** Word offset of each root; the last one repeated, so that trees can be taken four at a time. */
  readonly #roots: Int32Array;
  readonly #rowKeys: Int32Array;
  #blockKeys: Int32Array;

  constructor(forest: Forest) {
    const nTrees = forest.roots.length;
    this.forest = forest;
    this.#roots = Int32Array.from({ length: Math.ceil(nTrees / 4) * 4 }, (_, t) => {
      return forest.roots[Math.min(t, nTrees - 1)] * WORDS;
    });
    this.#rowKeys = new Int32Array(Math.max(1, 2 * forest.nFeatures));
    this.#blockKeys = this.#rowKeys;
  }

  /** The nodes in scoring order of words: laid out when first scored, so that reading a model does not wait for it. */
  #layOut(): Int32Array {
    if (this.#words !== undefined) return this.#words;
    const { feature, threshold, left, missingLeft, nFeatures } = this.forest;
    const nNodes = feature.length;
    const words = new Int32Array(nNodes * WORDS);
    const thresholdBits = new Int32Array(threshold.buffer, threshold.byteOffset, nNodes);
    for (let node = 0, at = 0; node < nNodes; node++, at += WORDS) {
      // All bits set in a leaf (LEAF is -1), none in a split: leaves and splits alternate too wildly for a branch.
      const column = feature[node];
      const leaf = column >> 31;
      words[at] = (column + (nFeatures & (missingLeft[node] - 1))) & ~leaf;
      words[at + 1] = (keyOfBits(thresholdBits[node]) & ~leaf) | (LARGEST_KEY & leaf);
      words[at + 2] = ((left[node] * WORDS) & ~leaf) | (at & leaf);
    }
    this.#words = words;
    return words;
  }

  /** Adds the leaf values of every tree for the row at `data[row]` to `out[outOffset …]`, in order of trees. */
  addRow(data: Float32Array, row: number, out: Float64Array, outOffset: number): void {
    const keys = this.#rowKeys;
    const { nFeatures, nOutputs, roots, value } = this.forest;
    writeKeys(data, row, nFeatures, keys, 0);
    const nTrees = roots.length;
    const words = this.#layOut();
    const starts = this.#roots;
    for (let t = 0; t < nTrees; t += 4) {
      let a = starts[t];
      let b = starts[t + 1];
      let c = starts[t + 2];
      let d = starts[t + 3];
      let moved = 1;
      while (moved !== 0) {
        const nextA = words[a + 2] + WORDS * isBelow(words[a + 1], keys[words[a]]);
        const nextB = words[b + 2] + WORDS * isBelow(words[b + 1], keys[words[b]]);
        const nextC = words[c + 2] + WORDS * isBelow(words[c + 1], keys[words[c]]);
        const nextD = words[d + 2] + WORDS * isBelow(words[d + 1], keys[words[d]]);
        moved = (nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d);
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
      }
      addLeaf(value, a, nOutputs, out, outOffset);
      if (t + 1 < nTrees) addLeaf(value, b, nOutputs, out, outOffset);
      if (t + 2 < nTrees) addLeaf(value, c, nOutputs, out, outOffset);
      if (t + 3 < nTrees) addLeaf(value, d, nOutputs, out, outOffset);
    }
  }

  /** Sum of the only output over all trees, for the row at `data[row]`, added to `start`. */
  sumRow(data: Float32Array, row: number, start: number): number {
    const sum = this.#sum;
    sum[0] = start;
    this.addRow(data, row, sum, 0);
    return sum[0];
  }

  readonly #sum = new Float64Array(1);

  /**
   * Adds the leaf values of every tree to `out` (nSamples x nOutputs) for every row.
   *
   * Blocks of rows, trees in a block, rows in a tree: a tree stays in cache while the block passes. Each row still
   * meets the trees in order, so the sums are those of `addRow`, bit for bit.
   */
  addRows(X: Matrix, out: Float64Array): void {
    const { data, nSamples, nFeatures } = X;
    const nTrees = this.forest.roots.length;
    for (let first = 0; first < nSamples; first += BLOCK_ROWS) {
      const n = Math.min(BLOCK_ROWS, nSamples - first);
      const keys = this.#keysOfBlock(data, first, n, nFeatures);
      for (let t = 0; t < nTrees; t++) this.#addBlock(keys, first, n, this.#roots[t], out);
    }
  }

  /** Adds the leaf values of tree `t` to `out` for the rows that are not in its bag, and counts them in `nVotes`. */
  addOutOfBag(X: Matrix, t: number, isInBag: Uint8Array, out: Float64Array, nVotes: Int32Array): void {
    const { data, nSamples, nFeatures } = X;
    const { value, nOutputs } = this.forest;
    const words = this.#layOut();
    const keys = this.#rowKeys;
    for (let i = 0; i < nSamples; i++) {
      if (isInBag[i] === 1) continue;
      writeKeys(data, i * nFeatures, nFeatures, keys, 0);
      let at = this.#roots[t];
      let previous = -1;
      while (at !== previous) {
        previous = at;
        at = words[at + 2] + WORDS * isBelow(words[at + 1], keys[words[at]]);
      }
      addLeaf(value, at, nOutputs, out, i * nOutputs);
      nVotes[i]++;
    }
  }

  #keysOfBlock(data: Float32Array, first: number, n: number, nFeatures: number): Int32Array {
    const size = Math.max(1, 2 * nFeatures * n);
    if (this.#blockKeys.length < size) this.#blockKeys = new Int32Array(size);
    const keys = this.#blockKeys;
    for (let k = 0; k < n; k++) writeKeys(data, (first + k) * nFeatures, nFeatures, keys, k * 2 * nFeatures);
    return keys;
  }

  /** One tree over a block, four rows in step. */
  #addBlock(keys: Int32Array, first: number, n: number, root: number, out: Float64Array): void {
    const words = this.#layOut();
    const { value, nOutputs, nFeatures } = this.forest;
    const rowKeys = 2 * nFeatures;
    for (let k = 0; k < n; k += 4) {
      // A block that does not end on four repeats its last row, whose extra walks are dropped.
      const rowA = k * rowKeys;
      const rowB = Math.min(k + 1, n - 1) * rowKeys;
      const rowC = Math.min(k + 2, n - 1) * rowKeys;
      const rowD = Math.min(k + 3, n - 1) * rowKeys;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      let moved = 1;
      while (moved !== 0) {
        const nextA = words[a + 2] + WORDS * isBelow(words[a + 1], keys[rowA + words[a]]);
        const nextB = words[b + 2] + WORDS * isBelow(words[b + 1], keys[rowB + words[b]]);
        const nextC = words[c + 2] + WORDS * isBelow(words[c + 1], keys[rowC + words[c]]);
        const nextD = words[d + 2] + WORDS * isBelow(words[d + 1], keys[rowD + words[d]]);
        moved = (nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d);
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
      }
      const outRow = (first + k) * nOutputs;
      addLeaf(value, a, nOutputs, out, outRow);
      if (k + 1 < n) addLeaf(value, b, nOutputs, out, outRow + nOutputs);
      if (k + 2 < n) addLeaf(value, c, nOutputs, out, outRow + 2 * nOutputs);
      if (k + 3 < n) addLeaf(value, d, nOutputs, out, outRow + 3 * nOutputs);
    }
  }
}

function addLeaf(
  value: Float32Array,
  at: number,
  nOutputs: number,
  out: Float64Array,
  outOffset: number,
): void {
  const leaf = (at / WORDS) * nOutputs;
  for (let o = 0; o < nOutputs; o++) out[outOffset + o] += value[leaf + o];
}

/** 1 if a < b, else 0, for any two int32 and without a branch (Hacker's Delight, 2-12). */
function isBelow(a: number, b: number): number {
  return ((a & ~b) | (~(a ^ b) & (a - b))) >>> 31;
}

/** Key of the bits of a float: an int32 that orders as the float does, -0 as 0. */
function keyOfBits(bits: number): number {
  return bits === SMALLEST_KEY ? 0 : bits ^ ((bits >> 31) & LARGEST_KEY);
}

const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);

/** Writes both keys of every column: those that send a missing value left first, then those that send it right. */
function writeKeys(data: Float32Array, row: number, nFeatures: number, keys: Int32Array, to: number): void {
  for (let f = 0; f < nFeatures; f++) {
    const value = data[row + f];
    const isMissing = Number.isNaN(value);
    asFloat[0] = value;
    const key = keyOfBits(asBits[0]);
    keys[to + f] = isMissing ? SMALLEST_KEY : key;
    keys[to + nFeatures + f] = isMissing ? LARGEST_KEY : key;
  }
}
