import { describe, expect, it } from 'vitest';
import { prequentialRecord } from '../../src/features/prequential-record.ts';
import { RECORD_FAMILIES, RECORD_FEATURES } from '../../src/features/record-families.ts';
import { N_RECORD_COLUMNS } from '../../src/features/record-shares.ts';
import { TargetEncoder } from '../../src/features/target-encoder.ts';

const KEY = (k: number): string => k.toString(16).padStart(16, '0');
/** Rows that share every key of their kind. */
const keysOf = (kinds: readonly number[]): string[][] =>
  kinds.map((kind) => RECORD_FAMILIES.map((_, family) => KEY(100 * family + kind + 1)));
const COUNT = RECORD_FEATURES.findIndex(({ name }) => name === 'record_tenant_count_log1p');

describe('the record a row had when it was scored', () => {
  const kinds = [0, 0, 0, 0, 1];
  const labels = Int32Array.of(0, 3, 0, 0, 0);
  const weights = Float64Array.of(1, 1, 0.5, 1, 1);
  const times = {
    folds: [0, 1, 0, 1, 0],
    scoredAtMs: [10, 20, 30, 40, 50],
    // The second was judged late, after the third had been scored.
    judgedAtMs: [15, 35, 30, 60, 55],
  };
  const { columns, nKnown } = prequentialRecord(keysOf(kinds), labels, weights, times);
  const countOf = (i: number): number => Math.expm1(columns[i * N_RECORD_COLUMNS + COUNT]!);

  it('holds what had been judged by then, of other folds', () => {
    expect([...nKnown]).toEqual([0, 1, 0, 2, 1]);
    expect(countOf(0)).toBe(0);
    expect(countOf(1)).toBeCloseTo(1, 6);
    expect(countOf(2)).toBe(0);
    expect(countOf(3)).toBeCloseTo(1.5, 6);
    // Another kind: nothing of its own keys is known, whatever is known of others.
    expect(countOf(4)).toBe(0);
  });

  it('is that of a record fitted on those rows alone', () => {
    const known = [0, 2];
    const record = TargetEncoder.fit(
      keysOf(known.map((i) => kinds[i]!)),
      Int32Array.from(known, (i) => labels[i]!),
      known.map((i) => weights[i]!),
    );
    const own = new Float32Array(N_RECORD_COLUMNS);
    record.columnsOf(keysOf([0])[0]!, own, 0);
    const seen = columns.subarray(3 * N_RECORD_COLUMNS, 4 * N_RECORD_COLUMNS);
    own.forEach((value, f) => {
      expect(seen[f]).toBeCloseTo(value, 6);
    });
  });

  it('is the same after the record of other rows', () => {
    const others = Array.from({ length: 40 }, (_, i) => i);
    prequentialRecord(
      keysOf(others),
      Int32Array.from(others, (i) => i % 4),
      new Float64Array(40).fill(3),
      {
        folds: others.map((i) => i % 5),
        scoredAtMs: others,
        judgedAtMs: others,
      },
    );
    const again = prequentialRecord(keysOf(kinds), labels, weights, times);
    expect(again.columns).toEqual(columns);
    expect(again.nKnown).toEqual(nKnown);
  });

  it('does not depend on the order of the rows', () => {
    const turned = [...kinds.keys()].reverse();
    const at = <T>(values: ArrayLike<T>): T[] => turned.map((i) => values[i]!);
    const again = prequentialRecord(keysOf(at(kinds)), Int32Array.from(at(labels)), at(weights), {
      folds: at(times.folds),
      scoredAtMs: at(times.scoredAtMs),
      judgedAtMs: at(times.judgedAtMs),
    });
    expect([...again.nKnown]).toEqual(at(nKnown));
  });

  it('refuses times of other rows', () => {
    expect(() => prequentialRecord(keysOf([0]), Int32Array.of(0), [1], { ...times, folds: [0] })).toThrow(
      /Expected folds and times of 1 rows/,
    );
  });
});
