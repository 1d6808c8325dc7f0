import { type FitKernel, Kernel } from './kernel.ts';

/** Memory beyond which the fit of a large set gives back all it took. */
const MOST_KEPT_BYTES = 2 ** 25;

// Memory outside the heap counts towards the next full collection: a fit of its own memory each time would have the
// collector walk through everything that lives, once a fit. The instance stays with it: the functions of another one are
// others to V8, which would throw away what it has compiled of their callers.
let idle: FitKernel | undefined;

/**
 * Runs a fit on a kernel of its own, on the memory of the fit before. No view of that memory may be part of the result.
 * A thread keeps at most 32 MiB; what failed leaves nothing behind.
 */
export function withKernel<Result>(train: (kernel: Kernel) => Result): Result {
  const given = idle;
  idle = undefined;
  const kernel = new Kernel(given);
  const result = train(kernel);
  const cleared = kernel.giveUp();
  if (cleared.memory.buffer.byteLength <= MOST_KEPT_BYTES) idle = cleared;
  return result;
}
