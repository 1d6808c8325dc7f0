import { describe, expect, it } from 'vitest';
import { DEFAULT_BLEND, finalScoreOf } from '../../../src/models/ensemble.ts';
import { type Evidence, LEVEL_WEIGHTS, ruleScoreOf } from '../../../src/triage/rules/score.ts';
import { fc } from '../../support/fast-check.ts';

const hit = (weight: number, group = 'a', isCritical = false): Evidence => ({ weight, group, isCritical });

const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    weight: fc.constantFrom(0.05, 0.15, 0.3, 0.7, 1.1, 1.4, 2.2, 3.7, -0.15, -0.3, -0.7, -1.4, -2.9),
    group: fc.constantFrom('a', 'b', 'c', 'd'),
    isCritical: fc.boolean(),
  })
  .map((drawn) => ({ ...drawn, isCritical: drawn.isCritical && drawn.weight >= 1.1 }));
const hits = fc.array(evidence, { maxLength: 12 });
/** Rounding of sums in another order. */
const EPSILON = 1e-9;

describe('the rule score', () => {
  it('is 0 without a hit and 100 (1 - exp(-weight)) for one', () => {
    expect(ruleScoreOf([])).toBe(0);
    expect(ruleScoreOf([hit(LEVEL_WEIGHTS.high)])).toBeCloseTo(75.3403, 4);
    expect(ruleScoreOf([hit(LEVEL_WEIGHTS.critical)])).toBeCloseTo(88.9197, 4);
  });

  it('counts a second rule of the same group 0.7, of another group whole', () => {
    expect(ruleScoreOf([hit(1), hit(1)])).toBeCloseTo(100 * (1 - Math.exp(-1.7)), 10);
    expect(ruleScoreOf([hit(1), hit(1, 'b')])).toBeCloseTo(100 * (1 - Math.exp(-2)), 10);
  });

  it('shrinks by what speaks against an attack, never below half of a critical rule', () => {
    expect(ruleScoreOf([hit(1.4), hit(-0.7, 'b')])).toBeCloseTo(75.3403 * Math.exp(-0.7), 3);
    const buried = [hit(2.2, 'a', true), hit(-1.4, 'b'), hit(-1.4, 'c'), hit(-1.4, 'd')];
    expect(ruleScoreOf(buried)).toBeCloseTo(88.9197 / 2, 3);
  });

  it('stays in 0-100 and does not depend on the order', () => {
    fc.assert(
      fc.property(hits, fc.integer(), (drawn, seed) => {
        const score = ruleScoreOf(drawn);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        const turned = drawn.map((item, i) => ({ item, at: Math.sin(seed + i) })).sort((a, b) => a.at - b.at);
        expect(ruleScoreOf(turned.map(({ item }) => item))).toBe(score);
      }),
      { numRuns: 5_000 },
    );
  });

  it('never falls by a hit for an attack nor rises by one against, in itself and in the final score', () => {
    fc.assert(
      fc.property(hits, evidence, fc.double({ min: 0, max: 100, noNaN: true }), (drawn, further, mlScore) => {
        const before = ruleScoreOf(drawn);
        const after = ruleScoreOf([...drawn, further]);
        const finalBefore = finalScoreOf(mlScore, before, DEFAULT_BLEND);
        const finalAfter = finalScoreOf(mlScore, after, DEFAULT_BLEND);
        if (further.weight > 0) {
          expect(after).toBeGreaterThanOrEqual(before - EPSILON);
          expect(finalAfter).toBeGreaterThanOrEqual(finalBefore - EPSILON);
        } else {
          expect(after).toBeLessThanOrEqual(before + EPSILON);
          expect(finalAfter).toBeLessThanOrEqual(finalBefore + EPSILON);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
