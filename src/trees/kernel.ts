import { type CompiledKernel, type KernelMemory, kernelOf, PAGE_BYTES, reserve } from './compiled-kernel.ts';
import { KERNEL_BYTES } from './kernel-bytes.ts';

/** The functions in src/trees/kernel/, described there. Arguments are addresses in the memory of a fit, and numbers. */
export interface KernelFunctions {
  findUppers(
    values: number,
    n: number,
    capacity: number,
    maxBins: number,
    sample: number,
    scratch: number,
    counts: number,
    uppers: number,
  ): number;
  sortFloats(values: number, n: number, scratch: number, counts: number): void;
  countMissing(values: number, n: number): number;
  encode(values: number, n: number, uppers: number, codes: number, binMin: number, binMax: number): void;
  renameCodes(codes: number, n: number, names: number): void;
  interleave(columns: number, nColumns: number, n: number, rows: number, stride: number): void;
  partition(
    index: number,
    spill: number,
    start: number,
    end: number,
    codes: number,
    shift: number,
    cut: number,
  ): number;
  subtract(minuends: number, subtrahends: number, n: number, differences: number): void;
  multiply(factors: number, others: number, n: number): void;
  sumOfMagnitudes(values: number, n: number): number;
  softmaxRows(margins: number, n: number, nClasses: number, proba: number): void;
  writeClassGradients(
    proba: number,
    labels: number,
    weights: number,
    label: number,
    nClasses: number,
    n: number,
    gradients: number,
    hessians: number,
  ): void;
  quantise(values: number, n: number, scale: number, base: number, count: number, integers: number): void;
  quantisePairs(
    gradients: number,
    hessians: number,
    n: number,
    scale: number,
    base: number,
    hessianScale: number,
    pairs: number,
  ): void;
  sumAt(values: number, index: number, n: number): number;
  sumPairsAt(pairs: number, index: number, n: number, sums: number): void;
  addToHistogram(
    histogram: number,
    codes: number,
    stride: number,
    index: number,
    start: number,
    end: number,
    values: number,
  ): void;
  addPairsToHistogram(
    histogram: number,
    codes: number,
    stride: number,
    index: number,
    start: number,
    end: number,
    pairs: number,
  ): void;
  clear(at: number, nBytes: number): void;
  prepareSplits(
    scores: number,
    nBins: number,
    monotone: number,
    nColumns: number,
    hasHessian: boolean,
    countBase: number,
    minSamplesLeaf: number,
    l2: number,
  ): void;
  findSplit(
    histogram: number,
    nRows: number,
    packed: number,
    hessian: number,
    gradientUnit: number,
    hessianUnit: number,
    lower: number,
    upper: number,
    parentScore: number,
  ): number;
  foundPacked(): number;
  foundHessian(): number;
  foundLeftBin(): number;
  foundRightBin(): number;
  foundMissingLeft(): number;
  addLeaf(outputs: number, nOutputs: number, index: number, start: number, end: number, step: number): void;
  addTwoLeaves(
    outputs: number,
    nOutputs: number,
    index: number,
    start: number,
    end: number,
    codes: number,
    shift: number,
    cut: number,
    leftStep: number,
    rightStep: number,
  ): void;
  seedRandom(low: number, high: number): void;
  drawBootstrap(counts: number, order: number, n: number): void;
  prepareTrees(
    at: number,
    tree: number,
    columnCodes: number,
    nSamples: number,
    nColumns: number,
    labels: number,
    nClasses: number,
    maxFeatures: number,
    maxDepth: number,
    minSamplesLeaf: number,
  ): number;
  growTree(weights: number, nSamples: number): number;
}

const MAX_BYTES = 2 ** 32 - PAGE_BYTES;
/** Address 0 stands for "none"; the first kilobyte stays empty. */
const FIRST = 1024;

const startKernel = kernelOf<KernelFunctions>(KERNEL_BYTES, { 'class-gradients': { exp: Math.exp } });

/** The loops of fits on one memory. */
export type FitKernel = CompiledKernel<KernelFunctions>;

/**
 * The compiled loops of a fit and the memory they work on: codes, rows, gradients and histograms lie in one block, and
 * everything is passed by its address there. One kernel serves one fit.
 *
 * The memory grows as things are allocated, and growing detaches the views made before: a view is taken when it is
 * needed and not kept.
 */
export class Kernel {
  readonly run: KernelFunctions;
  readonly #memory: KernelMemory;
  #top = FIRST;
  /** Beyond what was ever allocated. */
  #end = FIRST;

  /** @param given on memory of zeros, which nobody else works on; left out, loops and memory of its own */
  constructor(given: FitKernel = startKernel()) {
    this.run = given.run;
    this.#memory = given.memory;
  }

  /** Its loops and its memory, cleared, for another kernel: this one and all views of it are of no use any more. */
  giveUp(): FitKernel {
    const { run } = this;
    new Uint8Array(this.#memory.buffer, FIRST, this.#end - FIRST).fill(0);
    return { run, memory: this.#memory };
  }

  /**
   * Address of `nBytes` bytes, a multiple of 16, with 16 bytes more to read and write behind them. They are 0 unless
   * the place was used and released before.
   *
   * @throws RangeError beyond 4 GB
   */
  allocate(nBytes: number): number {
    this.checkRoom(nBytes + 16);
    const at = this.#top;
    this.#top = at + Math.ceil(nBytes / 16) * 16 + 16;
    this.#end = Math.max(this.#end, this.#top);
    reserve(this.#memory, this.#top);
    return at;
  }

  /** @throws RangeError when `nBytes` more would go beyond what 32-bit addresses reach */
  checkRoom(nBytes: number): void {
    if (this.#top + nBytes > MAX_BYTES) {
      const gigabytes = ((this.#top + nBytes) / 2 ** 30).toFixed(1);
      throw new RangeError(
        `Expected rows, columns and classes that take at most 4 GB to fit, got ${gigabytes}.`,
      );
    }
  }

  /** Calls `use` and releases what it allocated. */
  borrow<T>(use: () => T): T {
    const top = this.#top;
    const result = use();
    this.#top = top;
    return result;
  }

  bytes(at: number, n: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, n);
  }

  int32(at: number, n: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, n);
  }

  uint32(at: number, n: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, n);
  }

  float32(at: number, n: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, n);
  }

  float64(at: number, n: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, n);
  }
}
