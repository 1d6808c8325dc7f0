import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { threadScript } from '../../thread-script.ts';
import { type BoardNews, type BoardTask, newSplitBoard, TaskBoard, take } from './task-board.ts';
import type { EvaluationSets, Task, TaskResults, Workbench } from './tasks.ts';

/** What a thread is given to start with. */
export interface GivenSets {
  readonly sets: EvaluationSets;
  readonly splits: Int32Array;
  readonly own: number;
}

export type TaskAnswer =
  | { readonly id: number; readonly result: TaskResults[Task['kind']] }
  | { readonly id: number; readonly error: unknown };

/** What may be begun before it is asked for. */
export type AheadTask = Extract<Task, { readonly kind: 'play' | 'test' }>;

interface Waiting {
  readonly board: BoardTask;
  readonly promise: Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that do tasks: this one, and others beside it. */
export class LabourThreads {
  readonly #workers: readonly Worker[];
  readonly #splits: Int32Array;
  readonly #board: TaskBoard;
  readonly #waiting = new Map<number, Waiting>();
  /** Put up before they were asked for, by their text. */
  readonly #ahead = new Map<string, Waiting>();
  #bench: Workbench | undefined;
  #nextId = 0;
  #isWorking = false;
  #failure: unknown;

  /** Starts them, so that they load while the sets are read. @param nThreads with this one, at least 1 */
  constructor(nThreads: number) {
    this.#splits = newSplitBoard(nThreads);
    this.#board = new TaskBoard(this.#splits, 0);
    this.#workers = Array.from({ length: nThreads - 1 }, () => {
      const worker = new Worker(threadScript('evaluation-thread', import.meta.url));
      worker.on('message', (answer: TaskAnswer) => this.#settle(answer));
      worker.on('error', (error) => this.#fail(error));
      return worker;
    });
  }

  /** What all tasks are about, and what does them here; before anything is asked for, once. */
  give(sets: EvaluationSets, bench: Workbench): void {
    this.#bench = bench;
    for (const [at, worker] of this.#workers.entries())
      worker.postMessage({ sets, splits: this.#splits, own: at + 1 } satisfies GivenSets);
  }

  do<T extends Task>(task: T): Promise<TaskResults[T['kind']]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const text = textOf(task);
    const begun = text === undefined ? undefined : this.#ahead.get(text);
    if (text === undefined || begun === undefined) {
      const waiting = this.#newTask(task, false);
      this.#tell({ added: [waiting.board] });
      return waiting.promise as Promise<TaskResults[T['kind']]>;
    }
    this.#ahead.delete(text);
    this.#tell({ wanted: begun.board.id });
    return begun.promise as Promise<TaskResults[T['kind']]>;
  }

  /**
   * Names tasks that may be asked for next, instead of those named before: a thread that has nothing else to do begins
   * with them. Where there is no other thread, none is begun.
   */
  ahead(tasks: readonly AheadTask[]): void {
    if (this.#workers.length === 0) return;
    for (const [text, { board }] of this.#ahead) if (take(board)) this.#ahead.delete(text);
    const added = tasks.flatMap((task) => {
      const text = textOf(task)!;
      if (this.#ahead.has(text)) return [];
      const waiting = this.#newTask(task, true);
      // nobody may ever ask for it
      waiting.promise.catch(() => {});
      this.#ahead.set(text, waiting);
      return [waiting.board];
    });
    this.#tell({ added });
  }

  /** Ends the other threads, whatever they are at; again where they have ended does nothing. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #newTask(task: Task, isAhead: boolean): Waiting {
    const board = { id: this.#nextId++, task, taken: new Int32Array(new SharedArrayBuffer(4)), isAhead };
    const waiting = { board, ...promised() };
    this.#waiting.set(board.id, waiting);
    return waiting;
  }

  #tell(news: BoardNews): void {
    for (const worker of this.#workers) worker.postMessage(news);
    this.#board.note(news);
    if (this.#isWorking) return;
    this.#isWorking = true;
    void this.#work();
  }

  /** Does tasks as the other threads do, and hears of what they did in between. */
  async #work(): Promise<void> {
    // what is asked for upon an answer may be what fits best
    for (await nextTurn(); ; await nextTurn()) {
      const next = this.#failure === undefined ? this.#board.take() : undefined;
      if (next === undefined) break;
      this.#settle(answerOf(this.#bench!, next));
    }
    this.#isWorking = false;
  }

  #settle(answer: TaskAnswer): void {
    const asked = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(answer.error);
    else asked?.resolve(answer.result);
  }

  /** A thread that ends by itself will answer nothing more. */
  #fail(error: unknown): void {
    this.#failure = error;
    for (const one of this.#waiting.values()) one.reject(error);
    this.#waiting.clear();
  }
}

/** What a task that may be named ahead is found again by; the others hold long tables. */
const textOf = (task: Task): string | undefined =>
  task.kind === 'play' || task.kind === 'test' ? JSON.stringify(task) : undefined;

function promised(): Omit<Waiting, 'board'> {
  let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<unknown>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}

export function answerOf(bench: Workbench, { id, task }: BoardTask): TaskAnswer {
  try {
    return { id, result: bench.do(task) };
  } catch (error) {
    return { id, error };
  }
}
