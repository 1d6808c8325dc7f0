import { describe, expect, it } from 'vitest';
import { expectedCost } from '../../src/policy/decision-threshold.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { evenCuts, type JudgedScores, workloadFigures } from '../../src/policy/workload.ts';
import { cutOutcome } from '../../src/policy/workload-curve.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

const { costs } = DEFAULT_POLICY;

function drawScores(n: number, seed: number): JudgedScores {
  const random = createRandom(seed);
  const attack = new Float64Array(n);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    labels[i] = random.int(4);
    const lean = labels[i] === 0 ? 0.5 : 0;
    attack[i] = Math.round(50 * (lean + random.next() / 2)) / 50;
  }
  const groups = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 3));
  const weights = Float64Array.from({ length: n }, (_, i) => (i % 10 === 0 ? 50 : 1));
  return { attack, labels, groups, weights };
}

describe('workloadFigures', () => {
  it('is what the plain sums say, at any cuts in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
        async (n, cuts) => {
          const scores = drawScores(n, n);
          const figures = await workloadFigures(scores, cuts, costs, { nRounds: 0 });
          figures.forEach(({ closed, missed, nMissed }, c) => {
            const plain = cutOutcome(scores, cuts[c]!, { nRounds: 0 });
            expect(closed.value).toBeCloseTo(plain.closedShare.value, 12);
            if (plain.nTruePositives > 0) expect(missed.value).toBeCloseTo(plain.missRate.value, 12);
            expect(nMissed).toBe(plain.nMissed);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('costs at the cut of a matrix what a model selection counts', async () => {
    const scores = drawScores(200, 3);
    const cut = 600 / 50_600;
    const [figures] = await workloadFigures(scores, [cut], costs, { nRounds: 0 });
    expect(figures!.costPerAlert.value).toBeCloseTo(expectedCost(scores, costs), 9);
  });

  it('compares over the same resamples: the same cut changes nothing, whatever was drawn', async () => {
    const scores = drawScores(300, 5);
    const [today, same, other] = await workloadFigures(scores, [0.3, 0.3, 0.6], costs, { nRounds: 40 });
    expect(today!.closed.low).toBeLessThan(today!.closed.high);
    expect(same!.change.closed).toEqual({ value: 0, low: 0, high: 0 });
    expect(other!.change.closed.low).toBeGreaterThan(0);
    const again = await workloadFigures(scores, [0.3, 0.3, 0.6], costs, { nRounds: 40 });
    expect(again[2]).toEqual(other);
  });

  it('has no figure without alerts', async () => {
    const none = drawScores(0, 1);
    const [figures] = await workloadFigures(none, [0.5], costs);
    expect(figures!.closed.value).toBeNaN();
  });
});

describe('evenCuts', () => {
  it('closes nothing at the first and everything at the last, and never cuts between equals', () => {
    const { attack } = drawScores(500, 7);
    const cuts = evenCuts(attack, 20);
    expect(cuts.length).toBeLessThanOrEqual(21);
    expect([...cuts].sort((a, b) => a - b)).toEqual(cuts);
    expect(attack.filter((value) => value < cuts[0]!)).toHaveLength(0);
    expect(attack.filter((value) => value < cuts.at(-1)!)).toHaveLength(500);
  });
});
