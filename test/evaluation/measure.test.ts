import { describe, expect, it } from 'vitest';
import { measure } from '../../src/evaluation/measure.ts';

/** true_positive, false_positive, suspicious, benign. */
const proba = (...rows: number[][]): Float64Array => Float64Array.from(rows.flat());

describe('measuring predictions', () => {
  it('gives the figures worked out by hand', () => {
    const measured = measure(
      proba([0.9, 0.1, 0, 0], [0.6, 0.4, 0, 0], [0.2, 0.8, 0, 0], [0.1, 0.2, 0, 0.7], [0.7, 0, 0, 0.3]),
      Int32Array.of(0, 0, 1, 3, 3),
      ['a', 'b', 'c', 'd', 'e'],
      1,
    );
    // predicted: 0 0 1 3 0
    expect(measured.per_class.true_positive).toEqual({ precision: 2 / 3, recall: 1, f1: 0.8, support: 2 });
    expect(measured.per_class.false_positive).toEqual({ precision: 1, recall: 1, f1: 1, support: 1 });
    expect(measured.per_class.benign?.f1).toBeCloseTo(2 / 3, 12);
    expect(measured.macro_f1).toBeCloseTo((0.8 + 1 + 2 / 3) / 3, 12);
    expect(measured.confusion).toEqual([
      [2, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [1, 0, 0, 1],
    ]);
    // of 2 x 3 pairs one is in the wrong order: 0.6 below 0.7
    expect(measured.roc_auc_tp).toBeCloseTo(5 / 6, 12);
    expect(measured.average_precision_tp).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(measured.alerts).toBe(5);
    // squares of the five rows: 0.02, 0.32, 0.08, 0.14, 0.98
    expect(measured.brier).toBeCloseTo((0.02 + 0.32 + 0.08 + 0.14 + 0.98) / 5, 12);
    expect(measured.log_loss).toBeCloseTo(-Math.log(0.9 * 0.6 * 0.8 * 0.7 * 0.3) / 5, 12);
    expect(measured.balanced_accuracy).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
    expect(measured.weighted_f1).toBeCloseTo((2 * 0.8 + 1 + 2 * (2 / 3)) / 5, 12);
    // 4 of 5 agree, (2 x 3 + 1 x 1 + 2 x 1) / 25 by chance
    expect(measured.kappa).toBeCloseTo((0.8 - 9 / 25) / (1 - 9 / 25), 12);
    expect(measured.matthews).toBeCloseTo((20 - 9) / Math.sqrt((25 - 9) * (25 - 11)), 12);
    expect(measured.roc_auc_classes).toBeCloseTo((5 / 6 + 1 + 1) / 3, 12);
  });

  it('names classes of fewer than 20 alerts', () => {
    const labels = Int32Array.from([...Array(20).fill(0), ...Array(19).fill(3), 1]);
    const rows = Array.from(labels, (_, i) => (i % 2 === 0 ? [1, 0, 0, 0] : [0, 0, 0, 1]));
    const groups = Array.from(labels, String);
    const measured = measure(proba(...rows), labels, groups, 1);
    expect(measured.few_alerts_of).toEqual(['false_positive', 'benign']);
    const enough = measure(proba(...rows).subarray(0, 80), labels.subarray(0, 20), groups.slice(0, 20), 1);
    expect(enough.few_alerts_of).toEqual([]);
  });

  it('leaves classes that do not occur out of the averages', () => {
    const measured = measure(
      proba([0.9, 0.1, 0, 0], [0.1, 0.9, 0, 0], [0.1, 0, 0.9, 0]),
      Int32Array.of(0, 1, 1),
      ['a', 'b', 'c'],
      1,
    );
    expect(Object.keys(measured.per_class)).toEqual(['true_positive', 'false_positive']);
    expect(measured.macro_f1).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });

  it('says null where there is nothing to rank', () => {
    const measured = measure(proba([0, 1, 0, 0]), Int32Array.of(1), ['a'], 1);
    expect([measured.roc_auc_tp, measured.average_precision_tp]).toEqual([null, null]);
    expect([measured.roc_auc_classes, measured.kappa]).toEqual([null, null]);
  });

  it('closes more where more may be missed, within intervals that hold the value', () => {
    const n = 400;
    const labels = Int32Array.from({ length: n }, (_, i) => (i % 4 === 0 ? 0 : 3));
    const rows = Array.from(labels, (label, i) => {
      const p = Math.min(0.99, (label === 0 ? 0.3 : 0.01) + ((i * 37) % 100) / 200);
      return [p, 0, 0, 1 - p];
    });
    const { closed_at_miss: curve } = measure(
      proba(...rows),
      labels,
      Array.from(labels, (_, i) => `${i >> 1}`),
      1,
    );
    expect(curve.map(({ miss_rate }) => miss_rate)).toEqual([0.005, 0.01, 0.02, 0.05]);
    for (let at = 0; at < curve.length; at++) {
      const { closed } = curve[at]!;
      expect(closed.low).toBeLessThanOrEqual(closed.value);
      expect(closed.high).toBeGreaterThanOrEqual(closed.value);
      if (at > 0) expect(closed.value).toBeGreaterThanOrEqual(curve[at - 1]!.closed.value);
    }
  });
});
