import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../../src/features/feature-catalog.ts';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { N_RECORD_COLUMNS } from '../../src/features/record-shares.ts';
import { ColumnLayout } from '../../src/models/column-layout.ts';
import { fittingMatrix } from '../../src/models/record-columns.ts';
import { concatRows, subsetRows, type TrainingRows } from '../../src/models/training-rows.ts';
import { createRandom } from '../../src/trees/random.ts';

const N = 600;
const HOUR_MS = 3_600_000;
const key = (family: number, value: number): string =>
  (family * 1000 + value + 1).toString(16).padStart(16, '0');

/** An alert an hour, two to an incident, judged a day later; keys of a few tenants and rules. */
function rowsOf(labelOf: (i: number) => number): TrainingRows {
  const random = createRandom(5);
  return {
    catalogId: CATALOG_ID,
    columnNames: STATELESS_NAMES,
    X: new Float32Array(N * STATELESS_NAMES.length),
    recordKeys: Array.from({ length: N }, () => {
      const value = random.int(6);
      return RECORD_FAMILIES.map((_, family) => key(family, value));
    }),
    labels: Int32Array.from({ length: N }, (_, i) => labelOf(i)),
    risk: new Float32Array(N).fill(Number.NaN),
    weights: new Float32Array(N).fill(1),
    groups: Array.from({ length: N }, (_, i) => `incident ${i >> 1}`),
    synthetic: new Uint8Array(N),
    severity: new Uint8Array(N),
    occurredAtMs: Float64Array.from({ length: N }, (_, i) => i * HOUR_MS),
    judgedAtMs: Float64Array.from({ length: N }, (_, i) => (i + 24) * HOUR_MS),
  };
}

const layout = new ColumnLayout(STATELESS_NAMES, true);
/** (n x N_RECORD_COLUMNS) what is learned from, row by row. */
function recordOf(rows: TrainingRows, ofTheirDay?: number): string[] {
  const { data, nFeatures, nSamples } = fittingMatrix(rows, layout, {
    seed: 3,
    ...(ofTheirDay === undefined ? {} : { ofTheirDay }),
  });
  return Array.from({ length: nSamples }, (_, i) =>
    data.subarray((i + 1) * nFeatures - N_RECORD_COLUMNS, (i + 1) * nFeatures).join(' '),
  );
}
const differing = (a: readonly string[], b: readonly string[]): number[] =>
  a.flatMap((row, i) => (row === b[i] ? [] : [i]));

describe('the record that a classifier learns from', () => {
  const rows = rowsOf((i) => (i * 7919) % DISPOSITIONS.length);
  const outOfFold = recordOf(rows, 0);

  it('is out of fold where no times are known', () => {
    const { judgedAtMs: _, ...undated } = rows;
    expect(recordOf(undated)).toEqual(outOfFold);
    expect(recordOf({ ...rows, judgedAtMs: new Float64Array(N).fill(Number.NaN) })).toEqual(outOfFold);
  });

  it('is that of its day in a quarter of the incidents, whole ones, once a hundred judgements came before', () => {
    const mixed = recordOf(rows);
    const ofTheirDay = recordOf(rows, 1);
    const changed = differing(mixed, outOfFold);
    const early = differing(ofTheirDay, outOfFold)[0]!;
    expect(early).toBeGreaterThanOrEqual(100 + 24);
    expect(changed.length).toBeGreaterThan((N - early) * 0.15);
    expect(changed.length).toBeLessThan((N - early) * 0.35);
    const isChanged = new Set(changed);
    for (const i of changed) {
      expect(mixed[i]).toBe(ofTheirDay[i]);
      // the other alert of the incident, where it is late enough
      if (i >> 1 > (early >> 1) + 10) expect(isChanged.has(i ^ 1)).toBe(true);
    }
  });

  it('holds nothing of its day that was judged later', () => {
    const turned = rowsOf((i) => (i >= 400 ? 0 : rows.labels[i]!));
    // from 150 on a hundred judgements came before; rows up to 400 + 24 hours were scored before any of the turned ones was judged
    const changed = differing(recordOf(rows, 1), recordOf(turned, 1)).filter((i) => i >= 150);
    expect(Math.min(...changed)).toBeGreaterThanOrEqual(424);
    expect(Math.min(...differing(outOfFold, recordOf(turned, 0)))).toBeLessThan(100);
  });

  it('leaves synthetic rows as they are', () => {
    const { judgedAtMs: _, ...undated } = subsetRows(
      rows,
      Int32Array.from({ length: 50 }, (_, i) => i),
    );
    const synthetic = { ...undated, synthetic: new Uint8Array(50).fill(1) };
    const both = concatRows(rows, synthetic);
    expect([...both.judgedAtMs!.subarray(N)].every(Number.isNaN)).toBe(true);
    expect(recordOf(both, 1).slice(N)).toEqual(recordOf(both, 0).slice(N));
    expect(recordOf(both, 1).slice(0, N)).toEqual(recordOf(rows, 1));
  });
});
