import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/test.ts';

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

describe('countTests', () => {
  it('adds up passed and failed tests', () => {
    expect(
      countTests({ testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed', 'passed')] }),
    ).toEqual({ nPassed: 3, nFailed: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(countTests({ testResults: [file('failed')] })).toEqual({ nPassed: 0, nFailed: 1 });
    expect(countTests({ testResults: [file('failed', 'passed')] })).toEqual({ nPassed: 1, nFailed: 1 });
  });

  it('counts a skipped test as a failure unless a name was asked for', () => {
    const report = { testResults: [file('passed', 'passed', 'skipped', 'pending', 'todo')] };
    expect(countTests(report)).toEqual({ nPassed: 1, nFailed: 3 });
    expect(countTests(report, true)).toEqual({ nPassed: 1, nFailed: 0 });
  });

  it('counts nothing in an empty report', () => {
    expect(countTests({ testResults: [] })).toEqual({ nPassed: 0, nFailed: 0 });
  });
});
