import { describe, expect, it } from 'vitest';
import { canHoldByAbsence } from '../../../src/triage/rules/sigma/compile/expression.ts';
import { evaluatePlain } from '../../../src/triage/rules/sigma/match/plain.ts';
import { compileRules } from '../../../src/triage/rules/sigma/rule-set.ts';
import { fc } from '../../support/fast-check.ts';

const rule = (detection: string): string => `title: r\nid: r\nlogsource: {}\ndetection:\n${detection}`;
const expressionOf = (detection: string) =>
  compileRules([{ file: 'r.yml', text: rule(detection) }]).rules[0]!.expression;

describe('a hit that may hang on an absent field', () => {
  it.each([
    ['a positive list', '  s: {a|contains: [x, y], b: z}\n  condition: s\n', false],
    ['a count', '  s1: {a: x}\n  s2: {b: x}\n  condition: 1 of s*\n', false],
    ['a negation', '  s: {a: x}\n  f: {b: y}\n  condition: s and not f\n', true],
    ['null', '  s: {a: null}\n  condition: s\n', true],
    ['exists false', "  s: {'a|exists': false}\n  condition: s\n", true],
    ['neq', '  s: {a|neq: x}\n  condition: s\n', true],
  ])('is told by its form: %s', (_, detection, can) => {
    expect(canHoldByAbsence(expressionOf(detection))).toBe(can);
  });

  it('is never one where nothing is negated and nothing asks for null', () => {
    const detections = [
      '  s: {a|contains: [x, y], b: z}\n  t: {c|exists: true}\n  condition: s or t\n',
      '  s1: {a: x}\n  s2: {b: x}\n  s3: {c|fieldref: a}\n  condition: 2 of s*\n',
    ].map(expressionOf);
    const value = fc.option(fc.constantFrom<unknown>('x', 'y', 'z', null, ['x', 'z']), { nil: undefined });
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const event = Object.fromEntries(
          Object.entries({ a, b, c }).filter(([, each]) => each !== undefined),
        );
        for (const expression of detections) {
          if (evaluatePlain(expression, event, 'sigma') === true)
            expect(evaluatePlain(expression, event, 'unknown')).toBe(true);
        }
      }),
    );
  });
});
