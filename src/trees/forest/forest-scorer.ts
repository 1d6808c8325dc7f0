import type { Matrix } from '../matrix.ts';
import type { Forest } from './forest.ts';
import { writeLeaves } from './leaves.ts';
import { fitsPacked } from './packed-forest.ts';
import { ScoringMemory } from './scoring-memory.ts';

/** From so many rows on a tree is walked by groups of rows; below, a row by groups of trees. */
const MIN_BLOCK_ROWS = 8;

/**
 * Scores rows with a forest, in compiled code where its nodes can be packed and by a plain walk where not (trees of
 * millions of nodes, thousands of columns). Sums are made in order of trees on every way, so they are the same bit for
 * bit, whatever the number of rows.
 */
export class ForestScorer {
  readonly forest: Forest;
  /** Made when first scored, so that reading a model does not wait for it; null where the forest does not fit. */
  #memory: ScoringMemory | null | undefined;
  readonly #leaves: Int32Array;
  readonly #sum = new Float64Array(1);

  constructor(forest: Forest) {
    this.forest = forest;
    this.#leaves = new Int32Array(forest.roots.length);
  }

  #packed(): ScoringMemory | null {
    if (this.#memory === undefined) {
      this.#memory = fitsPacked(this.forest) ? new ScoringMemory(this.forest) : null;
    }
    return this.#memory;
  }

  /** Adds the leaf values of every tree for the row at `data[row]` to `out[outOffset …]`, in order of trees. */
  addRow(data: Float32Array, row: number, out: Float64Array, outOffset: number): void {
    const packed = this.#packed();
    if (packed === null) this.#addPlain(data, row, out, outOffset, 0, this.forest.roots.length);
    else packed.addRow(data, row, out, outOffset);
  }

  /** Sum of the only output over all trees, for the row at `data[row]`, added to `start`. */
  sumRow(data: Float32Array, row: number, start: number): number {
    const sum = this.#sum;
    sum[0] = start;
    this.addRow(data, row, sum, 0);
    return sum[0];
  }

  /** Adds the leaf values of every tree to `out` (nSamples x nOutputs) for every row. */
  addRows(X: Matrix, out: Float64Array): void {
    const { data, nSamples, nFeatures } = X;
    if (nSamples >= MIN_BLOCK_ROWS) this.#addTrees(data, nSamples, out, 0, this.forest.roots.length);
    else {
      for (let i = 0; i < nSamples; i++) this.addRow(data, i * nFeatures, out, i * this.forest.nOutputs);
    }
  }

  /** Adds the leaf values of tree `t` to `out` for the rows that are not in its bag, and counts them in `nVotes`. */
  addOutOfBag(X: Matrix, t: number, isInBag: Uint8Array, out: Float64Array, nVotes: Int32Array): void {
    const { data, nSamples, nFeatures } = X;
    const { nOutputs } = this.forest;
    const outOfBag: number[] = [];
    for (let i = 0; i < nSamples; i++) if (isInBag[i] === 0) outOfBag.push(i);
    const rows = new Float32Array(outOfBag.length * nFeatures);
    const sums = new Float64Array(outOfBag.length * nOutputs);
    outOfBag.forEach((i, k) => {
      for (let f = 0; f < nFeatures; f++) rows[k * nFeatures + f] = data[i * nFeatures + f];
      for (let o = 0; o < nOutputs; o++) sums[k * nOutputs + o] = out[i * nOutputs + o];
      nVotes[i]++;
    });
    this.#addTrees(rows, outOfBag.length, sums, t, t + 1);
    outOfBag.forEach((i, k) => {
      for (let o = 0; o < nOutputs; o++) out[i * nOutputs + o] = sums[k * nOutputs + o];
    });
  }

  #addTrees(data: Float32Array, n: number, out: Float64Array, firstTree: number, endTree: number): void {
    const { nFeatures, nOutputs } = this.forest;
    const packed = this.#packed();
    if (packed === null) {
      for (let i = 0; i < n; i++) this.#addPlain(data, i * nFeatures, out, i * nOutputs, firstTree, endTree);
      return;
    }
    for (let first = 0; first < n; first += packed.blockRows) {
      const end = Math.min(n, first + packed.blockRows);
      packed.addBlock(
        data.subarray(first * nFeatures, end * nFeatures),
        out.subarray(first * nOutputs, end * nOutputs),
        firstTree,
        endTree,
      );
    }
  }

  #addPlain(
    data: Float32Array,
    row: number,
    out: Float64Array,
    outOffset: number,
    firstTree: number,
    endTree: number,
  ): void {
    const { roots, value, nOutputs } = this.forest;
    writeLeaves(this.forest, endTree, data, row, this.#leaves, 0);
    for (let t = firstTree; t < endTree; t++) {
      const leaf = (roots[t] + this.#leaves[t]) * nOutputs;
      for (let o = 0; o < nOutputs; o++) out[outOffset + o] += value[leaf + o];
    }
  }
}
