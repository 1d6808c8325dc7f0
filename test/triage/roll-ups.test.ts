import { describe, expect, it } from 'vitest';
import { MAX_PLACES, type RoutineAlerts } from '../../src/triage/correlation/roll-up.ts';
import { KEPT_DAYS, RollUps } from '../../src/triage/correlation/roll-ups.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';

const ACME = 1;
const DAY = 20_000;
const DAY_S = 86_400;

const routine = (changes: Partial<RoutineAlerts> = {}): RoutineAlerts => {
  const day = changes.day ?? DAY;
  const firstAtS = changes.firstAtS ?? day * DAY_S + 60;
  return {
    ...{ rule: 7, ruleName: 'logon', day, place: 5, placeName: 'host:web-1', nAlerts: 1 },
    ...{ firstAtS, lastAtS: firstAtS },
    ...changes,
  };
};

const listed = (rollUps: RollUps) =>
  [...rollUps.items(ACME)]
    .map((item) => ({ ...item.toState(), places: [...item.places].sort(([a], [b]) => a - b) }))
    .sort((a, b) => a.day - b.day || a.rule - b.rule);

describe('RollUps', () => {
  it('makes one item of a rule and a day, with where its alerts were raised', () => {
    const rollUps = new RollUps();
    rollUps.count(ACME, routine());
    rollUps.count(ACME, routine({ place: 6, placeName: 'host:web-2', nAlerts: 3 }));
    rollUps.count(ACME, routine({ place: 0, placeName: '' }));
    rollUps.count(ACME, routine({ day: DAY + 1 }));
    rollUps.count(ACME + 1, routine());
    const [first, ...later] = [...rollUps.items(ACME)];
    expect(first).toMatchObject({ ruleName: 'logon', day: DAY, nAlerts: 5, nElsewhere: 1 });
    expect([...first!.places.values()]).toEqual([
      { name: 'host:web-1', nAlerts: 1 },
      { name: 'host:web-2', nAlerts: 3 },
    ]);
    expect(later).toHaveLength(1);
    expect([...rollUps.items(undefined)]).toHaveLength(3);
  });

  it('is the same in whatever order it is counted, and after it was stored', async () => {
    const alerts = fc.record({
      rule: fc.integer({ min: 1, max: 4 }),
      day: fc.integer({ min: DAY, max: DAY + 3 }),
      place: fc.integer({ min: 0, max: 5 }),
      nAlerts: fc.integer({ min: 1, max: 9 }),
      firstAtS: fc.integer({ min: 0, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(alerts, { maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        async (some, order) => {
          const inOrder = new RollUps();
          const shuffled = new RollUps();
          for (const one of some) inOrder.count(ACME, routine(one));
          const keyed = some.map((one) => ({ one, key: order.next().value }));
          for (const { one } of keyed.sort((a, b) => a.key - b.key)) shuffled.count(ACME, routine(one));
          const restored = new RollUps();
          inOrder.beginCapture();
          for (const [key, states] of await inOrder.finishCapture())
            for (const _ of restored.addState(key, states));
          expect(listed(shuffled)).toEqual(listed(inOrder));
          expect(listed(restored)).toEqual(listed(inOrder));
          expect(restored.total).toBe(inOrder.total);
        },
      ),
    );
  });

  it('tells so many rules and places apart and counts the rest together, none left out', () => {
    const rollUps = new RollUps({ tenants: 10, rulesPerDay: 20, total: 1_000 });
    for (let rule = 1; rule <= 500; rule++) rollUps.count(ACME, routine({ rule, ruleName: `rule ${rule}` }));
    for (let place = 1; place <= 500; place++)
      rollUps.count(ACME, routine({ rule: 1, place: 1_000 + place }));
    const items = [...rollUps.items(ACME)];
    expect(items).toHaveLength(21);
    expect(items.at(-1)).toMatchObject({ ruleName: 'other rules', nAlerts: 480 });
    expect(items[0]!.places.size).toBe(MAX_PLACES);
    expect(items[0]).toMatchObject({ nAlerts: 501, nElsewhere: 501 - MAX_PLACES });
  });

  it('forgets days that are over, passes over back-dated ones, and gives up the tenant unseen for longest', () => {
    const rollUps = new RollUps({ tenants: 3, rulesPerDay: 10, total: 12 });
    for (let day = 0; day < 20; day++) rollUps.count(ACME, routine({ day: DAY + day }));
    rollUps.count(ACME, routine({ day: DAY }));
    expect([...rollUps.items(ACME)].map(({ day }) => day - DAY)).toEqual(
      Array.from({ length: KEPT_DAYS }, (_, i) => 20 - KEPT_DAYS + i),
    );
    for (let rule = 1; rule < 10; rule++) rollUps.count(2, routine({ rule }));
    expect([...rollUps.items(ACME)]).toHaveLength(0);
    for (let tenant = 3; tenant < 100; tenant++) rollUps.count(tenant, routine());
    expect(rollUps.total).toBe(3);
  });
});

describe('the stage', () => {
  const see = (withNames: boolean) => {
    const { pipeline, correlation } = createTriage({ key: new Uint8Array(32), withNames });
    const score = (id: string, changes: Parameters<typeof anAlert>[0], observe = true) => {
      const alert = anAlert({ id, severity: 'low', title: 'User eve logged on', ...changes });
      const nowMs = Date.parse(alert.occurred_at);
      return pipeline.run({ alert, payload: undefined, alertKey: id, nowMs, observe });
    };
    return { score, rollUps: () => [...correlation.rollUps.items(undefined)], correlation };
  };
  const host = { entities: [{ kind: 'host' as const, value: 'web-1' }] };

  it('counts what does not stand out, a trial not', () => {
    const { score, rollUps } = see(true);
    score('a', host);
    score('b', host);
    score('trial', host, false);
    score('severe', { ...host, severity: 'critical' });
    expect(rollUps()).toHaveLength(1);
    expect(rollUps()[0]).toMatchObject({ nAlerts: 2, nElsewhere: 0 });
    expect([...rollUps()[0]!.places.values()]).toEqual([{ name: 'host:web-1', nAlerts: 2 }]);
  });

  it('keeps neither names nor titles where only hashes may be kept, of incidents too', () => {
    const { score, rollUps, correlation } = see(false);
    const unnamed = { ...host, rule_name: undefined, rule_id: undefined };
    score('a', unnamed);
    const { facts } = score('severe', { ...unnamed, severity: 'critical' });
    const text = JSON.stringify([
      rollUps().map((item) => item.toState()),
      correlation.tenant(facts.entities!.tenant)!.byId(facts.incident!.incident!.id)!.capture()(),
    ]);
    expect(text).not.toMatch(/User eve|web-1/);
  });
});
