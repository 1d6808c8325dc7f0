import { describe, expect, it } from 'vitest';
import { Group } from '../../src/triage/correlation/group.ts';
import type { NotableAlert } from '../../src/triage/correlation/notable-alert.ts';
import { fc } from '../support/fast-check.ts';

const alert = fc.record({
  atS: fc.nat(10_000),
  strength: fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10),
  rule: fc.nat(4),
  tactics: fc.uniqueArray(fc.constantFrom('TA0001', 'TA0006', 'TA0010'), { maxLength: 2 }),
  entity: fc.nat(3),
});
const parts = fc.array(fc.array(alert, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 });

/** Three groups as they are before anything joins them; made anew at each call, since merging empties one of two. */
function groupsOf(
  lists: readonly (readonly Partial<NotableAlert & { entity: number }>[])[],
): [Group, Group, Group] {
  let n = 0;
  return lists.map((list, at) => {
    const group = new Group({ cell: at, kind: 0, key: at }, `g${at}`);
    for (const { entity, ...one } of list) {
      const facts = { alertKey: `k${n++}`, title: 't', ruleName: `r${one.rule}`, isWarmingUp: false };
      group.add(
        { ...facts, ...one, entities: [], entityNames: [`host:${entity}`] } as unknown as NotableAlert,
        [],
      );
    }
    return group;
  }) as [Group, Group, Group];
}

/** What an incident says, whatever it is called. */
function factsOf(group: Group) {
  const { firstAtS, lastAtS, nAlerts, nNodes } = group;
  return {
    ...{ firstAtS, lastAtS, nAlerts, nNodes },
    rawScore: Math.round(group.rawScore() * 1e9),
    rules: [...group.rules].map(([key, { strength, nAlerts: n }]) => `${key} ${strength} ${n}`).sort(),
    tactics: [...group.tactics].map(([tactic, atS]) => `${tactic} ${atS}`).sort(),
    entities: [...group.entityNames].sort(),
    members: group.shown().map(({ alertKey }) => alertKey),
    judged: group.judged,
  };
}

describe('merging groups', () => {
  it('is commutative and associative', () => {
    fc.assert(
      fc.property(parts, (lists) => {
        const [a, b, c] = groupsOf(lists);
        a.absorb(b);
        a.absorb(c);
        const [d, e, f] = groupsOf(lists);
        e.absorb(f);
        d.absorb(e);
        const [g, h, i] = groupsOf(lists);
        i.absorb(h);
        i.absorb(g);
        expect(factsOf(d)).toEqual(factsOf(a));
        expect(factsOf(i)).toEqual(factsOf(a));
        expect(h.current()).toBe(i);
      }),
    );
  });

  it('keeps the later judgement, whichever group had it', () => {
    const early = { disposition: 'benign', analyst: 'ann', at: '2026-01-01T00:00:00.000Z' } as const;
    const late = { disposition: 'true_positive', analyst: 'bob', at: '2026-01-02T00:00:00.000Z' } as const;
    for (const [first, second] of [
      [early, late],
      [late, early],
    ] as const) {
      const [a, b] = groupsOf([[{ rule: 1, tactics: [] }], [{ rule: 2, tactics: [] }], []]);
      a.judge(first);
      b.judge(second);
      a.absorb(b);
      expect(a.judged).toEqual(late);
    }
  });
});

it('an alert counts once in a group, with the most that any of its forms says, in whatever order they come', () => {
  const forms = fc.array(fc.record({ key: fc.nat(5), strength: fc.nat(40), entity: fc.nat(9) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(forms, fc.infiniteStream(fc.nat(1_000)), (list, draws) => {
      const groupOf = (ordered: typeof list): Group => {
        const group = new Group({ cell: 0, kind: 0, key: 0 }, 'g');
        for (const { key, strength, entity } of ordered) {
          const facts = { alertKey: `k${key}`, atS: key, rule: key % 2, ruleName: 'r', title: 't' };
          const names = { entities: [], entityNames: [`host:${entity}`], tactics: [], isWarmingUp: false };
          group.add({ ...facts, ...names, strength }, []);
        }
        return group;
      };
      const group = groupOf(list);
      const keys = new Set(list.map(({ key }) => key));
      expect(group.nAlerts).toBe(keys.size);
      expect([...group.rules.values()].reduce((n, rule) => n + rule.nAlerts, 0)).toBe(keys.size);
      for (const { alertKey, strength } of group.shown())
        expect(strength).toBe(
          Math.max(...list.filter(({ key }) => `k${key}` === alertKey).map((form) => form.strength)),
        );
      const drawn = list.map((form) => [draws.next().value as number, form] as const);
      const shuffled = drawn.sort(([a], [b]) => a - b).map(([, form]) => form);
      expect(factsOf(groupOf(shuffled))).toEqual(factsOf(group));
    }),
  );
});
