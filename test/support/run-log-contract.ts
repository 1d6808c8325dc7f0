import { describe, expect, it } from 'vitest';
import type { RunLog, RunRecord } from '../../src/store/run-log.ts';
import { minute } from './judged-alerts.ts';

export const runOf = (runId: string, nth: number, overrides: Partial<RunRecord> = {}): RunRecord => ({
  runId,
  trigger: 'timer',
  state: 'running',
  startedAt: minute(nth),
  finishedAt: undefined,
  stage: 'collecting',
  progress: 0.25,
  pending: 120,
  release: undefined,
  reasons: [],
  error: undefined,
  ...overrides,
});

/** What every {@link RunLog} does. */
export function runLogContract(name: string, open: () => Promise<{ log: RunLog; other: RunLog }>): void {
  describe(`${name} as a run log`, () => {
    it('knows nothing before the first run', async () => {
      const { log } = await open();
      expect(await log.get('run-1')).toBeUndefined();
      expect(await log.list(10)).toEqual([]);
      expect(await log.lastTick()).toBeUndefined();
    });

    it('keeps a run as it was last put, wherever it is read', async () => {
      const { log, other } = await open();
      await log.put(runOf('run-1', 0));
      const done = runOf('run-1', 0, {
        state: 'promoted',
        finishedAt: minute(3),
        stage: 'done',
        progress: 1,
        release: '7-0123456789ab',
        reasons: ['better by 1.2 points', 'keine kritischen Fälle verloren'],
      });
      await other.put(done);
      expect(await log.get('run-1')).toEqual(done);
      expect(await log.list(10)).toEqual([done]);
    });

    it('keeps a failed run with its error', async () => {
      const { log } = await open();
      const failed = runOf('run-1', 0, {
        state: 'failed',
        pending: undefined,
        error: 'Expected 4 classes, got 3.',
      });
      await log.put(failed);
      expect(await log.get('run-1')).toEqual(failed);
    });

    it('lists a run once, as it was last put, though it began later than it was queued', async () => {
      const { log } = await open();
      await log.put(runOf('run-1', 0, { stage: 'queued' }));
      await log.put(runOf('run-2', 1));
      const begun = runOf('run-1', 2, { stage: 'collecting' });
      await log.put(begun);
      expect(await log.get('run-1')).toEqual(begun);
      expect(await log.list(10)).toEqual([begun, runOf('run-2', 1)]);
      expect(await log.list(1)).toEqual([begun]);
    });

    it('lists the newest first, as many as asked', async () => {
      const { log } = await open();
      for (const nth of [3, 11, 1, 7, 5]) await log.put(runOf(`run-${nth}`, nth));
      expect((await log.list(3)).map(({ runId }) => runId)).toEqual(['run-11', 'run-7', 'run-5']);
      expect(await log.list(100)).toHaveLength(5);
      expect(await log.list(0)).toEqual([]);
    });

    it('keeps the newest runs alone once it is pruned', async () => {
      const { log, other } = await open();
      await log.put(runOf('run-1', 0, { stage: 'queued' }));
      for (const nth of [2, 3, 4]) await log.put(runOf(`run-${nth}`, nth));
      // begun later than it was queued: one of the newest
      await log.put(runOf('run-1', 5));
      expect(await log.prune(2)).toBe(2);
      expect((await other.list(10)).map(({ runId }) => runId)).toEqual(['run-1', 'run-4']);
      expect(await other.get('run-2')).toBeUndefined();
      expect(await other.get('run-1')).toEqual(runOf('run-1', 5));
      expect(await log.prune(2)).toBe(0);
    });

    it('answers undefined for what can be no run', async () => {
      const { log } = await open();
      await log.put(runOf('run-1', 0));
      for (const runId of ['', '../runs', "x' or true", 'a/b?c#d', 'r'.repeat(2_000)]) {
        expect(await log.get(runId)).toBeUndefined();
      }
    });

    it('keeps the last tick', async () => {
      const { log, other } = await open();
      await log.putTick({ at: minute(1), isPastDue: true, result: 'below' });
      const tick = { at: minute(2), isPastDue: false, result: 'promoted' } as const;
      await log.putTick(tick);
      expect(await other.lastTick()).toEqual(tick);
      expect(await other.list(10)).toEqual([]);
    });
  });
}
