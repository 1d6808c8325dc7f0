import { Worker } from 'node:worker_threads';
import type { EvaluationSets, Task, TaskResults, Workbench } from './tasks.ts';

/** Does tasks, here or in threads. */
export interface Labour {
  do<T extends Task>(task: T): Promise<TaskResults[T['kind']]>;
  close(): Promise<void>;
}

/** One task after the other, in this thread. */
export function labourHere(bench: Workbench): Labour {
  let last: Promise<unknown> = Promise.resolve();
  return {
    do: (task) => {
      const result = last.then(() => bench.do(task));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {},
  };
}

/** What a thread is asked, and what it answers. */
export interface TaskRequest {
  readonly id: number;
  readonly task: Task;
}
export type TaskAnswer =
  | { readonly id: number; readonly result: TaskResults[Task['kind']] }
  | { readonly id: number; readonly error: unknown };

interface Waiting extends TaskRequest {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * As many tasks at once as there are threads, in the order in which they were asked for.
 *
 * @param nThreads at least 1
 */
export function labourInThreads(sets: EvaluationSets, nThreads: number): Labour {
  const queue: Waiting[] = [];
  const running = new Map<number, Waiting>();
  let nextId = 0;
  let failure: unknown;
  const workers = Array.from({ length: nThreads }, () => {
    const worker = new Worker(threadScript(), { workerData: sets });
    return { worker, isIdle: true };
  });
  const give = (): void => {
    for (const one of workers) {
      const next = one.isIdle ? queue.shift() : undefined;
      if (next === undefined) continue;
      one.isIdle = false;
      running.set(next.id, next);
      one.worker.postMessage({ id: next.id, task: next.task } satisfies TaskRequest);
    }
  };
  /** A thread that ends by itself will answer nothing more. */
  const fail = (error: unknown): void => {
    failure = error;
    for (const one of [...running.values(), ...queue]) one.reject(error);
    running.clear();
    queue.length = 0;
  };
  for (const one of workers) {
    one.worker.on('message', (answer: TaskAnswer) => {
      const asked = running.get(answer.id);
      running.delete(answer.id);
      one.isIdle = true;
      if ('error' in answer) asked?.reject(answer.error);
      else asked?.resolve(answer.result as never);
      give();
    });
    one.worker.on('error', fail);
  }
  return {
    do: (task) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        queue.push({ id: nextId++, task, resolve: resolve as Waiting['resolve'], reject });
        give();
      }),
    close: async () => {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}

/** Beside the bundle, or the source where this file runs as source. */
function threadScript(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './evaluation-thread.ts' : './evaluation-thread.mjs', import.meta.url);
}
