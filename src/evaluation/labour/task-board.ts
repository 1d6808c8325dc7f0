import type { Task } from './tasks.ts';

/** A task that threads may take, each once. */
export interface BoardTask {
  readonly id: number;
  readonly task: Task;
  /** (1,) in memory that threads share: 0 until one of them has taken it. */
  readonly taken: Int32Array;
  /** Nobody has asked for it yet: for who has nothing else to do. */
  readonly isAhead: boolean;
}

/** What is to be known of tasks: those put up, or the id of one that was put up ahead and is asked for by now. */
export type BoardNews = { readonly added: readonly BoardTask[] } | { readonly wanted: number };

/** Splits that threads work on, in memory that they share. (nThreads,), each -1 until its first task of a split. */
export const newSplitBoard = (nThreads: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * nThreads)).fill(NO_SPLIT);

const NO_SPLIT = -1;

/**
 * Tasks as one thread sees them. Each thread has a board and takes from it by itself, so that none waits until another has
 * time to hand it one; whoever takes a task first has it.
 */
export class TaskBoard {
  readonly #splits: Int32Array;
  readonly #own: number;
  #tasks: BoardTask[] = [];

  /** @param splits of all threads @param own place of this one among them */
  constructor(splits: Int32Array, own: number) {
    this.#splits = splits;
    this.#own = own;
  }

  note(news: BoardNews): void {
    if ('added' in news) this.#tasks.push(...news.added);
    else this.#tasks = this.#tasks.map((one) => (one.id === news.wanted ? { ...one, isAhead: false } : one));
  }

  /**
   * A task for this thread alone; `undefined` when all are taken. First what is of the split it did last, then what is of
   * no split that others work on, then whatever is left: what a thread has worked out for a split serves the next task of
   * it, and a split is shared at the end alone.
   */
  take(): BoardTask | undefined {
    for (;;) {
      this.#tasks = this.#tasks.filter(({ taken }) => Atomics.load(taken, 0) === 0);
      const best = this.#best();
      if (best === undefined) return undefined;
      if (!take(best)) continue;
      Atomics.store(this.#splits, this.#own, splitOf(best.task));
      return best;
    }
  }

  #best(): BoardTask | undefined {
    const asked = this.#tasks.filter(({ isAhead }) => !isAhead);
    const own = Atomics.load(this.#splits, this.#own);
    const elsewhere = this.#splits.filter((_, thread) => thread !== this.#own);
    return (
      asked.find(({ task }) => own !== NO_SPLIT && splitOf(task) === own) ??
      asked.find(({ task }) => splitOf(task) === NO_SPLIT || !elsewhere.includes(splitOf(task))) ??
      asked[0] ??
      this.#tasks[0]
    );
  }
}

/** Whether nobody was before. */
export const take = ({ taken }: BoardTask): boolean => Atomics.compareExchange(taken, 0, 0, 1) === 0;

const splitOf = (task: Task): number =>
  task.kind === 'play' || task.kind === 'split' ? (task.split ?? NO_SPLIT) : NO_SPLIT;
