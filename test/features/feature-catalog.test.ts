import { describe, expect, it } from 'vitest';
import { hasCode } from '../../src/errors.ts';
import { alignColumns, columnNamesOf } from '../../src/features/catalog-history.ts';
import {
  CATALOG_ID,
  featureDefinition,
  RECORD_FAMILIES,
  RECORD_FEATURES,
  STATELESS_FEATURES,
  STATELESS_NAMES,
  statelessColumn,
} from '../../src/features/feature-catalog.ts';

describe('the feature catalogue', () => {
  it('keeps its id: a change of columns adds the former names to the history and a new id here', () => {
    expect(CATALOG_ID).toMatchInlineSnapshot(`"bcbe452499fd"`);
    expect(STATELESS_NAMES.length).toMatchInlineSnapshot(`144`);
  });

  it('names every column once, with group, version, description and words for a value', () => {
    const all = [...STATELESS_FEATURES, ...RECORD_FEATURES];
    expect(new Set(all.map((feature) => feature.name)).size).toBe(all.length);
    for (const feature of all) {
      expect(feature.name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(feature.definition).toBeGreaterThanOrEqual(1);
      expect(feature.description).toMatch(/\.$/);
      expect(feature.describe(1).length).toBeGreaterThan(3);
      expect(feature.describe(Number.NaN)).toContain('not known');
      expect(featureDefinition(feature.name)).toBe(feature);
    }
    expect(RECORD_FEATURES).toHaveLength(RECORD_FAMILIES.length * 5);
    expect(featureDefinition('nonsense')).toBeUndefined();
    expect(() => statelessColumn('nonsense')).toThrow(/nonsense/);
  });

  it('speaks of amounts, not of their logarithms', () => {
    expect(featureDefinition('failed_logins_log1p')!.describe(Math.log1p(47))).toBe(
      'the number of failed logins is 47',
    );
    expect(featureDefinition('severity')!.describe(4)).toBe('severity is critical');
    expect(featureDefinition('record_rule_benign')!.describe(0.42)).toBe(
      '42 % of judged alerts of this rule were benign',
    );
  });

  it('returns a row of the current catalogue as it is and reorders by name', () => {
    const row = Float32Array.from(STATELESS_NAMES, (_, column) => column);
    expect(alignColumns(row, CATALOG_ID)).toBe(row);
    expect(alignColumns(row, CATALOG_ID, ['hour', 'a_new_column', 'severity'])).toEqual(
      Float32Array.of(statelessColumn('hour'), Number.NaN, statelessColumn('severity')),
    );
    expect(columnNamesOf(CATALOG_ID)).toBe(STATELESS_NAMES);
  });

  it('reads rows of earlier catalogues: columns they had stay, one that came later is missing', () => {
    for (const id of ['da63b32c13a0', '71f29b090143']) {
      const names = columnNamesOf(id)!;
      expect(names).toHaveLength(109);
      const row = alignColumns(
        Float32Array.from(names, (_, column) => column),
        id,
      );
      expect(row).toHaveLength(STATELESS_NAMES.length);
      for (const name of names) expect(row[statelessColumn(name)]).toBe(names.indexOf(name));
      expect(row[statelessColumn('tenant_alerts_log1p')]).toBeNaN();
    }
  });

  it('refuses rows of a catalogue it has never heard of, and rows of the wrong length', () => {
    const attempt = (length: number, id: string): unknown => {
      try {
        return alignColumns(new Float32Array(length), id);
      } catch (error) {
        return error;
      }
    };
    expect(hasCode(attempt(3, 'ffffffffffff'), 'STORE_CORRUPT')).toBe(true);
    expect(hasCode(attempt(3, CATALOG_ID), 'STORE_CORRUPT')).toBe(true);
  });
});
