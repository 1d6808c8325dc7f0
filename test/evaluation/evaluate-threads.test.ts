import { describe, expect, it, onTestFinished } from 'vitest';
import { type Evaluation, evaluate } from '../../src/evaluation/evaluate.ts';
import { type EvaluationSet, evaluationSet } from '../../src/evaluation/evaluation-set.ts';
import { LabourThreads } from '../../src/evaluation/labour/labour-threads.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';

async function setOf(n: number, seed: number, only?: string): Promise<EvaluationSet> {
  const made = generateSyntheticAlerts(n, seed);
  return evaluationSet(
    (async function* () {
      for (const [at, { alert, disposition, riskScore }] of made.entries())
        if (only === undefined || disposition === only)
          yield { alert, disposition, riskScore, group: `group ${Math.floor(at / 2)}` };
    })(),
  );
}

const withoutTimes = ({ fit_seconds: _, score_us_per_alert: __, ...figures }: Evaluation): object => figures;

describe('an evaluation', () => {
  it('comes to the same figures in one thread and in several', { timeout: 300_000 }, async () => {
    const [train, test] = await Promise.all([setOf(120, 1), setOf(40, 2)]);
    const options = { seed: 3, splits: ['incident'], nFolds: 2, withAblation: true } as const;
    const alone = await evaluate(train, test, options);
    const stages: string[] = [];
    let furthest = 0;
    const threads = new LabourThreads(2);
    onTestFinished(() => threads.close());
    const several = await evaluate(train, test, {
      ...options,
      threads,
      onProgress: (stage, progress) => {
        stages.push(stage);
        expect(progress).toBeGreaterThanOrEqual(furthest);
        furthest = progress;
      },
    });
    expect(withoutTimes(several)).toEqual(withoutTimes(alone));
    expect(furthest).toBeCloseTo(1);
    expect(stages).toContain('ablation');
    expect(several.splits.map(({ name }) => name)).toEqual(['incident']);
    expect(several.ablation.length).toBeGreaterThan(1);
  });

  it('says in a sentence why a set cannot be learned from', async () => {
    const test = await setOf(10, 2);
    const one = await setOf(60, 1, 'benign');
    await expect(evaluate(one, test, { seed: 1 })).rejects.toThrow(
      `Expected labelled alerts of at least two dispositions to learn from, got ${one.rows.labels.length} of one: benign.`,
    );
    const whole = await setOf(40, 1);
    const joined = { ...whole, rows: { ...whole.rows, groups: whole.rows.groups.map(() => 'one') } };
    await expect(evaluate(joined, test, { seed: 1 })).rejects.toThrow(
      'Expected labelled alerts of more incidents to learn from: the 40 here fall into one fold.',
    );
  });
});
