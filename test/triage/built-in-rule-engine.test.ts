import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, alertSchema } from '../../src/alert/alert.ts';
import { BuiltInRuleEngine } from '../../src/triage/rules/built-in-rule-engine.ts';
import { BUILT_IN_RULES } from '../../src/triage/rules/built-in-rules.ts';

const alertWith = (fields: Partial<Alert>): Alert =>
  alertSchema.parse({
    id: 'a-1',
    title: 'Something happened',
    source: 'test',
    severity: 'medium',
    occurred_at: '2026-01-01T00:00:00.000Z',
    ...fields,
  });

const engine = new BuiltInRuleEngine();
const score = (fields: Partial<Alert>): number => engine.evaluate(alertWith(fields)).score;

describe('the built-in rules', () => {
  it('have distinct ids and readable titles', () => {
    expect(new Set(BUILT_IN_RULES.map((rule) => rule.id)).size).toBe(BUILT_IN_RULES.length);
    for (const rule of BUILT_IN_RULES) expect(rule.title.length).toBeGreaterThan(5);
    expect(BUILT_IN_RULES.length).toBeGreaterThanOrEqual(36);
  });

  it('rank the five severities in order', () => {
    const scores = (['informational', 'low', 'medium', 'high', 'critical'] as const).map((severity) =>
      score({ severity }),
    );
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(5);
  });

  it('combine as independent evidence', () => {
    expect(score({ severity: 'high', tactics: ['TA0010'] })).toBeCloseTo(100 * (1 - 0.5 * 0.68), 10);
  });

  it('take the parent of a sub-technique', () => {
    const ids = engine.evaluate(alertWith({ techniques: ['T1003.001'] })).matches.map((match) => match.id);
    expect(ids).toContain('technique-credential-dumping');
  });

  it('read a command line among the entities', () => {
    const ids = engine
      .evaluate(
        alertWith({
          entities: [{ kind: 'process', value: 'C:\\Windows\\vssadmin.exe Delete Shadows /all' }],
        }),
      )
      .matches.map((match) => match.id);
    expect(ids).toContain('says-shadow-copy');
  });

  it('lower the score of what calls itself a test, never below zero', () => {
    const plain = score({ title: 'Malware found', severity: 'low' });
    const test = score({ title: 'Malware found, test alert', severity: 'low' });
    expect(test).toBeLessThan(plain);
    expect(test).toBeGreaterThan(0);
  });

  it('stay within 0 and 100 and never fall when severity or vendor score rises', () => {
    const ranks = ['informational', 'low', 'medium', 'high', 'critical'] as const;
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.string(),
        fc.subarray(['TA0001', 'TA0002', 'TA0006', 'TA0040']),
        (rank, a, b, words, tactics) => {
          const title = `Alert ${words}`;
          const [low, high] = a < b ? [a, b] : [b, a];
          const at = (vendor: number, r: number): number =>
            score({ title, tactics, vendor_score: vendor, severity: ranks[r] ?? 'low' });
          expect(at(low, rank)).toBeGreaterThanOrEqual(0);
          expect(at(high, rank + 1)).toBeLessThanOrEqual(100);
          expect(at(high, rank)).toBeGreaterThanOrEqual(at(low, rank));
          expect(at(low, rank + 1)).toBeGreaterThanOrEqual(at(low, rank));
        },
      ),
    );
  });

  it('refuse a weight outside (-1, 1) by name', () => {
    expect(() => new BuiltInRuleEngine([{ id: 'x', title: 'x', weight: 1, when: () => true }])).toThrow(
      /rule x/,
    );
  });
});
