import { beforeEach, describe, expect, it } from 'vitest';
import { FleetHeartbeat } from '../../src/monitoring/fleet-heartbeat.ts';
import type { FleetStore } from '../../src/store/fleet-store.ts';
import { MemoryFleetStore } from '../../src/store/memory/memory-fleet-store.ts';
import { SharedTraffic, TRAFFIC_SKETCH } from '../../src/triage/shared-traffic.ts';
import { TenantTraffic } from '../../src/triage/tenant-traffic.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

let nowMs: number;
let fleet: MemoryFleetStore;
let events: [string, unknown][];

beforeEach(() => {
  nowMs = 10 * DAY;
  fleet = new MemoryFleetStore();
  events = [];
});

/** One process of an instance, wired as the service wires it. */
function start(instanceId: string, store: FleetStore = fleet) {
  const traffic = new TenantTraffic(nowMs);
  const now = (): number => nowMs;
  const shared = new SharedTraffic({
    traffic,
    fleet: store,
    instanceId,
    now,
    onEvent: (event, details) => events.push([event, details]),
  });
  const heartbeat = new FleetHeartbeat({
    fleet: store,
    instanceId,
    startedAt: new Date(nowMs).toISOString(),
    now,
    everyMs: MINUTE,
    sketches: (): Record<string, string> =>
      shared.hasRead ? { [TRAFFIC_SKETCH]: traffic.sketch(nowMs) } : {},
  });
  const tick = async (): Promise<void> => {
    await shared.refresh();
    await heartbeat.beat({ release: 'r1', versions: {} });
  };
  return { traffic, shared, tick };
}

describe('SharedTraffic', () => {
  it('shows every instance what the others have counted, at the next look', async () => {
    const [one, two] = [start('one'), start('two')];
    nowMs += DAY;
    one.traffic.note('acme', nowMs);
    two.traffic.note('acme', nowMs);
    two.traffic.note('acme', nowMs);
    await one.tick();
    await two.tick();
    expect(two.traffic.alertsOf('acme', nowMs)).toBe(3);
    expect(one.traffic.alertsOf('acme', nowMs)).toBe(1);
    nowMs += 10 * MINUTE;
    await one.tick();
    expect(one.traffic.alertsOf('acme', nowMs)).toBeCloseTo(3 * Math.exp(-10 / 1440), 2);
  });

  it('goes on from its own counts when the process of an instance starts again', async () => {
    const before = start('one');
    await before.tick();
    nowMs += 2 * DAY;
    for (let i = 0; i < 20; i++) before.traffic.note('acme', nowMs);
    await before.tick();
    nowMs += MINUTE;
    const after = start('one');
    await after.tick();
    expect(after.traffic.alertsOf('acme', nowMs)).toBeCloseTo(20, 0);
    // and once only: its own report is not read again
    nowMs += 20 * MINUTE;
    await after.tick();
    expect(after.traffic.alertsOf('acme', nowMs)).toBeCloseTo(20, 0);
  });

  it('does not count twice what an instance that is gone has left', async () => {
    const gone = start('gone');
    await gone.tick();
    nowMs += 2 * DAY;
    for (let i = 0; i < 8; i++) gone.traffic.note('acme', nowMs);
    await gone.tick();
    const next = start('next');
    for (let look = 0; look < 3; look++) {
      await next.tick();
      nowMs += 10 * MINUTE;
    }
    expect(next.traffic.alertsOf('acme', nowMs)).toBeCloseTo(8 * Math.exp(-30 / 1440), 1);
  });

  it('outlives an outage: reports nothing that would wipe out the last counts, and asks again', async () => {
    const before = start('one');
    await before.tick();
    nowMs += 2 * DAY;
    before.traffic.note('acme', nowMs);
    await before.tick();
    let isAway = true;
    const failing: FleetStore = {
      report: (report) => fleet.report(report),
      list: (sinceMs) => (isAway ? Promise.reject(new Error('away')) : fleet.list(sinceMs)),
    };
    const after = start('one', failing);
    await after.shared.refresh();
    expect(after.shared.hasRead).toBe(false);
    isAway = false;
    await after.tick();
    expect(after.traffic.alertsOf('acme', nowMs)).toBe(1);
  });

  it('is asked twice at a start and reads once, and both wait for it', async () => {
    let nReads = 0;
    const slow: FleetStore = {
      report: (report) => fleet.report(report),
      list: async (sinceMs) => {
        nReads++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return fleet.list(sinceMs);
      },
    };
    const { shared } = start('one', slow);
    const first = shared.refresh();
    await shared.refresh();
    expect([nReads, shared.hasRead]).toEqual([1, true]);
    await first;
  });

  it('says so when a report cannot be read, and takes the others', async () => {
    const good = start('good');
    await good.tick();
    nowMs += 2 * DAY;
    good.traffic.note('acme', nowMs);
    await good.tick();
    await fleet.report({
      instanceId: 'strange',
      startedAt: new Date(nowMs).toISOString(),
      seenAt: new Date(nowMs).toISOString(),
      release: undefined,
      versions: {},
      sketches: { [TRAFFIC_SKETCH]: 'of a later build' },
    });
    const reader = start('reader');
    await reader.tick();
    expect(events).toEqual([['tenant_traffic_unreadable', { unreadable: 1, of: 2 }]]);
    expect(reader.traffic.alertsOf('acme', nowMs)).toBe(1);
  });
});
