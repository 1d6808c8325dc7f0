import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { answerOf, type GivenSets } from './labour-threads.ts';
import { type BoardNews, TaskBoard } from './task-board.ts';
import { Workbench } from './tasks.ts';

// The entry of a thread of an evaluation: is given the sets, then takes one task after the other until it is ended.
const port = parentPort;
if (port === null) throw new Error('Expected to run as a worker thread.');
port.once('message', ({ sets, splits, own }: GivenSets) => {
  const bench = new Workbench(sets);
  const board = new TaskBoard(splits, own);
  let isWorking = false;
  const work = async (): Promise<void> => {
    // news comes in between two tasks
    for (await nextTurn(); ; await nextTurn()) {
      const next = board.take();
      if (next === undefined) break;
      port.postMessage(answerOf(bench, next));
    }
    isWorking = false;
  };
  port.on('message', (news: BoardNews) => {
    board.note(news);
    if (isWorking) return;
    isWorking = true;
    void work();
  });
});
