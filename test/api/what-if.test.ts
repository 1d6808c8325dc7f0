import { describe, expect, it } from 'vitest';
import { whatIf } from '../../src/api/predict/what-if.ts';
import type { NormalizedAlert } from '../../src/intake/normalize.ts';
import type { ScoredAlert } from '../../src/triage/alert-scorer.ts';
import { shippedRules } from '../../src/triage/rules/shipped-rules.ts';
import { SigmaRuleEngine } from '../../src/triage/rules/sigma-rule-engine.ts';
import { anAlert } from '../features/alerts.ts';

const alert = {
  ...anAlert(),
  severity: 'medium' as const,
  entities: [
    { kind: 'host' as const, value: 'WS-17' },
    { kind: 'user' as const, value: 'ana' },
  ],
};

/** A scorer of 10 points a severity, 5 an entity and 20 for the rule. */
function scored(normalized: NormalizedAlert, withoutRule?: string): ScoredAlert {
  const { severity, entities } = normalized.alert;
  const points = { informational: 0, low: 10, medium: 20, high: 30, critical: 40, unknown: 5 }[severity];
  const finalScore = points + 5 * entities.length + (withoutRule === 'r-1' ? 0 : 20);
  return {
    normalized,
    rules: { score: 50, matches: [{ id: 'r-1' }] },
    verdict: { finalScore, disposition: 'suspicious' },
    riskLevel: 'medium',
    decision: { decision: 'review' },
  } as unknown as ScoredAlert;
}

describe('whatIf', () => {
  it('tries each severity, entity and rule alone, what moves the score most first', () => {
    const normalized = { alert } as unknown as NormalizedAlert;
    const tried = whatIf(scored(normalized), scored);
    expect(tried.map(({ kind, value, change }) => [kind, value, change])).toEqual([
      ['severity', 'informational', -20],
      ['severity', 'critical', 20],
      ['rule', 'r-1', -20],
      ['severity', 'low', -10],
      ['severity', 'high', 10],
      ['entity', 'host:WS-17', -5],
      ['entity', 'user:ana', -5],
    ]);
    expect(tried[2]).toMatchObject({ final_score: 30, risk_level: 'medium', decision: 'review' });
  });
});

describe('the rule engine without a rule', () => {
  it('is as if the rule had not hit, this time alone', () => {
    const engine = new SigmaRuleEngine({ id: 'test', sets: [shippedRules()] });
    const spoken = { ...alert, severity: 'high' as const };
    const whole = engine.evaluate(spoken);
    expect(whole.matches.map(({ id }) => id)).toContain('cx-high');
    const without = engine.evaluate(spoken, undefined, undefined, { withoutRule: 'cx-high' });
    expect(without.matches).toEqual(whole.matches.filter(({ id }) => id !== 'cx-high'));
    expect(without.score ?? 0).toBeLessThan(whole.score!);
    expect(engine.evaluate(spoken)).toEqual(whole);
  });
});
