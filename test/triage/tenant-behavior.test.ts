import { describe, expect, it } from 'vitest';
import { Behavior } from '../../src/triage/behavior/behavior.ts';
import { joinKeys, TenantBehavior } from '../../src/triage/behavior/tenant-behavior.ts';
import { fc } from '../support/fast-check.ts';

const DAY = 86_400;
const CELL = 600;
const QUOTA = { pairs: 1_000, rules: 100, entities: 1_000 };
const alertOf = (rule: number, ...entities: number[]) => ({
  rule,
  entities: entities.map((key) => ({ key: key + 1_000, kind: 0 })),
});

/** A tenant that was watched for longer than a day by one rule on one entity. */
function watched(): TenantBehavior {
  const tenant = new TenantBehavior(QUOTA);
  for (let atS = 0; atS <= 2 * DAY; atS += 3_600) tenant.observe(alertOf(1, 1), atS, true);
  return tenant;
}

describe('TenantBehavior', () => {
  it('says nothing before a day was watched', () => {
    const tenant = new TenantBehavior(QUOTA);
    expect(tenant.observe(alertOf(1, 1), 0, true).score).toBeNaN();
    expect(tenant.observe(alertOf(1, 1), DAY - 1, true).score).toBeNaN();
    expect(tenant.observe(alertOf(2, 1), DAY, true).score).toBeGreaterThan(0.5);
  });

  it('calls a pair that was never seen new, and one that comes every hour routine', () => {
    const tenant = watched();
    const atS = 2 * DAY + CELL;
    const fresh = tenant.observe(alertOf(2, 2), atS, true);
    expect(fresh.novelty).toBe(1);
    expect(fresh.own).toBeCloseTo(1, 10);
    expect(fresh.entityMass).toBeCloseTo(1, 10);
    expect(fresh.surprise).toBeCloseTo(1 + 0.3 + 0.05 * fresh.tenantMass, 10);
    expect(fresh.score).toBeCloseTo(1 - 2 ** -fresh.surprise, 12);
    const routine = tenant.observe(alertOf(1, 1), atS, true);
    expect(routine.own).toBeLessThan(0.01);
  });

  it('counts a flood as one cell, so that the second wave is a surprise as well', () => {
    const tenant = watched();
    const first = 2 * DAY + CELL;
    for (let i = 0; i < 1_000; i++) tenant.observe(alertOf(2, 2), first + i / 10, true);
    const second = tenant.observe(alertOf(2, 2), first + 3 * CELL, true);
    expect(second.novelty).toBeGreaterThan(2 ** -1.6);
  });

  it('knows a burst by the doublings beyond twice the record of the week', () => {
    const tenant = watched();
    const atS = 2 * DAY + 2 * CELL;
    let last = tenant.observe(alertOf(1, 1), atS, true);
    for (let i = 1; i < 1_000; i++) last = tenant.observe(alertOf(1, 1), atS, true);
    // the record is one alert, faded for hours
    expect(last.burst).toBeGreaterThan(Math.log2(1_000 / 3.1));
    expect(last.own).toBe(last.burst);
  });

  it('counts what is more than an hour late now, so that back-dated floods do not hide', () => {
    const tenant = watched();
    const late = tenant.observe(alertOf(3, 3), DAY, true);
    expect(late.countedAtS).toBe(2 * DAY);
    expect(tenant.observe(alertOf(3, 3), 2 * DAY - 1_800, true).countedAtS).toBe(2 * DAY - 1_800);
  });

  it('counts what is late in volumes, and teaches no pair and no record by it', () => {
    const tenant = watched();
    const before = tenant.observe(alertOf(3, 3), 2 * DAY, false);
    for (let i = 0; i < 50; i++) tenant.observe(alertOf(3, 3), DAY - i * CELL, true);
    const after = tenant.observe(alertOf(3, 3), 2 * DAY, false);
    expect(after.own).toBe(before.own);
    expect(after.tenantAlerts).toBeCloseTo(before.tenantAlerts + 50, 6);
    expect(after.related).toBeCloseTo(50, 6);
  });

  it('lets what was on time where it came in count in its own cell, however late it is told', () => {
    const tenant = watched();
    tenant.observe(alertOf(3, 3), 2 * DAY - 2 * 3_600, true, 5, 'on time');
    const seen = tenant.observe(alertOf(3, 3), 2 * DAY, false);
    expect(seen.novelty).toBeLessThan(0.4);
    tenant.observe(alertOf(4, 4), 2 * DAY, true, 5, 'late');
    expect(tenant.observe(alertOf(4, 4), 2 * DAY, false).novelty).toBe(1);
  });

  it('takes a rule that starts on many entities for a new rule, after its first hour and for a day', () => {
    const begun = 2 * DAY + CELL;
    const noveltyOn = (nHosts: number, afterS: number): number => {
      const tenant = watched();
      for (let host = 2; host < 2 + nHosts; host++) tenant.observe(alertOf(2, host), begun + host, true);
      return tenant.observe(alertOf(2, 99), begun + afterS, false).novelty;
    };
    // within the hour it is news on every host: an attack begins like this
    expect(noveltyOn(8, 3_000)).toBeCloseTo((1 + 0.03 * 8) ** -1.5, 2);
    expect(noveltyOn(8, 4_000)).toBeCloseTo((1 + 0.3 * 8) ** -1.5, 2);
    expect(noveltyOn(3, 4_000)).toBeCloseTo((1 + 0.03 * 3) ** -1.5, 2);
    expect(noveltyOn(8, DAY + 100)).toBeGreaterThan(0.7);
    const [fresh, known] = [watched(), watched()];
    expect(fresh.observe(alertOf(2, 2), begun, true).isNewRule).toBe(true);
    expect(known.observe(alertOf(1, 2), begun, true).isNewRule).toBe(false);
    expect(new TenantBehavior(QUOTA).observe(alertOf(1, 1), 0, true).isNewRule).toBe(false);
  });

  it('leaves no trace of a trial, which says what counting would have said', () => {
    const [tried, counted] = [watched(), watched()];
    const atS = 2 * DAY + CELL;
    for (const alert of [alertOf(2, 2), alertOf(1, 1), alertOf(1, 1, 2), alertOf(4)]) {
      const trial = tried.observe(alert, atS, false);
      expect(tried.observe(alert, atS, false)).toEqual(trial);
      const real = counted.observe(alert, atS, true);
      for (const name of ['own', 'novelty', 'burst', 'entityMass', 'tenantMass'] as const) {
        expect(trial[name], name).toBeCloseTo(real[name], 6);
      }
      tried.observe(alert, atS, true);
    }
  });

  it('enters a cell once, in whatever order the alerts of some hours come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(30 * CELL)), { minLength: 1, maxLength: 40 }),
        fc.integer(),
        (alerts, seed) => {
          const shuffled = [...alerts].sort(
            ([a, x], [b, y]) => joinKeys(a + 1, x + (seed >>> 0)) - joinKeys(b + 1, y + (seed >>> 0)),
          );
          const seenOf = (list: typeof alerts): number[] => {
            const tenant = new TenantBehavior(QUOTA);
            for (const [entity, offset] of list) {
              // every alert is within the hour that may be late
              tenant.observe(alertOf(1, entity), 10 * DAY + offset / 9, true);
            }
            return [0, 1, 2, 3].map((entity) => {
              const pair = tenant.pairs.find(joinKeys(1, entity + 1_000));
              return pair < 0 ? 0 : tenant.pairs.seenAt(pair, (10 * DAY) / CELL + 40);
            });
          };
          const [inOrder, outOfOrder] = [seenOf(alerts), seenOf(shuffled)];
          for (const [entity, seen] of inOrder.entries()) expect(outOfOrder[entity]).toBeCloseTo(seen, 4);
        },
      ),
    );
  });
});

describe('Behavior', () => {
  const profiled = { rule: 1, incident: undefined, nEntities: 1, tactics: [] };
  const limits = { pairs: 50, rules: 20, entities: 50, tenants: 10, totalPairs: 200 };

  it('holds and says finite numbers whatever the clocks of senders do', () => {
    const moment = fc.oneof(
      fc.integer({ min: -8e10, max: 8e12 }),
      fc.integer({ min: 1_767_000_000, max: 1_767_200_000 }),
      fc.constantFrom(0, -1, 253_402_300_799),
    );
    const receivedAtS = 1_767_225_600;
    fc.assert(
      fc.property(fc.array(fc.tuple(moment, fc.nat(3), fc.nat(5)), { maxLength: 60 }), (sent) => {
        const behavior = new Behavior({ ...QUOTA, tenants: 4, totalPairs: 1_000 });
        for (const [at, [atS, rule, host]] of sent.entries()) {
          const alert = {
            ...alertOf(rule, host),
            profiled: { rule, incident: undefined, nEntities: 1, tactics: [] },
          };
          const { behavior: facts } = behavior.observe(1, alert, atS, receivedAtS + at);
          expect(facts.countedAtS).toBeLessThanOrEqual(receivedAtS + at + CELL);
          expect(Number.isFinite(facts.surprise) && facts.surprise >= 0).toBe(true);
          expect(Number.isFinite(facts.related) && Number.isFinite(facts.watchedS)).toBe(true);
        }
        expect(behavior.nPairs).toBeLessThanOrEqual(24);
      }),
    );
  });

  it('stays within its limits whatever is sent, and a flood of tenants does not push out one that was watched', () => {
    const behavior = new Behavior(limits);
    const steady = 77;
    for (let atS = 0; atS <= 2 * DAY; atS += 3_600) {
      behavior.observe(steady, { ...alertOf(1, 1), profiled }, atS, atS);
    }
    for (let i = 0; i < 5_000; i++) {
      behavior.observe(
        1_000 + (i % 400),
        { ...alertOf(i, i * 3 + 1, i * 3 + 2), profiled },
        2 * DAY,
        2 * DAY,
      );
      expect(behavior.nPairs).toBeLessThanOrEqual(limits.totalPairs);
      expect(behavior.nTenants).toBeLessThanOrEqual(limits.tenants);
    }
    expect(behavior.tenant(steady)?.watchedS).toBe(2 * DAY);
    const { behavior: facts } = behavior.look(
      steady,
      { ...alertOf(1, 1), profiled },
      2 * DAY + 1,
      2 * DAY + 1,
    );
    expect(facts.novelty).toBeLessThan(0.05);
  });

  it('takes a time that lies ahead of receipt for the receipt', () => {
    const behavior = new Behavior(limits);
    const { behavior: facts } = behavior.observe(1, { ...alertOf(1, 1), profiled }, 1e12, 100);
    expect(facts.countedAtS).toBe(100);
  });
});
