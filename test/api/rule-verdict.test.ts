import { describe, expect, it } from 'vitest';
import { rulePrecision } from '../../src/api/rules/rule-verdict.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { countRuleJudgements, KeptRuleJudgements } from '../../src/training/feedback/rule-judgements.ts';
import { wilson } from '../../src/trees/metrics/wilson-interval.ts';
import { hex, sample, vote } from '../training/rows.ts';

const ALL = { attacks: 50, others: 50 };

describe('the precision of a rule', () => {
  it('has a Wilson interval, checked at points reckoned by hand', () => {
    // 8 of 10: centre (0.8 + 0.19207) / 1.38415, half 1.95996 / 1.38415 x sqrt(0.016 + 0.0096036)
    expect(wilson(8, 10).low).toBeCloseTo(0.4902, 4);
    expect(wilson(8, 10).high).toBeCloseTo(0.9433, 4);
    expect(wilson(0, 10).low).toBe(0);
    expect(wilson(0, 10).high).toBeCloseTo(0.2775, 4);
    expect(wilson(1, 1).high).toBeCloseTo(1, 12);
  });

  it('keeps what is right more often than its side is at large, and retires what is surely not', () => {
    expect(rulePrecision({ attacks: 9, others: 1 }, ALL, false).advice).toBe('keep');
    expect(rulePrecision({ attacks: 4, others: 6 }, ALL, false).advice).toBe('tune');
    expect(rulePrecision({ attacks: 0, others: 10 }, ALL, false).advice).toBe('retire');
  });

  it('turns round for a rule that speaks against', () => {
    expect(rulePrecision({ attacks: 0, others: 10 }, ALL, true)).toMatchObject({
      precision: 1,
      advice: 'keep',
    });
    expect(rulePrecision({ attacks: 10, others: 0 }, ALL, true).advice).toBe('retire');
  });

  it('advises on nothing before five incidents were judged', () => {
    expect(rulePrecision({ attacks: 0, others: 4 }, ALL, false)).toMatchObject({
      judged: 4,
      precision: 0,
      advice: null,
    });
    expect(rulePrecision({ attacks: 0, others: 0 }, ALL, false)).toEqual({
      ...{ judged: 0, precision: null, low: null, high: null, advice: null },
    });
  });
});

describe('judgements on rules', () => {
  const store = (samples: readonly FeedbackSample[]) => ({
    async *samples() {
      yield* samples;
    },
  });
  const judged = (
    name: string,
    disposition: 'true_positive' | 'benign',
    rules: readonly string[] | undefined,
    incident = name,
  ): FeedbackSample =>
    sample(name, [vote('ann', disposition)], {
      group: hex(incident, 32),
      ...(rules === undefined ? {} : { ruleHits: rules.map((id) => ({ id })) }),
    });

  it('count an incident once, as an attack where any of its alerts was one', async () => {
    const { all, byRule } = await countRuleJudgements(
      store([
        judged('a', 'benign', ['r1'], 'one'),
        judged('b', 'true_positive', ['r1', 'r2'], 'one'),
        judged('c', 'benign', ['r1']),
        judged('d', 'benign', []),
      ]),
    );
    expect(all).toEqual({ attacks: 1, others: 2 });
    expect(Object.fromEntries(byRule)).toEqual({
      r1: { attacks: 1, others: 1 },
      r2: { attacks: 1, others: 0 },
    });
  });

  it('leave out alerts on which no rule was asked and what an operator rejected', async () => {
    const rejected = { action: 'reject', by: 'op', why: undefined, at: '2026-03-02T10:00:00Z' } as const;
    const { all } = await countRuleJudgements(
      store([
        judged('a', 'benign', undefined),
        sample('b', [vote('ann', 'benign')], { ruleHits: [{ id: 'r1' }] }, rejected),
      ]),
    );
    expect(all).toEqual({ attacks: 0, others: 0 });
  });

  it('are read once a minute, and again after a failure', async () => {
    let reads = 0;
    let nowMs = 0;
    const kept = new KeptRuleJudgements(
      {
        async *samples() {
          if (++reads === 1) throw new Error('away');
          yield* [];
        },
      },
      () => nowMs,
    );
    await expect(kept.get()).rejects.toThrow('away');
    await Promise.all([kept.get(), kept.get()]);
    expect(reads).toBe(2);
    nowMs = 60_000;
    await kept.get();
    expect(reads).toBe(3);
  });
});
