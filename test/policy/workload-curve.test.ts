import { describe, expect, it } from 'vitest';
import { cutOutcome, workloadCurve } from '../../src/policy/workload-curve.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

function drawAlerts(n: number, seed: number) {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: n }, () => (random.next() < 0.2 ? 0 : 3));
  const attack = Float64Array.from(labels, (label) =>
    label === 0 ? random.next() ** 0.3 : random.next() ** 2,
  );
  return { attack, labels };
}

describe('workloadCurve', () => {
  it('closes what lies below the first true positive when none may be missed', () => {
    const scored = { attack: [0.1, 0.2, 0.3, 0.4, 0.5], labels: [3, 1, 0, 2, 0] };
    const [none, half, all] = workloadCurve(scored, [0, 0.5, 1], { nRounds: 0 });
    expect(none).toMatchObject({ closeBelow: 0.3, missRate: 0 });
    expect(none!.closedShare.value).toBeCloseTo(0.4, 12);
    expect(none!.noiseClosedShare.value).toBeCloseTo(2 / 3, 12);
    expect(half!.closedShare.value).toBeCloseTo(0.8, 12);
    expect(all!.closedShare.value).toBe(1);
    expect(none!.closedShare.low).toBeNaN();
  });

  it('never parts alerts of one probability, and rises with the miss rate', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            attack: fc.constantFrom(0, 0.2, 0.2, 0.5, 0.8),
            label: fc.nat({ max: 3 }),
            weight: fc.constantFrom(1, 1, 50),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        (alerts) => {
          const scored = {
            attack: alerts.map((a) => a.attack),
            labels: alerts.map((a) => a.label),
            weights: alerts.map((a) => a.weight),
          };
          let before = 0;
          for (const { missRate, closeBelow, closedShare } of workloadCurve(scored, [0, 0.1, 0.3, 1], {
            nRounds: 0,
          })) {
            const outcome = cutOutcome(scored, closeBelow, { nRounds: 0 });
            expect(outcome.closedShare.value).toBeCloseTo(closedShare.value, 9);
            if (outcome.nTruePositives > 0)
              expect(outcome.missRate.value).toBeLessThanOrEqual(missRate + 1e-9);
            expect(closedShare.value).toBeGreaterThanOrEqual(before);
            before = closedShare.value;
          }
        },
      ),
    );
  });

  it('gives intervals that hold the value on fresh alerts, by seed', () => {
    const scored = drawAlerts(1500, 1);
    const curve = workloadCurve(scored, [0.02], { seed: 3 });
    expect(workloadCurve(scored, [0.02], { seed: 3 })).toEqual(curve);
    expect(workloadCurve(scored, [0.02], { seed: 4 })).not.toEqual(curve);
    const { closedShare } = curve[0]!;
    expect(closedShare.low).toBeLessThan(closedShare.value);
    expect(closedShare.high).toBeGreaterThan(closedShare.value);
    const [fresh] = workloadCurve(drawAlerts(20_000, 2), [0.02], { nRounds: 0 });
    expect(fresh!.closedShare.value).toBeGreaterThan(closedShare.low - 0.02);
    expect(fresh!.closedShare.value).toBeLessThan(closedShare.high + 0.02);
  });

  it('draws groups as a whole: copies of one incident make no interval narrower', () => {
    const single = drawAlerts(150, 5);
    const copies = {
      attack: Float64Array.from({ length: 1500 }, (_, i) => single.attack[Math.floor(i / 10)]!),
      labels: Int32Array.from({ length: 1500 }, (_, i) => single.labels[Math.floor(i / 10)]!),
    };
    const groups = Array.from({ length: 1500 }, (_, i) => `g${Math.floor(i / 10)}`);
    const width = (grouped: boolean): number => {
      const { missRate } = cutOutcome(copies, 0.5, grouped ? { groups } : {});
      return missRate.high - missRate.low;
    };
    expect(width(true)).toBeGreaterThan(2 * width(false));
  });

  it('refuses lengths that disagree', () => {
    expect(() => workloadCurve({ attack: [0.1], labels: [] })).toThrow(/Expected 0/);
    expect(() => workloadCurve({ attack: [0.1], labels: [1] }, [0], { groups: [] })).toThrow(/groups/);
  });
});
