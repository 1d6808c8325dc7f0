import type { Progress } from '../src/api/progress.ts';
import { AlertforestError } from '../src/errors.ts';

/**
 * Runs a handler for at most `seconds`. What it has done by then is in the error; what has not begun is left.
 *
 * @throws AlertforestError DEADLINE_EXCEEDED, or what the handler throws
 */
export async function withDeadline<T>(
  seconds: number,
  progress: Progress,
  run: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      progress.end();
      const message = `The request was not done within ${seconds} s. ${progress.done}`;
      reject(new AlertforestError('DEADLINE_EXCEEDED', message, { details: { done: progress.done } }));
    }, seconds * 1000);
  });
  const running = run();
  // When the time is up first, nobody waits for what the handler throws later.
  running.catch(() => {});
  try {
    return await Promise.race([running, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
