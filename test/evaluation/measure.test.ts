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
