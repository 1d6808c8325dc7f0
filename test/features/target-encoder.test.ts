import { describe, expect, it } from 'vitest';
import { hasCode } from '../../src/errors.ts';
import { hash64Hex } from '../../src/features/hash64.ts';
import { foldOfGroup, outOfFoldColumns } from '../../src/features/out-of-fold-record.ts';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { N_RECORD_COLUMNS } from '../../src/features/record-shares.ts';
import { TargetEncoder } from '../../src/features/target-encoder.ts';
import { fc } from '../support/fast-check.ts';

const RULE = RECORD_FAMILIES.indexOf('rule');
const TENANT = RECORD_FAMILIES.indexOf('tenant');
const TENANT_RULE = RECORD_FAMILIES.indexOf('tenant_rule');
const key = (...parts: string[]): string => hash64Hex(parts, 0);

/** Keys of an alert of `tenant` and `rule`; source and entity are always the same. */
const keysOf = (tenant: string, rule: string): string[] => [
  key('rule', rule),
  tenant === '' ? '' : key('tenant', tenant),
  tenant === '' ? '' : key('tenant_rule', tenant, rule),
  '',
  '',
  key('source'),
  tenant === '' ? '' : key('main_entity', tenant),
];

const columnsOf = (record: TargetEncoder, keys: readonly string[]): Float32Array => {
  const out = new Float32Array(N_RECORD_COLUMNS);
  record.columnsOf(keys, out);
  return out;
};
const sharesOf = (columns: Float32Array, family: number): number[] => [
  ...columns.subarray(family * 5, family * 5 + 4),
];
const countOf = (columns: Float32Array, family: number): number => Math.expm1(columns[family * 5 + 4]!);

interface Row {
  readonly tenant: string;
  readonly rule: string;
  readonly label: number;
  readonly weight: number;
  readonly group: string;
  readonly synthetic: boolean;
}
type Rows = Row[];

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  tenant: fc.constantFrom('', 'a', 'b', 'c'),
  rule: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
  label: fc.nat({ max: 3 }),
  weight: fc.double({ min: 0.1, max: 3, noNaN: true }),
  group: fc.constantFrom(...Array.from({ length: 12 }, (_, g) => `group-${g}`)),
  synthetic: fc.boolean(),
});
const rowsArbitrary = fc.array(rowArbitrary, { minLength: 1, maxLength: 60 });

const arraysOf = (rows: Rows) => ({
  keys: rows.map((row) => keysOf(row.tenant, row.rule)),
  labels: Int32Array.from(rows, (row) => row.label),
  weights: rows.map((row) => row.weight),
  groups: rows.map((row) => row.group),
  synthetic: Uint8Array.from(rows, (row) => (row.synthetic ? 1 : 0)),
});

describe('TargetEncoder', () => {
  it('counts by key and shrinks towards what is known about the parent', () => {
    const keys = [...Array(6).fill(keysOf('a', 'r1')), ...Array(2).fill(keysOf('b', 'r2'))];
    const labels = Int32Array.of(1, 1, 1, 1, 1, 1, 0, 0);
    const record = TargetEncoder.fit(keys, labels, new Float64Array(8).fill(1), { smoothing: 2 });
    const known = columnsOf(record, keysOf('a', 'r1'));
    // overall (2+1, 6+1, 1, 1) / 12; source: (counts + 2 x overall) / 10; rule: (0, 6, 0, 0) + 2 x source over 8
    const overall = [3 / 12, 7 / 12, 1 / 12, 1 / 12];
    const source = [2, 6, 0, 0].map((n, c) => (n + 2 * overall[c]!) / 10);
    const rule = [0, 6, 0, 0].map((n, c) => (n + 2 * source[c]!) / 8);
    sharesOf(known, RULE).forEach((share, c) => {
      expect(share).toBeCloseTo(rule[c]!, 6);
    });
    expect(countOf(known, RULE)).toBeCloseTo(6, 5);
    expect(countOf(known, TENANT_RULE)).toBeCloseTo(6, 5);
  });

  it('says of an unknown tenant what the rule says, and of an unknown rule what the tenant says', () => {
    const keys = [
      ...Array(50).fill(keysOf('a', 'noisy')),
      ...Array(50).fill(keysOf('b', 'noisy')),
      ...Array(50).fill(keysOf('b', 'sharp')),
    ];
    const labels = Int32Array.from({ length: 150 }, (_, i) => (i < 100 ? 1 : 0));
    const record = TargetEncoder.fit(keys, labels, new Float64Array(150).fill(1));
    const unknownTenant = columnsOf(record, keysOf('new', 'noisy'));
    expect(sharesOf(unknownTenant, TENANT_RULE)[1]).toBeGreaterThan(0.85);
    expect(countOf(unknownTenant, TENANT_RULE)).toBe(0);
    expect(sharesOf(columnsOf(record, keysOf('new', 'sharp')), TENANT_RULE)[0]).toBeGreaterThan(0.85);
    expect(sharesOf(columnsOf(record, keysOf('a', 'new')), TENANT_RULE)[1]).toBeGreaterThan(0.75);
    const nothing = columnsOf(record, Array(7).fill(''));
    for (let family = 0; family < RECORD_FAMILIES.length; family++) {
      expect(sharesOf(nothing, family)).toEqual(sharesOf(nothing, TENANT));
      expect(countOf(nothing, family)).toBe(0);
    }
  });

  it('gives shares that are positive and add up to 1, whatever was judged', () => {
    fc.assert(
      fc.property(rowsArbitrary, rowArbitrary, (rows, asked) => {
        const { keys, labels, weights, synthetic } = arraysOf(rows);
        const record = TargetEncoder.fit(keys, labels, weights, { synthetic });
        const columns = columnsOf(record, keysOf(asked.tenant, asked.rule));
        for (let family = 0; family < RECORD_FAMILIES.length; family++) {
          const shares = sharesOf(columns, family);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          for (const share of shares) expect(share).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('takes nothing from synthetic rows', () => {
    fc.assert(
      fc.property(rowsArbitrary, (rows) => {
        const { keys, labels, weights, synthetic } = arraysOf(rows);
        const real = arraysOf(rows.filter((row) => !row.synthetic));
        expect(TargetEncoder.fit(keys, labels, weights, { synthetic }).toSections()).toEqual(
          TargetEncoder.fit(real.keys, real.labels, real.weights).toSections(),
        );
      }),
    );
  });

  it('comes back from its sections with the same columns, and does not depend on the order of rows', () => {
    fc.assert(
      fc.property(rowsArbitrary, (rows) => {
        const { keys, labels, synthetic } = arraysOf(rows);
        const ones = new Float64Array(rows.length).fill(1);
        const record = TargetEncoder.fit(keys, labels, ones, { synthetic });
        const again = TargetEncoder.from(record.toSections());
        const turned = arraysOf([...rows].reverse());
        const reversed = TargetEncoder.fit(turned.keys, turned.labels, ones, { synthetic: turned.synthetic });
        for (const asked of keys) {
          expect(columnsOf(again, asked)).toEqual(columnsOf(record, asked));
          expect(columnsOf(reversed, asked)).toEqual(columnsOf(record, asked));
        }
      }),
    );
  });

  it('lets the least recently seen keys leave when there are too many', () => {
    const rules = Array.from({ length: 30 }, (_, r) => `r${r}`);
    const keys = rules.map((rule) => [key('rule', rule), '', '', '', '', '', '']);
    const record = TargetEncoder.fit(keys, new Int32Array(30), new Float64Array(30).fill(1), {
      maxKeys: 10,
      seenAtMs: Float64Array.from(rules, (_, r) => 1000 - r),
    });
    expect(record.nKeys).toBe(10);
    const isKnown = rules.map((_, r) => countOf(columnsOf(record, keys[r]!), RULE) > 0);
    expect(isKnown).toEqual(rules.map((_, r) => r < 10));
  });

  it('survives rows of nobody: no rows, and no keys at all', () => {
    expect(sharesOf(columnsOf(TargetEncoder.empty(), keysOf('a', 'r')), TENANT)).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
    const record = TargetEncoder.fit([Array(7).fill('')], Int32Array.of(2), [1]);
    expect(record.nKeys).toBe(0);
    expect(sharesOf(columnsOf(record, keysOf('a', 'r')), RULE)[2]).toBeCloseTo(0.4, 6);
  });

  it('refuses bad input and damaged sections by name', () => {
    expect(() => TargetEncoder.fit([['xyz']], Int32Array.of(0), [1])).toThrow(/16 hex digits/);
    expect(() => TargetEncoder.fit([[]], Int32Array.of(0), [])).toThrow(/one length/);
    expect(() => TargetEncoder.fit([], new Int32Array(0), [], { smoothing: 0 })).toThrow(/smoothing/);
    expect(() => TargetEncoder.fit([], new Int32Array(0), [], { maxKeys: 0 })).toThrow(/maxKeys/);
    const sections = TargetEncoder.fit([keysOf('a', 'r')], Int32Array.of(0), [1]).toSections();
    const damage: Record<string, ArrayBufferView>[] = [
      { 'record.slots': new Int32Array(8).fill(0) },
      { 'record.slots': new Int32Array(3) },
      { 'record.slots': Int32Array.from({ length: 16 }, () => 99) },
      { 'record.high': new Uint32Array(2) },
      { 'record.counts': new Float32Array(20).fill(Number.NaN) },
      { 'record.overall': new Float64Array(3) },
      { 'record.smoothing': Float64Array.of(-1) },
      { 'record.low': new Float32Array(5) },
    ];
    for (const damaged of damage) {
      try {
        TargetEncoder.from({ ...sections, ...damaged });
        expect.unreachable(`read ${Object.keys(damaged)}`);
      } catch (error) {
        expect(hasCode(error, 'MODEL_CORRUPT')).toBe(true);
      }
    }
    expect(() => TargetEncoder.from({})).toThrow(/record\.slots/);
  });
});

describe('outOfFoldColumns', () => {
  it('never shows a row the outcome of its own group', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.nat(), fc.integer({ min: 1, max: 3 }), (rows, at, turn) => {
        const { keys, labels, weights, groups, synthetic } = arraysOf(rows);
        const options = { seed: 7, synthetic };
        const group = groups[at % rows.length]!;
        const before = outOfFoldColumns(keys, labels, weights, groups, options);
        const turned = labels.map((label, i) => (groups[i] === group ? (label + turn) % 4 : label));
        const after = outOfFoldColumns(keys, turned, weights, groups, options);
        const fold = foldOfGroup(group, 10, 7);
        groups.forEach((other, i) => {
          if (foldOfGroup(other, 10, 7) !== fold) return;
          const columns = (all: Float32Array) =>
            all.subarray(i * N_RECORD_COLUMNS, (i + 1) * N_RECORD_COLUMNS);
          expect(columns(after)).toEqual(columns(before));
        });
      }),
    );
  });

  it('equals a record fitted on the other folds where nothing is hidden', () => {
    fc.assert(
      fc.property(rowsArbitrary, (rows) => {
        const { keys, labels, weights, groups, synthetic } = arraysOf(rows);
        const options = { seed: 3, synthetic, hiddenTenants: 0, hiddenRules: 0, nFolds: 3 };
        const columns = outOfFoldColumns(keys, labels, weights, groups, options);
        rows.forEach((row, i) => {
          const fold = foldOfGroup(row.group, 3, 3);
          const others = arraysOf(rows.filter((other) => foldOfGroup(other.group, 3, 3) !== fold));
          const record = TargetEncoder.fit(others.keys, others.labels, others.weights, {
            synthetic: others.synthetic,
          });
          const expected = columnsOf(record, row.synthetic ? Array(7).fill('') : keys[i]!);
          expected.forEach((value, column) => {
            expect(columns[i * N_RECORD_COLUMNS + column]).toBeCloseTo(value, 4);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('hides whole tenants and rules, part by part of a fold, from a record that no hidden one has added to', () => {
    const tenants = Array.from({ length: 8 }, (_, t) => `t${t}`);
    const rows: Rows = Array.from({ length: 6_000 }, (_, i) => ({
      tenant: tenants[i % 8]!,
      rule: 'r1',
      label: i % 2,
      weight: 1,
      group: `g${i}`,
      synthetic: false,
    }));
    const { keys, labels, weights, groups } = arraysOf(rows);
    const columns = outOfFoldColumns(keys, labels, weights, groups, {
      seed: 1,
      hiddenTenants: 0.4,
      hiddenRules: 0,
    });
    const hidden = new Map<number, Map<string, Set<string>>>();
    rows.forEach((row, i) => {
      const own = columns.subarray(i * N_RECORD_COLUMNS, (i + 1) * N_RECORD_COLUMNS);
      const part = foldOfGroup(row.group, 40, 1);
      const ofPart = hidden.get(part) ?? new Map<string, Set<string>>();
      hidden.set(part, ofPart);
      const counted = `${Math.round(countOf(own, TENANT)) === 0} ${Math.round(countOf(own, RULE))}`;
      ofPart.set(row.tenant, (ofPart.get(row.tenant) ?? new Set()).add(counted));
      expect(countOf(own, TENANT_RULE)).toBeCloseTo(countOf(own, TENANT), 3);
    });
    let nHidden = 0;
    for (const [part, ofPart] of hidden) {
      const names = [...ofPart]
        .filter(([, states]) => [...states][0]!.startsWith('true'))
        .map(([name]) => name);
      nHidden += names.length;
      const outside = rows.filter((row) => foldOfGroup(row.group, 10, 1) !== Math.floor(part / 4));
      const left = outside.filter((row) => !names.includes(row.tenant)).length;
      for (const [name, states] of ofPart) {
        // one state per tenant and part; what is missing from a rule's count is the same for all hidden tenants
        const isHidden = names.includes(name);
        expect([...states]).toEqual([`${isHidden} ${isHidden ? left : outside.length}`]);
      }
    }
    expect(nHidden).toBeGreaterThan(40);
    expect(nHidden).toBeLessThan(240);
    const sets = [...hidden].map(([part, ofPart]) => [
      Math.floor(part / 4),
      [...ofPart].flatMap(([name, states]) => ([...states][0]!.startsWith('true') ? name : [])).sort(),
    ]);
    // parts of one fold hide different tenants
    expect(new Set(sets.map((own) => JSON.stringify(own))).size).toBeGreaterThan(20);
  });

  it('shows a row of a hidden tenant nothing that was judged in a hidden one', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.constantFrom('', 'a', 'b', 'c'), (rows, tenant) => {
        const { keys, labels, weights, groups, synthetic } = arraysOf(rows);
        const options = { seed: 5, synthetic, hiddenTenants: 1, hiddenRules: 0 };
        const before = outOfFoldColumns(keys, labels, weights, groups, options);
        const turned = labels.map((label, i) => (rows[i]!.tenant === tenant ? (label + 1) % 4 : label));
        const after = outOfFoldColumns(keys, turned, weights, groups, options);
        // every tenant is hidden, so what was judged in one of them shows in none
        rows.forEach((row, i) => {
          if (tenant === '' || row.tenant === '') return;
          const columns = (all: Float32Array) =>
            all.subarray(i * N_RECORD_COLUMNS, (i + 1) * N_RECORD_COLUMNS);
          expect(columns(after)).toEqual(columns(before));
        });
      }),
    );
  });

  it('gives the same bytes for the same seed and other folds for another', () => {
    const rows: Rows = fc.sample(rowArbitrary, { numRuns: 60, seed: 4 });
    const { keys, labels, weights, groups } = arraysOf(rows);
    const first = outOfFoldColumns(keys, labels, weights, groups, { seed: 1 });
    expect(outOfFoldColumns(keys, labels, weights, groups, { seed: 1 })).toEqual(first);
    expect(outOfFoldColumns(keys, labels, weights, groups, { seed: 2 })).not.toEqual(first);
  });
});
