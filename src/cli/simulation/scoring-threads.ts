import { Worker } from 'node:worker_threads';
import type { ModelRows } from '../../evaluation/simulate/model-rows.ts';
import type { AitRows } from '../../evaluation/simulate/read-ait.ts';
import type { StreamFormat } from '../../evaluation/simulate/stream-formats.ts';
import { threadScript } from '../../thread-script.ts';
import type { Artefacts } from './artefacts.ts';

export interface ThreadWork {
  readonly file: string;
  readonly format: StreamFormat;
  /** One thread makes the models of a first start for all. */
  readonly makesModels: boolean;
  /** Whether it also plays the stream through one instance, to compare with. */
  readonly playsAlone: boolean;
}

/** What a thread is given once it is there. */
export interface Given {
  readonly rows?: ModelRows;
  /** Of the AIT set, which this thread has read for all. */
  readonly ait?: AitRows | undefined;
  readonly artefacts?: Artefacts;
}

/** What a thread says, one thing at a time. */
export interface Said {
  readonly artefacts?: Artefacts;
  readonly alone?: readonly (string | undefined)[];
  readonly spentMs?: number;
}

/**
 * The models' part of a simulation in threads beside this one, which plays the stages meanwhile and scores along when it is
 * done with them. The scores are those of one thread.
 */
export class ScoringThreads {
  readonly #workers: readonly Worker[];
  readonly #artefacts: Promise<Artefacts>;
  readonly #alone: Promise<readonly (string | undefined)[]>;
  readonly #spentMs: Promise<readonly number[]>;

  /** Starts them, so that they make the models while the file is read here. @param nThreads with this one, at least 2 */
  constructor(work: Pick<ThreadWork, 'file' | 'format' | 'playsAlone'>, nThreads: number) {
    const last = nThreads - 2;
    this.#workers = Array.from(
      { length: nThreads - 1 },
      (_, at) =>
        new Worker(threadScript('simulation-thread', import.meta.url), {
          workerData: {
            ...work,
            makesModels: at === 0,
            playsAlone: work.playsAlone && at === last,
          } satisfies ThreadWork,
        }),
    );
    const [first] = this.#workers;
    this.#artefacts = heardFrom(first!, 'artefacts');
    this.#alone = heardFrom(this.#workers[last]!, 'alone');
    this.#spentMs = Promise.all(this.#workers.map((worker) => heardFrom(worker, 'spentMs')));
    this.#artefacts.then(
      (artefacts) => {
        for (const worker of this.#workers.slice(1)) worker.postMessage({ artefacts } satisfies Given);
      },
      () => {},
    );
    // a thread that fails is told of by whoever waits for what it should have said
    for (const heard of [this.#alone, this.#spentMs]) heard.catch(() => {});
  }

  /** What the stages find, to be scored as it comes. @param ait the alerts, where they are those of the AIT set */
  give(rows: ModelRows, ait: AitRows | undefined): void {
    for (const worker of this.#workers) worker.postMessage({ rows, ait } satisfies Given);
  }

  /** The models of a first start, as one of them made them. */
  artefacts(): Promise<Artefacts> {
    return this.#artefacts;
  }

  /** Of each thread the ms it has spent, when it finds no row left. */
  spentMs(): Promise<readonly number[]> {
    return this.#spentMs;
  }

  /** (n,) incident of each alert where one instance saw all. */
  alone(): Promise<readonly (string | undefined)[]> {
    return this.#alone;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function heardFrom<What extends keyof Said>(worker: Worker, what: What): Promise<NonNullable<Said[What]>> {
  return new Promise((resolve, reject) => {
    worker.on('message', (said: Said) => {
      const heard = said[what];
      if (heard !== undefined) resolve(heard);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`A thread of the simulation ended with ${code}.`)));
  });
}
