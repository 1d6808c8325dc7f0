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

export const PAGE_BYTES = 65536;

/** The memory that an instance works on. Growing detaches the views made before. */
export type KernelMemory = WebAssembly.Memory;

/** An instance of compiled loops with a memory of its own. */
export interface CompiledKernel<Functions> {
  readonly run: Functions;
  readonly memory: KernelMemory;
}

/**
 * What makes instances of a module in base64 text, each on a memory of its own. The module is compiled when the first is
 * made, once for a process.
 *
 * @param imports what the module asks for beside its memory
 */
export function kernelOf<Functions>(
  text: string,
  imports: Record<string, Record<string, unknown>> = {},
): () => CompiledKernel<Functions> {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    const instance = new WebAssembly.Instance(compiled, { env: { memory }, ...imports });
    return { run: instance.exports as Functions, memory };
  };
}

/** Grows the memory where it has fewer than `nBytes`. */
export function reserve(memory: KernelMemory, nBytes: number): void {
  const missing = nBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}
