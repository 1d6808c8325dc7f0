import { describe, expect, it, onTestFinished } from 'vitest';
import { LabourThreads } from '../../src/evaluation/labour/labour-threads.ts';
import { type EvaluationSets, type Task, Workbench } from '../../src/evaluation/labour/tasks.ts';

// Sets that no task can be done on: what a task fails with is told by whoever it was asked of.
const broken = { train: {}, test: {}, splits: [], seed: 1 } as unknown as EvaluationSets;
const split = (at: number): Task => ({
  kind: 'calibrate',
  split: at,
  algorithm: 'random_forest',
  played: [],
});

describe('threads of an evaluation', () => {
  it.each([1, 2, 3])(
    'tell whoever asked why a task failed, and go on: %i',
    { timeout: 120_000 },
    async (n) => {
      const threads = new LabourThreads(n);
      onTestFinished(() => threads.close());
      threads.give(broken, new Workbench(broken));
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => threads.do(split(at))));
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
      await expect(threads.do(split(0))).rejects.toThrow(TypeError);
    },
  );

  it('end more than once, and leave what is asked for then to this one', { timeout: 120_000 }, async () => {
    const threads = new LabourThreads(3);
    threads.give(broken, new Workbench(broken));
    await Promise.all([threads.close(), threads.close()]);
    await threads.close();
    await expect(threads.do(split(0))).rejects.toThrow(TypeError);
  });

  it('are said to have ended where one of them cannot start', { timeout: 120_000 }, async () => {
    const threads = new LabourThreads(2);
    onTestFinished(() => threads.close());
    // what cannot be cloned never arrives; what arrives and is no set ends the thread
    threads.give(undefined as unknown as EvaluationSets, new Workbench(broken));
    await expect
      .poll(() => threads.do(split(0)).catch((error: Error) => error.message))
      .toMatch(/sets|destructure/);
  });
});
