import { describe, expect, it } from 'vitest';
import type { RuleHit } from '../../src/alert/snapshot.ts';
import { type RuleWorthInput, ruleWorths } from '../../src/api/rules/rule-worth.ts';
import type { UnseenPredictions } from '../../src/training/fit/unseen-predictions.ts';
import type { Evidence } from '../../src/triage/rules/score.ts';

const TRUE_POSITIVE = 0;
const FALSE_POSITIVE = 1;

/** Attack probability, label and rules of each alert, every one an incident of its own. */
function judgedOf(
  alerts: readonly (readonly [attack: number, label: number, ...rules: string[]])[],
): UnseenPredictions {
  return {
    attack: Float64Array.from(alerts, ([attack]) => attack),
    labels: Int32Array.from(alerts, ([, label]) => label),
    groups: Int32Array.from(alerts, (_, i) => i),
    weights: new Float64Array(alerts.length).fill(1),
    hits: alerts.map(([, , ...rules]) => rules.map((id): RuleHit => ({ id }))),
  };
}

const strong: Evidence = { weight: 3, group: 'g', isCritical: false };
const costs = { missed_attack: 100, false_alarm: 10, correct_close: 1 };
const worths = (
  judged: UnseenPredictions,
  more: Partial<RuleWorthInput> = {},
): ReturnType<typeof ruleWorths> =>
  ruleWorths({ judged, evidence: () => strong, blend: { model: 0.7, rule: 0.3 }, costs, ...more });

describe('ruleWorths', () => {
  // the models see nothing in one of four attacks; the rule "right" lifts it over the harmless ones
  const quiet = Array.from({ length: 36 }, () => [0.05, FALSE_POSITIVE] as const);
  const attacks = [
    [0.01, TRUE_POSITIVE, 'right'],
    ...Array.from({ length: 3 }, () => [0.9, TRUE_POSITIVE] as const),
  ];

  it('is what the missed attack costs an alert, where a rule alone keeps it open', async () => {
    const found = await worths(judgedOf([...quiet, ...(attacks as [number, number, ...string[]][])]));
    // without it one alert of forty is closed that was an attack: 100 / 40
    expect(found.get('right')?.value).toBeCloseTo(2.5, 12);
    expect(found.get('right')!.low).toBeLessThanOrEqual(2.5);
    expect(found.get('right')!.high).toBeGreaterThan(2.5);
  });

  it('is below 0 for a rule that keeps harmless alerts open', async () => {
    const noisy = Array.from({ length: 4 }, () => [0.05, FALSE_POSITIVE, 'noisy'] as const);
    // a third rule keeps the cut below what both lift
    const found = await worths(
      judgedOf([
        ...quiet,
        ...noisy,
        ...(attacks as [number, number, ...string[]][]),
        [0.01, TRUE_POSITIVE, 'right'],
      ]),
    );
    // four alerts of 45 would be closed rightly: 4 (10 + 1) / 45 less
    expect(found.get('noisy')?.value).toBeCloseTo(-44 / 45, 12);
  });

  it('is 0 where the models know already, and nothing for a rule that hit no judged alert', async () => {
    const known = await worths(judgedOf([...quiet, [0.95, TRUE_POSITIVE, 'late']]));
    expect(known.get('late')).toEqual({ value: 0, low: 0, high: 0 });
    expect(known.has('never')).toBe(false);
    expect((await worths(judgedOf([]))).size).toBe(0);
  });

  it('is 0 for a rule that is switched off, and the same whenever it is asked', async () => {
    const judged = judgedOf([...quiet, ...(attacks as [number, number, ...string[]][])]);
    const off = await worths(judged, { evidence: () => undefined });
    expect(off.get('right')?.value).toBe(0);
    expect(await worths(judged)).toEqual(await worths(judged));
  });
});
