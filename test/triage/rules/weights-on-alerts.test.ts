import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { rocAuc } from '../../../src/trees/metrics/ranking-metrics.ts';
import { calibratedWeights, type JudgedIncident } from '../../../src/triage/rules/calibrate-weights.ts';
import { evidenceOf, type LearnedWeights, priorWeight } from '../../../src/triage/rules/rule-weights.ts';
import { ruleScoreOf } from '../../../src/triage/rules/score.ts';
import { shippedRuleEngine } from '../../../src/triage/rules/shipped-rules.ts';

// Weights learned from the 178 labelled Wazuh alerts, the shipped rules being in-sample there; the floors are generous.

interface Row {
  readonly id: string;
  readonly label: 'TP' | 'FP';
  readonly alert: { readonly _source: { readonly rule: { readonly id: string } } };
}

const file = readFileSync(new URL('../../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url));
const engine = shippedRuleEngine();
const RULES = new Map(engine.rules.map((rule) => [rule.id, rule]));
const ALERTS = gunzipSync(file)
  .toString()
  .trim()
  .split('\n')
  .map((line, i) => {
    const { label, alert } = JSON.parse(line) as Row;
    const read = normalizeAlert(alert);
    const { matches } = engine.evaluate(read.alert, read.opened);
    return { incident: `${i}`, vendorRule: alert._source.rule.id, isAttack: label === 'TP', matches };
  });
type Played = (typeof ALERTS)[number];

const judgedBy = (alerts: readonly Played[], analystOf: (i: number) => string): JudgedIncident[] =>
  alerts.map(({ incident, isAttack, matches }, i) => ({
    incident,
    isAttack,
    analyst: analystOf(i),
    rules: matches.map(({ id }) => id),
  }));
const learn = (judged: readonly JudgedIncident[]): LearnedWeights => calibratedWeights(engine.rules, judged);

const scoreOf = ({ matches }: Played, learned: LearnedWeights): number =>
  ruleScoreOf(
    matches.map(({ id, half }) => {
      const rule = RULES.get(id)!;
      return evidenceOf({ ...rule, weight: learned[id] ?? priorWeight(rule.level, rule.against) }, half);
    }),
  );
const aucOf = (alerts: readonly Played[], scores: readonly number[]): number =>
  rocAuc(
    alerts.map(({ isAttack }) => Number(isAttack)),
    scores,
  );

describe('weights learned from real alerts', () => {
  it('rank alerts of vendor rules that were left out', () => {
    const scores = ALERTS.map((alert) => {
      const others = ALERTS.filter(({ vendorRule }) => vendorRule !== alert.vendorRule);
      return scoreOf(alert, learn(judgedBy(others, (i) => `analyst ${i % 5}`)));
    });
    expect(aucOf(ALERTS, scores)).toBeGreaterThan(0.88);
  });

  it('are moved little by a flood of 40 false verdicts of one analyst', () => {
    const seen = ALERTS.filter((_, i) => i % 2 === 0);
    const unseen = ALERTS.filter((_, i) => i % 2 === 1);
    const honest = judgedBy(seen, (i) => `analyst ${i % 5}`);
    const aucWith = (judged: readonly JudgedIncident[]): number => {
      const learned = learn(judged);
      return aucOf(
        unseen,
        unseen.map((alert) => scoreOf(alert, learned)),
      );
    };
    const before = aucWith(honest);
    const busiest = [...RULES.keys()]
      .map((id) => ({
        id,
        attacks: honest.filter(({ isAttack, rules }) => isAttack && rules.includes(id)).length,
      }))
      .sort((a, b) => b.attacks - a.attacks)
      .slice(0, 5);
    for (const { id, attacks } of busiest) {
      expect(attacks).toBeGreaterThan(3);
      const flood = Array.from({ length: 40 }, (_, i): JudgedIncident => {
        return { incident: `flood ${i}`, analyst: 'mallory', isAttack: false, rules: [id] };
      });
      expect(Math.abs(aucWith([...honest, ...flood]) - before), id).toBeLessThan(0.02);
    }
  });
});
