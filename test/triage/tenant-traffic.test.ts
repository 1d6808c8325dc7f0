import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TenantTraffic } from '../../src/triage/tenant-traffic.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Alerts as they come: who, and how long after the one before. */
const stream = fc.array(
  fc.record({ tenant: fc.constantFrom('a', 'b', undefined), afterMs: fc.integer({ min: 0, max: 6 * HOUR }) }),
  { maxLength: 40 },
);

describe('TenantTraffic', () => {
  it('does not know how busy a tenant is before it has watched for a day', () => {
    const traffic = new TenantTraffic(0);
    traffic.note('a', 1);
    expect(traffic.alertsOf('a', DAY - 1)).toBeNaN();
    expect(traffic.alertsOf('a', DAY)).toBeGreaterThan(0);
    expect(traffic.alertsOf('never heard of', DAY)).toBe(0);
  });

  it('counts an alert as 1 when it comes, and as 1/e a day later', () => {
    const traffic = new TenantTraffic(0);
    traffic.note('a', 2 * DAY);
    traffic.note('a', 2 * DAY);
    traffic.note('b', 2 * DAY);
    expect(traffic.alertsOf('a', 2 * DAY)).toBe(2);
    expect(traffic.alertsOf('a', 3 * DAY)).toBeCloseTo(2 / Math.E, 12);
    expect(traffic.alertsOf('b', 2 * DAY)).toBe(1);
  });

  it('takes alerts without a tenant for one tenant', () => {
    const traffic = new TenantTraffic(0);
    traffic.note(undefined, 2 * DAY);
    expect(traffic.alertsOf(undefined, 2 * DAY)).toBe(1);
    expect(traffic.alertsOf('a', 2 * DAY)).toBe(0);
  });

  it('adds up to the same count however a stream is spread over instances', () => {
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.nat({ max: 2 })), (alerts, instanceOf) => {
        const alone = new TenantTraffic(0);
        const instances = [0, 1, 2].map(() => new TenantTraffic(0));
        let now = DAY;
        for (const { tenant, afterMs } of alerts) {
          now += afterMs;
          alone.note(tenant, now);
          instances[instanceOf.next().value as number]!.note(tenant, now);
        }
        const [first, ...others] = instances;
        first!.takeOthers(others.map((other) => other.sketch(now)));
        for (const tenant of ['a', 'b', undefined]) {
          const [together, single] = [
            first!.alertsOf(tenant, now + HOUR),
            alone.alertsOf(tenant, now + HOUR),
          ];
          // a sketch keeps four digits and leaves out what has faded
          expect(Math.abs(together - single)).toBeLessThan(0.03 + single * 0.001);
        }
      }),
    );
  });

  it('goes on after a restart, and knows for how long the stream has been watched', () => {
    const before = new TenantTraffic(0);
    for (let i = 0; i < 50; i++) before.note('a', 2 * DAY);
    const after = new TenantTraffic(2 * DAY + HOUR);
    expect(after.alertsOf('a', 2 * DAY + HOUR)).toBeNaN();
    expect(after.goOnFrom(before.sketch(2 * DAY))).toBe(true);
    expect(after.alertsOf('a', 2 * DAY + HOUR)).toBeCloseTo(50 * Math.exp(-1 / 24), 1);
    after.note('a', 2 * DAY + HOUR);
    expect(after.alertsOf('a', 2 * DAY + HOUR)).toBeCloseTo(1 + 50 * Math.exp(-1 / 24), 1);
  });

  it('starts anew after hours that nobody watched', () => {
    const before = new TenantTraffic(0);
    before.note('a', 2 * DAY);
    const late = new TenantTraffic(2 * DAY + 4 * HOUR);
    late.takeOthers([before.sketch(2 * DAY)]);
    expect(late.alertsOf('a', 2 * DAY + 5 * HOUR)).toBeNaN();
    expect(late.alertsOf('a', 3 * DAY + 4 * HOUR)).toBeGreaterThan(0);
  });

  it('takes the latest sketches in place of the ones before, and leaves out what is none', () => {
    const other = new TenantTraffic(0);
    other.note('a', 2 * DAY);
    const traffic = new TenantTraffic(0);
    expect(traffic.takeOthers([other.sketch(2 * DAY), 'no JSON', '{"since":0}', '{"at":"x"}'])).toBe(3);
    other.note('a', 2 * DAY);
    expect(traffic.takeOthers([other.sketch(2 * DAY)])).toBe(0);
    expect(traffic.alertsOf('a', 2 * DAY)).toBe(2);
    expect(traffic.takeOthers([])).toBe(0);
    expect(traffic.alertsOf('a', 2 * DAY)).toBe(0);
    expect(traffic.goOnFrom('no JSON')).toBe(false);
  });

  it('keeps the busiest tenants of very many, in memory and in a sketch of at most 30,000 characters', () => {
    const traffic = new TenantTraffic(0);
    for (let repeat = 0; repeat < 3; repeat++) traffic.note('busy', 2 * DAY);
    for (let i = 0; i < 45_000; i++) traffic.note(`tenant ${i}`, 2 * DAY + i);
    expect(traffic.alertsOf('busy', 2 * DAY + 45_000)).toBeCloseTo(3, 2);
    const sketch = traffic.sketch(2 * DAY + 45_000);
    expect(sketch.length).toBeLessThanOrEqual(30_000);
    const other = new TenantTraffic(0);
    expect(other.takeOthers([sketch])).toBe(0);
    expect(other.alertsOf('busy', 2 * DAY + 45_000)).toBeCloseTo(3, 2);
  });

  it('never makes alerts out of a clock that was set back', () => {
    const traffic = new TenantTraffic(0);
    traffic.note('a', 3 * DAY);
    traffic.note('a', 2 * DAY);
    expect(traffic.alertsOf('a', 2 * DAY)).toBe(2);
  });
});
