import { describe, expect, it } from 'vitest';
import { calibratedWeights, type JudgedIncident } from '../../../src/triage/rules/calibrate-weights.ts';
import { priorWeight } from '../../../src/triage/rules/rule-weights.ts';
import { fc } from '../../support/fast-check.ts';

const RULES = [
  { id: 'for', level: 'high', against: undefined },
  { id: 'critical', level: 'critical', against: undefined },
  { id: 'against', level: 'informational', against: 'medium' },
] as const;

const judged = (
  isAttack: boolean,
  rules: readonly string[],
  incident: string,
  analyst?: string,
): JudgedIncident => ({
  incident,
  analyst,
  isAttack,
  rules,
});
const many = (n: number, isAttack: boolean, rule: string, analyst?: string): JudgedIncident[] =>
  Array.from({ length: n }, (_, i) =>
    judged(isAttack, [rule], `${rule} ${isAttack} ${analyst} ${i}`, analyst),
  );

describe('weights learned from judgements', () => {
  it('says nothing of a rule that never hit', () => {
    expect(calibratedWeights(RULES, many(3, true, 'for'))).not.toHaveProperty('against');
  });

  it('follows the formula at a point reckoned by hand', () => {
    const learned = calibratedWeights(RULES, [...many(6, true, 'for'), ...many(6, false, 'for')]);
    // pi 0.5, rho = sigma(1.4), p = (6 + 4 rho) / 16
    const rho = 1 / (1 + Math.exp(-1.4));
    const p = (6 + 4 * rho) / 16;
    expect(learned['for']).toBeCloseTo(1.4 + (Math.log(p / (1 - p)) - 1.4), 10);
  });

  it('lets one analyst count at most half of all others', () => {
    const honest = ['a', 'b', 'c'].flatMap((analyst) => many(6, true, 'for', analyst));
    const flood = many(40, false, 'for', 'x');
    const anonymous = flood.map((one, i) => ({ ...one, analyst: `x${i}` }));
    expect(calibratedWeights(RULES, [...honest, ...flood])['for']).toBeGreaterThan(0.5);
    expect(calibratedWeights(RULES, [...honest, ...anonymous])['for']).toBeLessThan(0.5);
  });

  it('never changes the side of a rule, moves it by 1.5 at most and keeps 1.1 of a critical one', () => {
    const incident = fc.record({
      incident: fc.string({ minLength: 1, maxLength: 3 }),
      analyst: fc.constantFrom('a', 'b', undefined),
      isAttack: fc.boolean(),
      rules: fc.subarray(['for', 'critical', 'against', 'unknown']),
    });
    fc.assert(
      fc.property(fc.array(incident, { maxLength: 60 }), (incidents) => {
        const learned = calibratedWeights(RULES, incidents);
        for (const { id, level, against } of RULES) {
          const weight = learned[id];
          if (weight === undefined) continue;
          const prior = priorWeight(level, against);
          expect(Math.abs(weight - prior)).toBeLessThanOrEqual(1.5 + 1e-9);
          expect(weight * Math.sign(prior)).toBeGreaterThanOrEqual(0);
          if (id === 'critical') expect(weight).toBeGreaterThanOrEqual(1.1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
