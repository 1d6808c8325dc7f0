import { expect, it } from 'vitest';
import { type HourlyCheckDeps, hourlyCheck } from '../../src/api/hourly-check.ts';

/** Parts of the check that note their turn; those that are named fail. */
function partsWith(...failing: readonly string[]) {
  const done: string[] = [];
  const part =
    <T>(name: string, answer: T) =>
    async (): Promise<T> => {
      done.push(name);
      if (failing.includes(name)) throw new Error(`${name} failed`);
      return answer;
    };
  const deps = {
    followJudgements: part('follow', 2),
    operations: { retrainTick: part('retrain', { state: 'below' }) },
    feedback: { summarizePending: part('pending', { count: 7, oldestAt: '2026-03-01T00:00:00.000Z' }) },
    drift: { report: part('drift', { status: 'stable', detail: '' }) },
    inspect: part('inspection', []),
    runs: { prune: part('runs', 0) },
    predictions: { dropTablesOlderThan: part('retention', undefined) },
    predictionLogWeeks: 4,
    now: () => Date.parse('2026-03-01T01:00:00Z'),
  } as unknown as HourlyCheckDeps;
  return { done, deps };
}
const ALL = ['follow', 'retrain', 'pending', 'drift', 'inspection', 'runs', 'retention'];

it('tells what it found', async () => {
  const { deps } = partsWith();
  expect(await hourlyCheck(false, deps)).toEqual({
    retrain_tick: { state: 'below', durationMs: 0 },
    pending: { pending: 7, oldestMinutes: 60, followed: 2 },
    drift: { status: 'stable', detail: '' },
  });
});

it.each(ALL)('does everything else where %s fails, and fails then', async (part) => {
  const { done, deps } = partsWith(part);
  await expect(hourlyCheck(false, deps)).rejects.toThrow(`${part} failed`);
  expect(done).toEqual(ALL);
});
