import { describe, expect, it } from 'vitest';
import { hash64Hex } from '../../src/features/hash64.ts';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import {
  mainEntity,
  mainIndicator,
  recordKeys,
  ruleIdentity,
  ruleKeyOf,
} from '../../src/features/record-keys.ts';
import { fc } from '../support/fast-check.ts';
import { alertArbitrary, anAlert } from './alerts.ts';

const keyOf = (
  family: (typeof RECORD_FAMILIES)[number],
  changes: Parameters<typeof anAlert>[0] = {},
): string => recordKeys(anAlert(changes))[RECORD_FAMILIES.indexOf(family)]!;

describe('recordKeys', () => {
  it('gives one key of 16 hex digits per family, or nothing', () => {
    fc.assert(
      fc.property(alertArbitrary, (alert) => {
        const keys = recordKeys(alert);
        expect(keys).toHaveLength(RECORD_FAMILIES.length);
        for (const key of keys) expect(key).toMatch(/^([0-9a-f]{16})?$/);
        const given = keys.filter((key) => key !== '');
        expect(new Set(given).size).toBe(given.length);
      }),
    );
  });

  it('leaves the families of the tenant empty without a tenant', () => {
    const keys = recordKeys(anAlert({ tenant: undefined }));
    const given = RECORD_FAMILIES.filter((_, family) => keys[family] !== '');
    expect(given).toEqual([
      'rule',
      'source',
      'main_entity_v2',
      'rule_entities_v2',
      'tactic_entities_v2',
      'indicator',
      'rule_day',
      'tactic_entities_day_v2',
    ]);
  });

  it('tells tenants, sources and entity values apart', () => {
    expect(keyOf('rule', { source: 'wazuh' })).not.toBe(keyOf('rule'));
    expect(keyOf('rule', { tenant: 'clinic' })).toBe(keyOf('rule'));
    expect(keyOf('tenant_rule', { tenant: 'clinic' })).not.toBe(keyOf('tenant_rule'));
    expect(keyOf('main_entity_v2', { tenant: 'clinic' })).not.toBe(keyOf('main_entity_v2'));
    expect(keyOf('tenant_tactic', { tactics: ['TA0011', 'TA0002'] })).toBe(keyOf('tenant_tactic'));
  });

  it('asks other tenants about what means the same everywhere', () => {
    const inner = { kind: 'ip', value: '10.0.0.1' } as const;
    const outer = { kind: 'ip', value: '8.8.8.8' } as const;
    const domain = { kind: 'domain', value: 'Evil.example' } as const;
    const hash = { kind: 'hash', value: 'ab'.repeat(32) } as const;
    expect(mainIndicator([inner, { kind: 'user', value: 'alice' }])).toBeUndefined();
    expect(mainIndicator([inner, outer])).toBe(outer);
    expect(mainIndicator([outer, domain, hash])).toBe(hash);
    const entities = [inner, domain];
    expect(keyOf('indicator', { entities, tenant: 'clinic' })).toBe(keyOf('indicator', { entities }));
    expect(keyOf('indicator', { entities: [{ ...domain, value: 'evil.EXAMPLE' }] })).toBe(
      keyOf('indicator', { entities: [domain] }),
    );
    expect(keyOf('indicator', { entities: [inner] })).toBe('');
    expect(keyOf('rule_entities_v2', { entities, tenant: 'clinic' })).toBe(
      keyOf('rule_entities_v2', { entities }),
    );
  });

  it('changes every key with the salt', () => {
    const plain = recordKeys(anAlert());
    const salted = recordKeys(anAlert(), 'pepper');
    expect(salted.filter((key, family) => key === plain[family])).toEqual([]);
    expect(recordKeys(anAlert(), 'pepper')).toEqual(salted);
  });

  it('uses the tenant x rule key as the rule key of the guards', () => {
    expect(ruleKeyOf(anAlert())).toBe(keyOf('tenant_rule'));
    expect(ruleKeyOf(anAlert({ tenant: undefined }))).toMatch(/^[0-9a-f]{16}$/);
  });

  it('falls back to the rule name, then to the title without its numbers', () => {
    expect(ruleIdentity({ rule_id: '7', rule_name: 'n', title: 't' })).toBe('7');
    expect(ruleIdentity({ rule_name: 'n', title: 't' })).toBe('n');
    expect(ruleIdentity({ title: 'Host 10.0.0.7 scanned 22 ports' })).toBe(
      ruleIdentity({ title: 'host 10.9.8.1 scanned 443 ports' }),
    );
  });

  it('takes an impacted entity before a related one, and a user before an address', () => {
    expect(
      mainEntity([
        { kind: 'user', value: 'alice' },
        { kind: 'ip', value: '10.0.0.1', role: 'impacted' },
      ])?.value,
    ).toBe('10.0.0.1');
    expect(
      mainEntity([
        { kind: 'ip', value: '10.0.0.1' },
        { kind: 'user', value: 'alice' },
      ])?.value,
    ).toBe('alice');
    expect(mainEntity([])).toBeUndefined();
  });

  it('gives the same keys whatever was kept and forgotten meanwhile', () => {
    const place = (family: (typeof RECORD_FAMILIES)[number]): number => RECORD_FAMILIES.indexOf(family);
    const before = recordKeys(anAlert());
    const salted = recordKeys(anAlert(), 'pepper');
    for (let n = 0; n < 5_000; n++) {
      const rule = `rule-${n}`;
      const { source } = anAlert();
      const keys = recordKeys(anAlert({ rule_id: rule, tenant: 'acme' }));
      expect(keys[place('rule')]).toBe(hash64Hex(['rule', source, rule], 0));
      expect(keys[place('tenant_rule')]).toBe(hash64Hex(['tenant_rule', 'acme', source, rule], 0));
    }
    expect(recordKeys(anAlert())).toEqual(before);
    expect(recordKeys(anAlert(), 'pepper')).toEqual(salted);
  });

  it('tells parts apart that would be one text together', () => {
    const one = recordKeys(anAlert({ source: 'ab', rule_id: 'c', tenant: 'd' }));
    const other = recordKeys(anAlert({ source: 'a', rule_id: 'bc', tenant: 'd' }));
    for (const family of ['rule', 'tenant_rule', 'tenant_rule_day', 'rule_day'] as const)
      expect(one[RECORD_FAMILIES.indexOf(family)]).not.toBe(other[RECORD_FAMILIES.indexOf(family)]);
  });
});
