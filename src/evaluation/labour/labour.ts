import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { threadScript } from '../../thread-script.ts';
import type { EvaluationSets, Task, TaskResults, Workbench } from './tasks.ts';

/** Does tasks, here or in threads. */
export interface Labour {
  do<T extends Task>(task: T): Promise<TaskResults[T['kind']]>;
  /**
   * Names tasks that may be asked for next, instead of those named before: where a thread has nothing else to do, it
   * begins with them.
   */
  ahead(tasks: readonly Task[]): void;
}

/** One task after the other, in this thread. */
export function labourHere(bench: Workbench): Labour {
  const queue: Waiting[] = [];
  let split: number | undefined;
  let isWorking = false;
  const work = async (): Promise<void> => {
    // what is asked for upon an answer may be what fits best
    for (await nextTurn(); queue.length > 0; await nextTurn()) {
      const { task, resolve, reject } = takeNext(queue, split, new Set());
      split = splitOf(task);
      try {
        resolve(bench.do(task));
      } catch (error) {
        reject(error);
      }
    }
    isWorking = false;
  };
  return {
    do: <T extends Task>(task: T) => {
      const waiting = waitingFor(queue.length, task);
      queue.push(waiting);
      if (!isWorking) {
        isWorking = true;
        void work();
      }
      return waiting.promise as Promise<TaskResults[T['kind']]>;
    },
    ahead: () => {},
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
  readonly promise: Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Hand {
  readonly worker: Worker;
  isIdle: boolean;
  /** Split of its last task: what it has worked out for one serves the next. */
  split: number | undefined;
}

/** Threads that do tasks: as many at once as there are threads. */
export class LabourThreads implements Labour {
  readonly #hands: readonly Hand[];
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<number, Waiting>();
  /** Begun before they were asked for, by their text. */
  readonly #begun = new Map<string, Waiting>();
  #ahead: readonly Task[] = [];
  #nextId = 0;
  #failure: unknown;
  #hasSets = false;

  /** Starts them, so that they load while the sets are read. @param nThreads at least 1 */
  constructor(nThreads: number) {
    this.#hands = Array.from({ length: nThreads }, () => {
      const hand: Hand = {
        worker: new Worker(threadScript('evaluation-thread', import.meta.url)),
        isIdle: true,
        split: undefined,
      };
      hand.worker.on('message', (answer: TaskAnswer) => this.#take(hand, answer));
      hand.worker.on('error', (error) => this.#fail(error));
      return hand;
    });
  }

  /** What all tasks are about; until then they wait. Given once. */
  give(sets: EvaluationSets): void {
    for (const { worker } of this.#hands) worker.postMessage(sets);
    this.#hasSets = true;
    this.#deal();
  }

  do<T extends Task>(task: T): Promise<TaskResults[T['kind']]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const begun = this.#begun.get(JSON.stringify(task));
    const waiting = begun ?? waitingFor(this.#nextId++, task);
    if (begun === undefined) {
      this.#queue.push(waiting);
      this.#deal();
    }
    return waiting.promise as Promise<TaskResults[T['kind']]>;
  }

  ahead(tasks: readonly Task[]): void {
    this.#ahead = tasks;
    this.#deal();
  }

  async close(): Promise<void> {
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()));
  }

  #deal(): void {
    if (!this.#hasSets) return;
    for (const hand of this.#hands) {
      if (!hand.isIdle) continue;
      const elsewhere = new Set(this.#hands.filter(({ isIdle }) => !isIdle).map((other) => other.split));
      const next = this.#queue.length > 0 ? takeNext(this.#queue, hand.split, elsewhere) : this.#nextAhead();
      if (next === undefined) continue;
      const { id, task } = next;
      hand.isIdle = false;
      hand.split = splitOf(task);
      this.#running.set(id, next);
      hand.worker.postMessage({ id, task } satisfies TaskRequest);
    }
  }

  #nextAhead(): Waiting | undefined {
    const [task, ...rest] = this.#ahead;
    if (task === undefined) return undefined;
    this.#ahead = rest;
    const waiting = waitingFor(this.#nextId++, task);
    this.#begun.set(JSON.stringify(task), waiting);
    // nobody may ever ask for it
    waiting.promise.catch(() => {});
    return waiting;
  }

  #take(hand: Hand, answer: TaskAnswer): void {
    const asked = this.#running.get(answer.id);
    this.#running.delete(answer.id);
    hand.isIdle = true;
    if ('error' in answer) asked?.reject(answer.error);
    else asked?.resolve(answer.result);
    // what is asked for upon this answer may be what fits best
    setImmediate(() => this.#deal());
  }

  /** A thread that ends by itself will answer nothing more. */
  #fail(error: unknown): void {
    this.#failure = error;
    for (const one of [...this.#running.values(), ...this.#queue]) one.reject(error);
    this.#running.clear();
    this.#queue.length = 0;
  }
}

function waitingFor(id: number, task: Task): Waiting {
  let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<unknown>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { id, task, promise, ...settle! };
}

/**
 * Takes out of the queue first what is of the own split, then what is of no split that others work on, then whatever is
 * left: what a thread has worked out for a split serves the next task of it, and a split is shared at the end alone.
 */
function takeNext(
  queue: Waiting[],
  own: number | undefined,
  elsewhere: ReadonlySet<number | undefined>,
): Waiting {
  const isOwn = ({ task }: Waiting): boolean => own !== undefined && splitOf(task) === own;
  const isFree = ({ task }: Waiting): boolean => {
    const split = splitOf(task);
    return split === undefined || !elsewhere.has(split);
  };
  const at = [queue.findIndex(isOwn), queue.findIndex(isFree), 0].find((one) => one >= 0);
  return queue.splice(at!, 1)[0]!;
}

const splitOf = (task: Task): number | undefined =>
  task.kind === 'play' || task.kind === 'split' ? task.split : undefined;
