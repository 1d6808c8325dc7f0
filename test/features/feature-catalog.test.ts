import { describe, expect, it } from 'vitest';
import { hasCode } from '../../src/errors.ts';
import { alignColumns, alignKeys, columnNamesOf, familyNamesOf } from '../../src/features/catalog-history.ts';
import {
  CATALOG_ID,
  featureDefinition,
  inPlaceOf,
  STATELESS_FEATURES,
  STATELESS_NAMES,
  statelessColumn,
} from '../../src/features/feature-catalog.ts';
import { RECORD_FAMILIES, RECORD_FEATURES } from '../../src/features/record-families.ts';

describe('the feature catalogue', () => {
  it('keeps its id: a change of columns gives a new one, and says since when each new column is there', () => {
    expect(CATALOG_ID).toMatchInlineSnapshot(`"e8b83b5779d5"`);
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
      for (const name of names)
        if (inPlaceOf(name) === name) expect(row[statelessColumn(name)]).toBe(names.indexOf(name));
        else expect(row[statelessColumn(inPlaceOf(name))], name).toBeNaN();
      expect(row[statelessColumn('tenant_alerts_log1p')]).toBeNaN();
    }
    expect(columnNamesOf('605fb8885814')).toEqual([...columnNamesOf('71f29b090143')!, 'tenant_alerts_log1p']);
  });

  it('gives what is read otherwise a new name, and knows the retired one for models fitted on it', () => {
    const before = 'bcbe452499fd';
    const retired = columnNamesOf(before)!.filter((name) => inPlaceOf(name) !== name);
    expect(retired).toEqual(['entity_count', 'entity_kind_count', 'asset_count', 'impacted_count']);
    for (const name of retired) {
      expect(inPlaceOf(name)).toBe(`${name}_v2`);
      expect(featureDefinition(name)).toMatchObject({ name, definition: 1 });
      expect(featureDefinition(`${name}_v2`)).toMatchObject({ definition: 2 });
    }
    const keys = RECORD_FAMILIES.map((_, at) => `key ${at}`);
    const kept = alignKeys(keys, before).flatMap((key, at) => (key === '' ? [] : RECORD_FAMILIES[at]!));
    expect(RECORD_FAMILIES.filter((family) => !kept.includes(family))).toEqual([
      'tenant_entity_kind_v2',
      'main_entity_v2',
      'tenant_rule_entities_v2',
      'rule_entities_v2',
      'tactic_entities_v2',
      'tactic_entities_day_v2',
    ]);
    expect(alignKeys(keys, CATALOG_ID)).toBe(keys);
    // the first catalogue had 13 families and none in the places of those that came later
    expect(familyNamesOf('da63b32c13a0')?.filter((name) => name !== '')).toHaveLength(13);
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
