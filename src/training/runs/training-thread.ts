import { parentPort, workerData } from 'node:worker_threads';
import { AlertforestError } from '../../errors.ts';
import type { ComparisonJob, TrainingJob } from '../trainer.ts';
import { type BulkPart, buffersOf, ReceivedJob } from './handover.ts';
import { type HeldOutJob, readHeldOut } from './held-out.ts';
import { inProcessTrainer } from './in-process-trainer.ts';
import type { ThreadMessage, ThreadRequest } from './thread-trainer.ts';

// The entry of the worker thread: takes in the job, does the one task it was started with, reports, and ends.
const port = parentPort;
if (port === null) throw new Error('Expected to run as a worker thread.');
const say = (message: ThreadMessage, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const { task, ...handed } = workerData as ThreadRequest;
const received = new ReceivedJob(handed);
if (!received.isWhole) {
  await new Promise<void>((resolve) => {
    const take = (part: BulkPart): void => {
      received.take(part);
      if (!received.isWhole) return;
      // a port that is listened to keeps the thread alive
      port.off('message', take);
      resolve();
    };
    port.on('message', take);
  });
}
const onProgress = (stage: string, progress: number): void => say({ type: 'progress', stage, progress });
const RUN: Readonly<Record<ThreadRequest['task'], (job: unknown) => unknown>> = {
  train: (asked) => inProcessTrainer.train(asked as TrainingJob, onProgress),
  compare: (asked) => inProcessTrainer.compare(asked as ComparisonJob, onProgress),
  'held-out': (asked) => readHeldOut(asked as HeldOutJob),
};
try {
  const result = await RUN[task](received.job);
  say({ type: 'done', result }, [...buffersOf(result)]);
} catch (error) {
  say({
    type: 'failed',
    code: error instanceof AlertforestError ? error.code : undefined,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
}
