import type { ClassifierAlgorithm } from '../../models/learners/learners.ts';
import { N_RECENT_SPLITS, type Task } from './tasks.ts';

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

/** Splits that threads have worked out something for, in memory that they share. (nThreads x N_RECENT_SPLITS), else -1. */
export const newSplitBoard = (nThreads: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * nThreads * N_RECENT_SPLITS)).fill(NO_SPLIT);

const NO_SPLIT = -1;

/**
 * Tasks as one thread sees them. Each thread has a board and takes from it by itself, so that none waits until another has
 * time to hand it one; whoever takes a task first has it.
 */
export class TaskBoard {
  readonly #splits: Int32Array;
  readonly #own: number;
  /** The latest last. */
  #recent: readonly number[] = [];
  #lastAlgorithm: ClassifierAlgorithm | undefined;
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
   * A task for this thread alone; `undefined` when all are taken. First what is of the splits it did last, then what is of
   * no split that others did last, then whatever is left: what a thread has worked out for a split serves the next task of
   * it, and a split is shared at the end alone. Of those, what the thread has fitted before: its code is compiled there.
   */
  take(): BoardTask | undefined {
    for (;;) {
      this.#tasks = this.#tasks.filter(({ taken }) => Atomics.load(taken, 0) === 0);
      const best = this.#best();
      if (best === undefined) return undefined;
      if (!take(best)) continue;
      this.#note(best.task);
      return best;
    }
  }

  #note(task: Task): void {
    this.#lastAlgorithm = algorithmOf(task);
    const split = splitOf(task);
    if (split === NO_SPLIT || this.#recent.includes(split)) return;
    this.#recent = [...this.#recent, split].slice(-N_RECENT_SPLITS);
    const first = this.#own * N_RECENT_SPLITS;
    for (const [at, one] of this.#recent.entries()) Atomics.store(this.#splits, first + at, one);
  }

  #best(): BoardTask | undefined {
    const asked = this.#tasks.filter(({ isAhead }) => !isAhead);
    for (const split of this.#recent) {
      const own = asked.find(({ task }) => splitOf(task) === split);
      if (own !== undefined) return own;
    }
    const elsewhere = this.#splits.filter((_, at) => Math.floor(at / N_RECENT_SPLITS) !== this.#own);
    const free = asked.filter(({ task }) => splitOf(task) === NO_SPLIT || !elsewhere.includes(splitOf(task)));
    const last = this.#lastAlgorithm;
    const like =
      last &&
      (free.find(({ task }) => algorithmOf(task) === last) ??
        free.find(({ task }) => isOfMlJs(algorithmOf(task)) === isOfMlJs(last)));
    return like ?? free[0] ?? asked[0] ?? this.#tasks[0];
  }
}

/** Whether nobody was before. */
export const take = ({ taken }: BoardTask): boolean => Atomics.compareExchange(taken, 0, 0, 1) === 0;

const splitOf = (task: Task): number => (task.kind === 'ablation' ? NO_SPLIT : (task.split ?? NO_SPLIT));

const algorithmOf = (task: Task): ClassifierAlgorithm =>
  task.kind === 'play' ? task.play.algorithm : task.algorithm;

/** Both grow their trees with the same code, which no other learner runs. */
const isOfMlJs = (algorithm: ClassifierAlgorithm): boolean =>
  algorithm === 'ml_cart' || algorithm === 'ml_random_forest';
