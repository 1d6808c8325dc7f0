import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../functions/deadline.ts';
import { Progress } from '../../src/api/progress.ts';

describe('withDeadline', () => {
  it('answers with what was done when the time is up, and tells the work to stop', async () => {
    const progress = new Progress();
    let stopped: unknown;
    const work = async (): Promise<void> => {
      progress.say('3 of 9 judgements were taken.');
      await new Promise((resolve) => setTimeout(resolve, 80));
      try {
        progress.check();
      } catch (error) {
        stopped = error;
      }
    };
    await expect(withDeadline(0.02, progress, work)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('3 of 9'),
      details: { done: '3 of 9 judgements were taken.' },
    });
    await expect.poll(() => stopped).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('gives what the handler gives or throws', async () => {
    const progress = new Progress();
    expect(await withDeadline(5, progress, async () => 7)).toBe(7);
    const failing = withDeadline(5, progress, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    progress.check();
  });
});
