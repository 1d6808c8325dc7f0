import { Worker } from 'node:worker_threads';
import { AlertforestError, ERROR_CODES, type ErrorCode } from '../../errors.ts';
import { threadScript } from '../../thread-script.ts';
import type { OnProgress, Trainer } from '../trainer.ts';
import { type HandedJob, handOver, sendParts } from './handover.ts';
import type { HeldOutAlerts, HeldOutJob } from './held-out.ts';

/** What the thread is asked to do; what is bulky of the job follows in parts. */
export interface ThreadRequest extends HandedJob {
  readonly task: 'train' | 'compare' | 'held-out';
}

/** What it says while and after. */
export type ThreadMessage =
  | { readonly type: 'progress'; readonly stage: string; readonly progress: number }
  | { readonly type: 'done'; readonly result: unknown }
  | {
      readonly type: 'failed';
      readonly code: string | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    };

export interface ThreadTrainerOptions {
  /** Limit of the thread's heap; above it the thread dies and the run fails, the service does not. @default none */
  readonly maxHeapMb?: number | undefined;
}

/**
 * Trains in a worker thread, one per call, so that predictions go on meanwhile and a crash stays there.
 *
 * @param entry the thread's script
 */
export function createThreadTrainer(
  entry = threadScript('training-thread', import.meta.url),
  options: ThreadTrainerOptions = {},
): Trainer {
  return {
    train: (job, onProgress) =>
      inThread(entry, { task: 'train', job }, onProgress, options) as ReturnType<Trainer['train']>,
    compare: (job, onProgress) =>
      inThread(entry, { task: 'compare', job }, onProgress, options) as ReturnType<Trainer['compare']>,
  };
}

/** Reads the hold-out in a worker thread, one per call: requests are answered meanwhile. @param entry the thread's script */
export function createThreadHeldOut(
  entry = threadScript('training-thread', import.meta.url),
  options: ThreadTrainerOptions = {},
): (job: HeldOutJob) => Promise<HeldOutAlerts> {
  return (job) =>
    inThread(entry, { task: 'held-out', job }, () => undefined, options) as Promise<HeldOutAlerts>;
}

function inThread(
  entry: URL,
  { task, job }: { readonly task: ThreadRequest['task']; readonly job: object },
  onProgress: OnProgress,
  options: ThreadTrainerOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { handed, parts } = handOver(job);
    const worker = new Worker(entry, {
      workerData: { task, ...handed } satisfies ThreadRequest,
      ...(options.maxHeapMb === undefined
        ? {}
        : { resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb } }),
    });
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'progress') onProgress(message.stage, message.progress);
      else if (message.type === 'done') resolve(message.result);
      else reject(errorOf(message));
    });
    worker.on('error', (cause) => {
      reject(
        new AlertforestError('TRAINING_FAILED', `The training thread failed: ${cause.message}`, { cause }),
      );
    });
    let hasEnded = false;
    worker.on('exit', (code) => {
      hasEnded = true;
      // after an answer this changes nothing
      reject(
        new AlertforestError(
          'TRAINING_FAILED',
          `The training thread ended with code ${code} before it answered.`,
        ),
      );
    });
    sendParts(
      parts(),
      (part, transfer) => worker.postMessage(part, transfer),
      () => hasEnded,
    ).catch(reject);
  });
}

function errorOf(message: Extract<ThreadMessage, { type: 'failed' }>): AlertforestError {
  const isKnown = (code: string | undefined): code is ErrorCode =>
    ERROR_CODES.some((known) => known === code);
  const cause = new Error(message.message);
  if (message.stack !== undefined) cause.stack = message.stack;
  return new AlertforestError(isKnown(message.code) ? message.code : 'TRAINING_FAILED', message.message, {
    cause,
  });
}
