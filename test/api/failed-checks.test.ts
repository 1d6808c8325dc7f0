import { describe, expect, it } from 'vitest';
import { failedChecks } from '../../src/api/health/failed-checks.ts';
import { healthStatus } from '../../src/api/health/health-report.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import type { RunRecord, RunState, RunTrigger } from '../../src/store/run-log.ts';
import { runOf } from '../support/run-log-contract.ts';

/** Runs, newest first, each `trigger state`. */
const runs = (...words: readonly string[]): RunRecord[] =>
  words.map((word, i) => {
    const [trigger, state] = word.split(' ') as [RunTrigger, RunState];
    const error = state === 'failed' ? 'STORE_CORRUPT: Expected datasets/a.bin' : undefined;
    return runOf(`run-${i}`, words.length - i, { trigger, state, error });
  });

describe('failedChecks', () => {
  it('says what the last of three failures said, and makes health degraded', () => {
    const problem = failedChecks(runs('timer failed', 'queue failed', 'timer failed', 'timer promoted'));
    expect(problem).toBe(
      'the last 3 retrains failed; nothing is learned: STORE_CORRUPT: Expected datasets/a.bin',
    );
    const models = { source: 'storage' } as ServingModels;
    const inputs = { models, problem: undefined, policyProblem: undefined, fleet: undefined };
    expect(healthStatus({ ...inputs, failedChecks: problem })).toEqual({
      status: 'degraded',
      reasons: [problem],
    });
  });

  it.each([
    ['one in between was fine', ['timer failed', 'timer below', 'timer failed', 'timer failed']],
    ['the last was fine', ['timer refused', 'timer failed', 'timer failed', 'timer failed']],
    ['there were two', ['timer failed', 'timer failed']],
    ['an operator tried', ['manual failed', 'manual failed', 'manual failed', 'timer below']],
  ])('says nothing where %s', (_, words) => {
    expect(failedChecks(runs(...words))).toBeUndefined();
  });

  it('passes over runs under way and those that met another', () => {
    const words = ['timer running', 'timer failed', 'queue busy', 'timer failed', 'timer failed'];
    expect(failedChecks(runs(...words))).toBeDefined();
  });
});
