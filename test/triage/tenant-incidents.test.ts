import { describe, expect, it } from 'vitest';
import { MAX_MEMBERS, shownScore } from '../../src/triage/correlation/group.ts';
import type { NotableAlert } from '../../src/triage/correlation/notable-alert.ts';
import { TenantIncidents } from '../../src/triage/correlation/tenant-incidents.ts';
import { fc } from '../support/fast-check.ts';

const CELL = 600;
const WATCHED = 7 * 86_400;

function notable(n: number, changes: Partial<NotableAlert> = {}): NotableAlert {
  return {
    alertKey: String(n).padStart(32, '0'),
    atS: 1_000 * CELL,
    strength: 0.3,
    rule: 10_000 + n,
    entities: [20_000 + n],
    ruleName: `rule ${n}`,
    title: `title ${n}`,
    entityNames: [],
    tactics: [],
    isWarmingUp: false,
    ...changes,
  };
}
const incidents = (): TenantIncidents => new TenantIncidents('acme', 10_000);

describe('TenantIncidents', () => {
  it('joins by an entity within an hour and keeps apart what shares nothing', () => {
    const tenant = incidents();
    const first = tenant.join(notable(1, { entities: [5] }), WATCHED).group;
    const later = tenant.join(notable(2, { entities: [5], atS: 1_006 * CELL }), WATCHED).group;
    const tooLate = tenant.join(notable(3, { entities: [5], atS: 1_013 * CELL }), WATCHED).group;
    const other = tenant.join(notable(4), WATCHED).group;
    expect(later.current()).toBe(first.current());
    expect(tooLate.current()).not.toBe(first.current());
    expect(other.current()).not.toBe(first.current());
    expect(first.current().nAlerts).toBe(2);
  });

  it('names a merged incident by its earliest node and still finds it by the later name', () => {
    const tenant = incidents();
    const left = tenant.join(notable(1, { entities: [5] }), WATCHED).group;
    const right = tenant.join(notable(2, { entities: [6], atS: 1_008 * CELL }), WATCHED).group;
    const [leftId, rightId] = [left.id, right.id];
    tenant.join(notable(3, { entities: [5, 6], atS: 1_004 * CELL }), WATCHED);
    expect(tenant.byId(rightId)).toBe(tenant.byId(leftId));
    expect(tenant.byId(rightId)?.id).toBe(leftId);
    expect(tenant.byId(leftId)?.nAlerts).toBe(3);
    expect(tenant.byId(leftId)?.rules.size).toBe(3);
  });

  it('keeps with a member the entities it shared with what was there, where names are kept', () => {
    const tenant = incidents();
    tenant.join(notable(1, { entities: [5, 6], entityNames: ['host:ws-17', 'user:ana'] }), WATCHED);
    const named = { entities: [7, 6], entityNames: ['host:ws-18', 'user:ana'] };
    const { group } = tenant.join(notable(2, named), WATCHED);
    tenant.join(notable(3, { entities: [5] }), WATCHED);
    const shared = group.shown().map(({ joiningEntities }) => joiningEntities);
    expect(shared).toEqual([undefined, ['user:ana'], undefined]);
  });

  it('does not join by a key that is notable nearly always', () => {
    const tenant = incidents();
    for (let i = 0; i < 200; i++)
      tenant.join(notable(i, { entities: [5], atS: (1_000 + i) * CELL }), WATCHED);
    const a = tenant.join(notable(900, { entities: [5], atS: 1_201 * CELL }), WATCHED).group;
    const b = tenant.join(notable(901, { entities: [5], atS: 1_201 * CELL }), WATCHED).group;
    expect(a.current()).not.toBe(b.current());
  });

  it('adds at most one for a rule, however often it speaks', () => {
    const tenant = incidents();
    for (let i = 0; i < 500; i++) tenant.join(notable(i, { rule: 7, entities: [5], strength: 3 }), WATCHED);
    const { group } = tenant.join(notable(501, { rule: 8, entities: [5], strength: 1 }), WATCHED);
    expect(group.current().rawScore()).toBeCloseTo(1 - 2 ** -3 + 0.5, 10);
    expect(group.current().shown()).toHaveLength(MAX_MEMBERS);
    expect(group.current().nAlerts).toBe(501);
    expect(shownScore(1)).toBeCloseTo(20.63, 2);
  });

  it('gives the same incidents with the same names in any order', () => {
    const anAlert = fc.record({
      entities: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 3 }),
      rule: fc.nat(5),
      cell: fc.nat(40),
      strength: fc.constantFrom(0.2, 0.6, 2),
    });
    fc.assert(
      fc.property(
        fc.array(anAlert, { minLength: 1, maxLength: 25 }),
        fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
        (drawn, order) => {
          const alerts = drawn.map(({ entities, rule, cell, strength }, n) =>
            notable(n, { entities, rule: rule + 100, atS: (1_000 + cell) * CELL, strength }),
          );
          const partition = (list: readonly NotableAlert[]): string[] => {
            const tenant = incidents();
            // occupancies depend on what is known by then: watched for so long that none comes near its limit
            const joined = new Map(list.map((alert) => [alert.alertKey, tenant.join(alert, WATCHED).group]));
            return alerts.map(({ alertKey }) => joined.get(alertKey)!.current().id);
          };
          const shuffled = alerts.map((alert, i) => [order[i]!, alert] as const);
          shuffled.sort(([a], [b]) => a - b);
          expect(partition(shuffled.map(([, alert]) => alert))).toEqual(partition(alerts));
        },
      ),
    );
  });

  it('forgets keys unseen for longest when there is too much, and stays bounded', () => {
    const tenant = new TenantIncidents('acme', 500);
    for (let i = 0; i < 20_000; i++) tenant.join(notable(i, { atS: (1_000 + i / 50) * CELL }), WATCHED);
    expect(tenant.nNodes).toBeLessThanOrEqual(510);
  });

  it('keeps what matters and what was judged in a flood of invented incidents, and forgets 30 days after the last alert', () => {
    const tenant = new TenantIncidents('acme', 500);
    let attack = '';
    for (let rule = 0; rule < 5; rule++)
      attack = tenant.join(notable(rule, { entities: [5], strength: 2 }), WATCHED).group.id;
    const judged = tenant.join(notable(9, { strength: 0.05 }), WATCHED).group;
    judged.judge({ disposition: 'benign', analyst: 'ana', at: '2026-01-01T00:00:00Z' });
    for (let i = 10; i < 5_000; i++) {
      tenant.join(notable(i, { atS: (1_010 + i / 500) * CELL, isWarmingUp: true }), WATCHED);
      if (i % 100 === 0) expect(tenant.incidents().size).toBeLessThanOrEqual(500);
      if (i % 500 === 0) for (const group of tenant.incidents()) expect(tenant.byId(group.id)).toBe(group);
    }
    for (const id of [attack, judged.id]) expect(tenant.byId(id)?.id).toBe(id);
    // a name that was forgotten is known again once its incident goes on
    const again = tenant.join(
      notable(4_999, { atS: (1_010 + 9.998) * CELL, isWarmingUp: true }),
      WATCHED,
    ).group;
    expect(tenant.byId(again.id)).toBe(again);
    tenant.join(notable(6_000, { atS: (1_000 + 29 * 144) * CELL }), WATCHED);
    expect(tenant.byId(attack)).toBeDefined();
    tenant.join(notable(6_001, { atS: (1_000 + 31 * 144) * CELL }), WATCHED);
    expect(tenant.byId(attack)).toBeUndefined();
  });
});
