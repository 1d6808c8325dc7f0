// Target encoding: shares of a key seen often, once and never, beside scikit-learn's two forms.
import { describe, expect, it } from 'vitest';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, RecordSmoother } from '../../src/features/record-shares.ts';
import { DEFAULT_SMOOTHING, TargetEncoder } from '../../src/features/target-encoder.ts';

// The tenant family alone: its parent is the overall shares.
const TENANT = RECORD_FAMILIES.indexOf('tenant');

/** Share of class 1 that `counts` (of class 0 and 1) come to, where overall half of the alerts are of class 1. */
function encoded(counts: readonly [number, number]): number {
  const found = new Float64Array(N_RECORD_COUNTS);
  found.set(counts, TENANT * 4);
  const columns = new Float32Array(N_RECORD_COLUMNS);
  new RecordSmoother(Float64Array.of(0.5, 0.5, 0, 0), DEFAULT_SMOOTHING).write(found, columns, 0);
  return columns[TENANT * 5 + 1]!;
}

describe('a a a b with y 1 1 0 0, c never seen', () => {
  it.each([
    // scikit-learn 1.9.1 `TargetEncoder(smooth=2)`; 'auto' says 0.6286, 0 and 0.5: a key seen once is not smoothed.
    ['a', [1, 2], 0.6],
    ['b', [1, 0], 0.3333],
    ['c', [0, 0], 0.5],
  ] as const)('%s is encoded as with a fixed prior of two alerts', (_key, counts, expected) => {
    expect(encoded([...counts])).toBeCloseTo(expected, 4);
  });

  it('never trusts a pure key wholly, however often it was seen', () => {
    // 'auto' says exactly 1 from 50 rows on
    expect(encoded([0, 50])).toBeCloseTo(51 / 52, 6);
    expect(encoded([0, 50])).toBeLessThan(1);
    expect(encoded([1, 0])).toBeGreaterThan(0);
  });

  it('raises each overall class by one alert, so that none is impossible', () => {
    const columns = new Float32Array(N_RECORD_COLUMNS);
    const nobody = RECORD_FAMILIES.map(() => '');
    TargetEncoder.fit([nobody, nobody, nobody, nobody], Int32Array.of(1, 1, 0, 0), [1, 1, 1, 1]).columnsOf(
      nobody,
      columns,
    );
    const shares = [...columns.subarray(TENANT * 5, TENANT * 5 + 4)];
    [3 / 8, 3 / 8, 1 / 8, 1 / 8].forEach((share, c) => {
      expect(shares[c]).toBeCloseTo(share, 6);
    });
  });
});
