import { describe, expect, it } from 'vitest';
import { type Alert, ENTITY_KINDS, type Entity } from '../../src/alert/alert.ts';
import { hash64Hex } from '../../src/features/hash64.ts';
import { RECORD_FAMILIES, type RecordFamily } from '../../src/features/record-families.ts';
import { indicatorKey, mainEntity, mainIndicator, recordKeys } from '../../src/features/record-keys.ts';
import { fc } from '../support/fast-check.ts';
import { anAlert } from './alerts.ts';

const DAY_MS = 86_400_000;

/** Every key hashed anew from its parts. */
function plainKeys({ tenant, source, rule_id = '', entities, tactics, occurred_at }: Alert): string[] {
  const words = [...new Set(tactics)].sort().join(' ');
  const suffers = ({ role }: Entity): boolean => role === 'victim' || role === 'impacted';
  const bitOf = ({ kind }: Entity): number => 2 ** ENTITY_KINDS.indexOf(kind);
  const sum = (bits: readonly number[]): number => [...new Set(bits)].reduce((all, bit) => all + bit, 0);
  const parts = sum(entities.map((one) => bitOf(one) * (suffers(one) ? 2 ** ENTITY_KINDS.length : 1)));
  const kinds = sum(entities.map(bitOf));
  const ms = Date.parse(occurred_at);
  const day = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms - day * DAY_MS) / (DAY_MS / 6));
  const block = Math.floor(ms / (DAY_MS / 6));
  const main = mainEntity(entities);
  const indicator = mainIndicator(entities);
  const key = (is: boolean, ...of: (string | number)[]): string => (is ? hash64Hex(of.map(String), 0) : '');
  const has = entities.length > 0;
  const dated = !Number.isNaN(ms);
  const set = has ? parts : '';
  const t = tenant ?? '';
  const inTenant = tenant !== undefined;
  const says = words !== '';
  const keys: Record<RecordFamily, string> = {
    rule: key(true, 'rule', source, rule_id),
    tenant: key(inTenant, 'tenant', t),
    tenant_rule: key(inTenant, 'tenant_rule', t, source, rule_id),
    tenant_tactic: key(inTenant && says, 'tenant_tactic', t, words),
    tenant_entity_kind_v2: key(inTenant && has, 'tenant_entity_kind', t, kinds),
    source: key(true, 'source', source),
    main_entity_v2: main ? key(true, 'main_entity', t, main.kind, main.value.toLowerCase()) : '',
    tenant_rule_entities_v2: key(inTenant && has, 'tenant_rule_entities', t, source, rule_id, set),
    tenant_rule_hours: key(inTenant && dated, 'tenant_rule_hours', t, source, rule_id, hours),
    tenant_rule_day: key(inTenant && dated, 'tenant_rule_day', t, source, rule_id, day),
    tenant_day: key(inTenant && dated, 'tenant_day', t, day),
    tenant_day_hours: key(inTenant && dated, 'tenant_day_hours', t, block),
    tenant_tactic_day: key(inTenant && says && dated, 'tenant_tactic_day', t, words, day),
    rule_entities_v2: key(has, 'rule_entities', source, rule_id, set),
    tactic_entities_v2: key(true, 'tactic_entities', words, set),
    indicator: indicator ? indicatorKey(indicator) : '',
    rule_day: key(dated, 'rule_day', source, rule_id, day),
    tactic_entities_day_v2: key(dated, 'tactic_entities_day', words, set, day),
  };
  return RECORD_FAMILIES.map((family) => keys[family]);
}

describe('ShapeKeys', () => {
  it('gives each alert the keys that its parts hash to, whatever alerts came before it', () => {
    // texts that run into each other, so that a name of several shapes would show
    const text = fc.constantFrom('a', 'aa', 'b', 'ab', '');
    const entity = fc.record({
      kind: fc.constantFrom<Entity['kind']>('ip', 'user', 'other', 'domain'),
      value: fc.constantFrom('8.8.8.8', '10.0.0.1', 'Evil.example', 'alice'),
      role: fc.constantFrom<Entity['role']>('victim', 'attacker', undefined),
    });
    const alert = fc
      .record({
        tenant: fc.option(text, { nil: undefined }),
        source: text,
        rule_id: text,
        tactics: fc.array(fc.constantFrom('TA0001', 'TA0002', 'TA0040'), { maxLength: 3 }),
        entities: fc.array(entity, { maxLength: 3 }),
        occurred_at: fc.constantFrom(
          '2026-03-02T09:00:00.000Z',
          '2026-03-02T11:59:59.999Z',
          '2026-03-02T12:00:00.000Z',
          '2026-03-03T09:00:00.000Z',
          '1969-12-31T23:00:00.000Z',
          'some time',
        ),
      })
      .map((changes): Alert => ({ ...anAlert({ category: undefined }), ...changes }) as Alert);
    fc.assert(
      fc.property(fc.array(alert, { minLength: 1, maxLength: 30 }), (alerts) => {
        for (const one of alerts) {
          const keys = recordKeys(one);
          expect(keys).toEqual(plainKeys(one));
          // they are the caller's own
          keys.fill('');
        }
      }),
    );
  });
});
