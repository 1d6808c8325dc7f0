import { type KernelMemory, kernelOf, reserve } from '../compiled-kernel.ts';
import { SCORING_BYTES } from '../scoring-bytes.ts';
import type { Forest } from './forest.ts';
import { COLUMN_BYTES, countLeaves, NODE_BYTES, packedLayout, packForest } from './packed-forest.ts';

/** The functions in src/trees/kernel/scoring.ts, described there. */
interface ScoringFunctions {
  hasMissing(values: number, n: number): number;
  writeKeys(
    values: number,
    n: number,
    nColumns: number,
    groups: number,
    groupBytes: number,
    missing: number,
  ): void;
  walkTree(
    root: number,
    groups: number,
    groupBytes: number,
    n: number,
    steps: number,
    columns: number,
    shift: number,
    leaves: number,
    active: number,
  ): void;
  walkRow(roots: number, n: number, keys: number, columns: number, shift: number, leaves: number): void;
  addLeaves(leaves: number, n: number, nOutputs: number, values: number, out: number, stride: number): void;
}

const GROUP_ROWS = 8;
/** Rows of a block: the trees pass once for all of them, while their keys stay in the second-level cache. */
const BLOCK_KEY_BYTES = 2 ** 19;
const MAX_BLOCK_ROWS = 4096;
/** Groups a tree is walked with before the next, so that tree and keys stay in the first-level cache. */
const GROUPS_AT_ONCE = 16;

const startScoring = kernelOf<ScoringFunctions>(SCORING_BYTES);

/**
 * A forest packed into the memory of the compiled walk, with room for one row and, from the first batch on, for a
 * block of rows. It is dropped with its forest. The forest must fit, see `fitsPacked`.
 */
export class ScoringMemory {
  /** Most rows that are scored at once. */
  readonly blockRows: number;
  readonly #forest: Forest;
  readonly #run: ScoringFunctions;
  readonly #memory: KernelMemory;
  // Address 0 stands for "none"; the first kilobyte stays empty.
  #top = 1024;
  readonly #missingBytes: number;
  readonly #shift: number;
  readonly #nodesAt: number;
  readonly #valuesAt: number;
  readonly #rootsAt: number;
  readonly #nRowTrees: number;
  readonly #steps: Int32Array;
  readonly #rowAt: number;
  readonly #rowKeysAt: number;
  readonly #rowLeavesAt: number;
  readonly #rowSumsAt: number;
  /** Views of the places of one row: made again when the memory has grown. */
  #row: Float32Array;
  #rowSums: Float64Array;
  /** Where the places of a block begin, and for how many rows there are some. */
  readonly #blockAt: number;
  #blockCapacity = 0;

  constructor(forest: Forest) {
    const { nFeatures, nOutputs, roots, feature } = forest;
    const { run, memory } = startScoring();
    this.#run = run;
    this.#memory = memory;
    this.#forest = forest;
    const { missingBytes, shift } = packedLayout(nFeatures);
    this.#missingBytes = missingBytes;
    this.#shift = shift;
    const nNodes = feature.length;
    const nValues = nOutputs === 1 ? 0 : countLeaves(forest) * nOutputs;
    const nRowTrees = Math.ceil(roots.length / GROUP_ROWS) * GROUP_ROWS;
    this.#nRowTrees = nRowTrees;
    this.#nodesAt = this.#allocate(nNodes * NODE_BYTES);
    this.#valuesAt = this.#allocate(nValues * 4);
    this.#rootsAt = this.#allocate(nRowTrees * 4);
    this.#rowAt = this.#allocate(nFeatures * 4);
    this.#rowKeysAt = this.#allocate(this.#groupBytes(true));
    this.#rowLeavesAt = this.#allocate(nRowTrees * 4);
    this.#rowSumsAt = this.#allocate(nOutputs * 8);
    this.#blockAt = this.#top;
    reserve(this.#memory, this.#top);
    this.#steps = new Int32Array(roots.length);
    const { buffer } = this.#memory;
    packForest(
      forest,
      new Int32Array(buffer, this.#nodesAt, 2 * nNodes),
      new Float32Array(buffer, this.#valuesAt, nValues),
      this.#steps,
    );
    // The last tree once more, so that a row can take eight at a time.
    const rootsAt = new Int32Array(buffer, this.#rootsAt, nRowTrees);
    for (let t = 0; t < nRowTrees; t++) {
      rootsAt[t] = this.#nodesAt + roots[Math.min(t, roots.length - 1)] * NODE_BYTES;
    }
    this.#row = new Float32Array(buffer, this.#rowAt, nFeatures);
    this.#rowSums = new Float64Array(buffer, this.#rowSumsAt, nOutputs);
    const rows =
      Math.floor((BLOCK_KEY_BYTES * GROUP_ROWS) / this.#groupBytes(true) / GROUP_ROWS) * GROUP_ROWS;
    this.blockRows = Math.min(MAX_BLOCK_ROWS, Math.max(GROUP_ROWS * GROUPS_AT_ONCE, rows));
  }

  /** Adds the leaf values of every tree for the row at `data[row]` to `out[outOffset …]`, in order of trees. */
  addRow(data: Float32Array, row: number, out: Float64Array, outOffset: number): void {
    const { nFeatures, nOutputs, roots } = this.#forest;
    const run = this.#run;
    const values = this.#row;
    for (let f = 0; f < nFeatures; f++) values[f] = data[row + f];
    run.writeKeys(this.#rowAt, 1, nFeatures, this.#rowKeysAt, 0, this.#missingBytes);
    const columns = 2 * this.#missingBytes - 1;
    run.walkRow(this.#rootsAt, this.#nRowTrees, this.#rowKeysAt, columns, this.#shift, this.#rowLeavesAt);
    const sums = this.#rowSums;
    for (let o = 0; o < nOutputs; o++) sums[o] = out[outOffset + o];
    run.addLeaves(this.#rowLeavesAt, roots.length, nOutputs, this.#valuesAt, this.#rowSumsAt, 0);
    for (let o = 0; o < nOutputs; o++) out[outOffset + o] = sums[o];
  }

  /**
   * Adds the leaf values of trees firstTree .. endTree - 1 to `sums` (nRows x nOutputs) for the rows in `values`
   * (nRows x nFeatures), at most `blockRows`. Each row meets the trees in order: its sums are those of `addRow`.
   */
  addBlock(values: Float32Array, sums: Float64Array, firstTree: number, endTree: number): void {
    const { nFeatures, nOutputs, roots } = this.#forest;
    const n = sums.length / nOutputs;
    const run = this.#run;
    const at = this.#block(n);
    new Float32Array(this.#memory.buffer, at.values, values.length).set(values);
    new Float64Array(this.#memory.buffer, at.sums, sums.length).set(sums);
    // Without missing values the second key of a column is the first: its bit is left out.
    const missing = run.hasMissing(at.values, values.length) === 1 ? this.#missingBytes : 0;
    const columns = this.#missingBytes + missing - 1;
    const groupBytes = this.#groupBytes(missing > 0);
    run.writeKeys(at.values, n, nFeatures, at.groups, groupBytes, missing);
    const nGroups = Math.ceil(n / GROUP_ROWS);
    for (let t = firstTree; t < endTree; t++) {
      const root = this.#nodesAt + roots[t] * NODE_BYTES;
      for (let group = 0; group < nGroups; group += GROUPS_AT_ONCE) {
        run.walkTree(
          root,
          at.groups + group * groupBytes,
          groupBytes,
          Math.min(GROUPS_AT_ONCE, nGroups - group),
          this.#steps[t],
          columns,
          this.#shift,
          at.leaves + group * GROUP_ROWS * 4,
          at.active,
        );
      }
      run.addLeaves(at.leaves, n, nOutputs, this.#valuesAt, at.sums, nOutputs * 8);
    }
    sums.set(new Float64Array(this.#memory.buffer, at.sums, sums.length));
  }

  /** Bytes of the keys of eight rows. */
  #groupBytes(withMissing: boolean): number {
    return (withMissing ? this.#missingBytes : 0) + (this.#forest.nFeatures + 1) * COLUMN_BYTES;
  }

  /** Places for `n` rows, which stay where they are until more are asked for. */
  #block(n: number): { values: number; groups: number; leaves: number; active: number; sums: number } {
    const rows = Math.max(this.#blockCapacity, Math.min(this.blockRows, 2 ** (32 - Math.clz32(n - 1))), n);
    const { nFeatures, nOutputs } = this.#forest;
    const nGroups = Math.ceil(rows / GROUP_ROWS);
    this.#top = this.#blockAt;
    const at = {
      values: this.#allocate(rows * nFeatures * 4),
      groups: this.#allocate(nGroups * this.#groupBytes(true)),
      leaves: this.#allocate(nGroups * GROUP_ROWS * 4),
      active: this.#allocate((GROUPS_AT_ONCE * GROUP_ROWS + 1) * 4),
      sums: this.#allocate(rows * nOutputs * 8),
    };
    if (rows > this.#blockCapacity) {
      this.#blockCapacity = rows;
      reserve(this.#memory, this.#top);
      this.#row = new Float32Array(this.#memory.buffer, this.#rowAt, nFeatures);
      this.#rowSums = new Float64Array(this.#memory.buffer, this.#rowSumsAt, nOutputs);
    }
    return at;
  }

  /** Next address, a multiple of 64, the length of a line of the cache. */
  #allocate(nBytes: number): number {
    const at = this.#top;
    this.#top = at + Math.ceil(nBytes / 64) * 64;
    return at;
  }
}
