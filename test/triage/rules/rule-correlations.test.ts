import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { CorrelationWindows } from '../../../src/triage/rules/correlation-windows.ts';
import { ruleStage } from '../../../src/triage/rules/rule-stage.ts';
import { compileRules } from '../../../src/triage/rules/sigma/rule-set.ts';
import { SigmaRuleEngine } from '../../../src/triage/rules/sigma-rule-engine.ts';

const RULES = `
title: A failed sign-in
name: failed
logsource: {category: alert}
detection: {sel: {alert.title|contains: failed}, condition: sel}
level: low
---
title: Many failed sign-ins of one account
name: guessing
correlation:
  type: event_count
  rules: [failed]
  group-by: [entity.user]
  timespan: 10m
  condition: {gte: 3}
level: high
reason: An account failed to sign in three times.
`;

const set = compileRules([{ file: 'ours.yml', text: RULES }]);
const engine = new SigmaRuleEngine({ id: 'test', sets: [set] });
const alertOf = (minute: number, user: string, tenant: string) => ({
  id: `${tenant}-${user}-${minute}`,
  title: 'Sign-in failed',
  user,
  tenant,
  occurred_at: `2026-03-02T10:${String(minute).padStart(2, '0')}:00Z`,
});
const idsOf = (payload: ReturnType<typeof alertOf>, windows?: CorrelationWindows): string[] =>
  engine.evaluate(normalizeAlert(payload).alert, payload, undefined, windows).matches.map(({ id }) => id);

describe('correlations over the stream of alerts', () => {
  it('speak on the alert that completes them, as a rule of their level', () => {
    expect(set.refused).toEqual([]);
    const windows = new CorrelationWindows();
    expect(idsOf(alertOf(0, 'mia', 'north'), windows)).toEqual([]);
    expect(idsOf(alertOf(4, 'mia', 'north'), windows)).toEqual([]);
    const last = alertOf(8, 'mia', 'north');
    const { matches, score } = engine.evaluate(normalizeAlert(last).alert, last, undefined, windows);
    expect(matches).toEqual([
      {
        ...{ id: 'guessing', title: 'Many failed sign-ins of one account', level: 'high', weight: 1.4 },
        ...{ half: false, reason: 'An account failed to sign in three times.' },
      },
    ]);
    expect(score).toBeCloseTo(100 * (1 - Math.exp(-1.4)), 9);
    // a burst is one finding
    expect(idsOf(alertOf(9, 'mia', 'north'), windows)).toEqual([]);
  });

  it('count neither another group, nor another tenant, nor what lies outside of the window', () => {
    const windows = new CorrelationWindows();
    const seen = [
      ...[alertOf(0, 'mia', 'north'), alertOf(1, 'mia', 'south'), alertOf(2, 'tom', 'north')],
      ...[alertOf(3, 'mia', 'north'), alertOf(11, 'mia', 'north')],
    ];
    expect(seen.map((one) => idsOf(one, windows))).toEqual(seen.map(() => []));
    expect(idsOf(alertOf(12, 'mia', 'north'), windows)).toEqual(['guessing']);
  });

  it('are left alone by trials', () => {
    const windows = new CorrelationWindows();
    const stage = ruleStage({ engine: () => engine, windows });
    const run = (minute: number, observe: boolean) => {
      const payload = alertOf(minute, 'mia', 'north');
      const { alert } = normalizeAlert(payload);
      return stage.run({ alert, payload, alertKey: `${minute}`, nowMs: 0, observe }, {}).rules!.matches;
    };
    for (let i = 0; i < 5; i++) expect(run(i, false)).toEqual([]);
    expect([run(5, true), run(6, true)]).toEqual([[], []]);
    expect(run(7, true)).toHaveLength(1);
  });

  it('are listed and can be switched off', () => {
    expect(engine.rules.map(({ id }) => id)).toEqual(['failed', 'guessing']);
    const settings = { guessing: { enabled: false } };
    const quiet = new SigmaRuleEngine({ id: 'test', sets: [set], settings });
    const windows = new CorrelationWindows();
    for (let minute = 0; minute < 4; minute++) {
      const payload = alertOf(minute, 'mia', 'north');
      const { alert } = normalizeAlert(payload);
      expect(quiet.evaluate(alert, payload, undefined, windows).matches).toEqual([]);
    }
  });
});
