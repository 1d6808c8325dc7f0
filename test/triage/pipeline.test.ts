import { describe, expect, it } from 'vitest';
import { Pipeline } from '../../src/triage/pipeline.ts';
import type { StageInput, StageName, TriageStage } from '../../src/triage/triage-facts.ts';
import { anAlert } from '../features/alerts.ts';

const INPUT: StageInput = { alert: anAlert(), payload: {}, alertKey: '0', nowMs: 0, observe: true };

function stage(name: StageName, changes: Partial<TriageStage> = {}): TriageStage {
  return { name, budgetUs: 1_000, isReady: () => true, run: () => ({}), ...changes };
}

describe('Pipeline', () => {
  it('runs the stages in their order, each seeing what those before found', () => {
    const seen: string[] = [];
    const noting = (name: StageName) =>
      stage(name, {
        run: (_, facts) => {
          seen.push(`${name} ${facts.intel?.length ?? 'none'}`);
          return name === 'intel' ? { intel: [] } : {};
        },
      });
    const stages = (['correlation', 'rules', 'intel', 'behavior', 'entities'] as const).map(noting);
    const { problems } = new Pipeline({ stages, clock: () => 0, onEvent: () => {} }).run(INPUT);
    expect(seen).toEqual(['entities none', 'intel none', 'behavior 0', 'rules 0', 'correlation 0']);
    expect(problems).toEqual({});
  });

  it('goes on without a stage that throws, says so and lets it rest for a second', () => {
    let nowMs = 0;
    let nRuns = 0;
    const events: string[] = [];
    const broken = stage('behavior', {
      run: () => {
        nRuns++;
        throw new Error('out of order');
      },
    });
    const pipeline = new Pipeline({
      stages: [broken, stage('intel', { run: () => ({ intel: [] }) })],
      clock: () => nowMs,
      onEvent: (event) => events.push(event),
    });
    expect(pipeline.run(INPUT)).toMatchObject({ facts: { intel: [] }, problems: { behavior: 'failed' } });
    nowMs = 500;
    expect(pipeline.run(INPUT).problems).toEqual({ behavior: 'failed' });
    expect(nRuns).toBe(1);
    nowMs = 1_001;
    pipeline.run(INPUT);
    expect(nRuns).toBe(2);
    expect(events).toEqual(['stage_failed', 'stage_failed']);
  });

  it('lets a stage rest that is slow three times in a row, not once', () => {
    let nowMs = 0;
    const slow = stage('rules', {
      run: () => {
        nowMs += 5;
        return {};
      },
    });
    const pipeline = new Pipeline({ stages: [slow], clock: () => nowMs, onEvent: () => {} });
    expect([1, 2, 3].map(() => pipeline.run(INPUT).problems)).toEqual([{}, {}, {}]);
    expect(pipeline.run(INPUT).problems).toEqual({ rules: 'late' });
    nowMs += 2_000;
    expect(pipeline.run(INPUT).problems).toEqual({});
  });

  it('passes over a stage whose state is not there yet', () => {
    const pipeline = new Pipeline({
      stages: [stage('correlation', { isReady: () => false, run: () => ({ intel: [] }) })],
      clock: () => 0,
      onEvent: () => {},
    });
    expect(pipeline.run(INPUT)).toMatchObject({ facts: {}, problems: { correlation: 'loading' } });
  });
});
