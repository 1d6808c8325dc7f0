import { KERNEL_BYTES } from './kernel-bytes.ts';

// The little of the WebAssembly interface that is used here; the ES library does not declare it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: unknown;
  }
}

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
  quantise(values: number, n: number, scale: number, base: number, count: number, integers: number): void;
  sumAt(values: number, index: number, n: number): number;
  addToHistogram(
    histogram: number,
    codes: number,
    stride: number,
    index: number,
    start: number,
    end: number,
    values: number,
  ): void;
  prepareSplits(
    found: number,
    nBins: number,
    monotone: number,
    nColumns: number,
    countBase: number,
    minSamplesLeaf: number,
    l2: number,
  ): void;
  findSplit(
    packedBins: number,
    hessianBins: number,
    nRows: number,
    packed: number,
    hessian: number,
    gradientUnit: number,
    hessianUnit: number,
    lower: number,
    upper: number,
    score: number,
  ): number;
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

const PAGE_BYTES = 65536;
const MAX_BYTES = 2 ** 32 - PAGE_BYTES;

let compiled: WebAssembly.Module | undefined;

/**
 * The compiled loops of a fit and the memory they work on: codes, rows, gradients and histograms lie in one block, and
 * everything is passed by its address there. One kernel serves one fit and is dropped with it.
 *
 * The memory grows as things are allocated, and growing detaches the views made before: a view is taken when it is
 * needed and not kept.
 */
export class Kernel {
  readonly run: KernelFunctions;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  // Address 0 stands for "none"; the first kilobyte stays empty.
  #top = 1024;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BYTES), (char) => char.charCodeAt(0)));
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    this.run = instance.exports as KernelFunctions;
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
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
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
