import { parentPort, workerData } from 'node:worker_threads';
import { AlertforestError } from '../../errors.ts';
import type { ComparisonJob, TrainingJob } from '../trainer.ts';
import { inProcessTrainer } from './in-process-trainer.ts';
import type { ThreadMessage, ThreadRequest } from './thread-trainer.ts';

// The entry of the worker thread: does the one task it was started with, reports, and ends.
const port = parentPort;
if (port === null) throw new Error('Expected to run as a worker thread.');
const say = (message: ThreadMessage): void => port.postMessage(message);

const { task, job } = workerData as ThreadRequest;
const onProgress = (stage: string, progress: number): void => say({ type: 'progress', stage, progress });
try {
  const result =
    task === 'train'
      ? await inProcessTrainer.train(job as TrainingJob, onProgress)
      : await inProcessTrainer.compare(job as ComparisonJob, onProgress);
  say({ type: 'done', result });
} catch (error) {
  say({
    type: 'failed',
    code: error instanceof AlertforestError ? error.code : undefined,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
}
