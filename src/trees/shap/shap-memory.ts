import { type KernelMemory, kernelOf, reserve } from '../compiled-kernel.ts';
import { SHAP_BYTES } from '../shap-bytes.ts';
import type { ShapTree } from './shap-tables.ts';

/** The function in src/trees/kernel/shap.ts, described there. */
interface ShapFunctions {
  explain(
    trees: number,
    nTrees: number,
    rows: number,
    nRows: number,
    nFeatures: number,
    nOutputs: number,
    out: number,
    live: number,
    mass: number,
    below: number,
  ): void;
}

/** Rows that pass through a tree while its tables stay in the cache. */
const BLOCK_ROWS = 32;
/** Words of a `Tree` as the kernel has it. */
const TREE_WORDS = 13;

type Table = Int32Array | Float32Array | Float64Array | Uint8Array;

const startShap = kernelOf<ShapFunctions>(SHAP_BYTES);

/** The tables of a forest's trees in the memory of the compiled sweeps, with scratch for a block of rows. */
export class ShapMemory {
  readonly #run: ShapFunctions;
  readonly #memory: KernelMemory;
  readonly #nFeatures: number;
  readonly #nOutputs: number;
  // Address 0 stands for "none"; the first kilobyte stays empty.
  #top = 1024;
  readonly #treesAt: number;
  readonly #rowsAt: number;
  readonly #outAt: number;
  readonly #liveAt: number;
  readonly #massAt: number;
  readonly #belowAt: number;

  constructor(trees: readonly ShapTree[], nFeatures: number, nOutputs: number) {
    const { run, memory } = startShap();
    this.#run = run;
    this.#memory = memory;
    this.#nFeatures = nFeatures;
    this.#nOutputs = nOutputs;
    const mostNodes = trees.reduce((most, { nNodes }) => Math.max(most, nNodes), 1);
    this.#treesAt = this.#allocate(trees.length * TREE_WORDS * 4);
    this.#rowsAt = this.#allocate(BLOCK_ROWS * nFeatures * 4);
    this.#outAt = this.#allocate(BLOCK_ROWS * nFeatures * nOutputs * 8);
    this.#liveAt = this.#allocate(mostNodes);
    this.#massAt = this.#allocate(mostNodes * 16);
    this.#belowAt = this.#allocate(nOutputs === 1 ? 0 : mostNodes * nOutputs * 16);
    const tables: { readonly at: number; readonly table: Table }[] = [];
    const place = (table: Table): number => {
      const at = this.#allocate(table.byteLength);
      tables.push({ at, table });
      return at;
    };
    const words = trees.flatMap((tree) => [
      tree.nSplits,
      tree.leafNode.length,
      tree.quadrature.points.length / 2,
      tree.nNodes,
      place(tree.splits),
      place(tree.splitThreshold),
      place(tree.splitMissingLeft),
      place(tree.ratio),
      place(tree.share),
      place(tree.inverse),
      place(pointsOf(tree)),
      place(tree.leafNode),
      place(tree.leafValue),
    ]);
    // once for all: growing takes longer than copying
    reserve(memory, this.#top);
    new Uint32Array(memory.buffer, this.#treesAt, words.length).set(words);
    for (const { at, table } of tables) {
      const { buffer, byteOffset, byteLength } = table;
      new Uint8Array(memory.buffer, at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }

  /** As `TreeExplainer.addRows`. */
  addRows(
    data: Float32Array,
    row: number,
    nRows: number,
    out: Float64Array,
    outOffset: number,
    firstTree: number,
    endTree: number,
  ): void {
    const nFeatures = this.#nFeatures;
    const width = nFeatures * this.#nOutputs;
    const { buffer } = this.#memory;
    for (let first = 0; first < nRows; first += BLOCK_ROWS) {
      const n = Math.min(BLOCK_ROWS, nRows - first);
      const from = row + first * nFeatures;
      const to = outOffset + first * width;
      new Float32Array(buffer, this.#rowsAt, n * nFeatures).set(data.subarray(from, from + n * nFeatures));
      const sums = new Float64Array(buffer, this.#outAt, n * width);
      sums.set(out.subarray(to, to + n * width));
      this.#run.explain(
        this.#treesAt + firstTree * TREE_WORDS * 4,
        endTree - firstTree,
        this.#rowsAt,
        n,
        nFeatures,
        this.#nOutputs,
        this.#outAt,
        this.#liveAt,
        this.#massAt,
        this.#belowAt,
      );
      out.set(sums, to);
    }
  }

  /** Next address, a multiple of 16. */
  #allocate(nBytes: number): number {
    const at = this.#top;
    this.#top = at + Math.ceil(nBytes / 16) * 16;
    return at;
  }
}

/** (nPairs x 6) two points t, twice 1 - t, twice weight / (1 - t). */
function pointsOf({ quadrature: { points, weights } }: ShapTree): Float64Array {
  const out = new Float64Array(3 * points.length);
  points.forEach((t, k) => {
    const at = 6 * (k >> 1) + (k & 1);
    out[at] = t;
    out[at + 2] = 1 - t;
    out[at + 4] = weights[k]! / (1 - t);
  });
  return out;
}
