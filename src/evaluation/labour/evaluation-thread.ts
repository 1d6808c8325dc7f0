import { parentPort } from 'node:worker_threads';
import type { TaskAnswer, TaskRequest } from './labour.ts';
import { type EvaluationSets, Workbench } from './tasks.ts';

// The entry of a thread of an evaluation: is given the sets, then does one task after the other until it is ended.
const port = parentPort;
if (port === null) throw new Error('Expected to run as a worker thread.');
port.once('message', (sets: EvaluationSets) => {
  const bench = new Workbench(sets);
  port.on('message', ({ id, task }: TaskRequest) => {
    let answer: TaskAnswer;
    try {
      answer = { id, result: bench.do(task) };
    } catch (error) {
      answer = { id, error };
    }
    port.postMessage(answer);
  });
});
