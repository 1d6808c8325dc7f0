import { describe, expect, it } from 'vitest';
import { pseudonymOf } from '../../src/alert/pseudonym.ts';
import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { joinKeys } from '../../src/triage/behavior/tenant-behavior.ts';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { SharedState } from '../../src/triage/state/shared-state.ts';
import { decodeState, encodeState } from '../../src/triage/state/state-format.ts';
import { fromParts, inParts, StatePart } from '../../src/triage/state/state-part.ts';
import { damagedSnapshot } from '../../src/triage/state/stored-snapshot.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';

const KEY = new Uint8Array(32).fill(1);
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 10);

/** A fleet on one storage with one clock. */
class Fleet {
  nowMs = START;
  readonly log = new MemoryBehaviorLog();
  readonly blobs = new MemoryModelStore(() => this.nowMs);
  readonly events: string[] = [];
  #n = 0;

  start() {
    const triage = createTriage({ key: KEY, isReady: () => shared.isReady });
    triage.pending.isKept = true;
    const { behavior, correlation, hostNames, pending } = triage;
    const shared: SharedState = new SharedState({
      ...{ behavior, correlation, hostNames, pending },
      ...{ log: this.log, blobs: this.blobs, now: () => this.nowMs },
      recent: new RecentKeys(),
      snapshotPaths: { snapshot: 'snapshot', before: 'before' },
      lockPath: 'lock',
      instanceId: `instance ${this.#n++}`,
      useKey: async () => false,
      useOwnKey: () => {},
      onEvent: (event) => this.events.push(event),
    });
    const see = (host: string, rule = 'logon', changes: Parameters<typeof anAlert>[0] = {}) => {
      const alert = anAlert({
        id: `${host}-${this.nowMs}-${rule}`,
        tenant: 'acme',
        rule_id: rule,
        severity: 'high',
        entities: [{ kind: 'host', value: host }],
        occurred_at: new Date(this.nowMs).toISOString(),
        ...changes,
      });
      const input = { alert, payload: undefined, alertKey: alert.id, nowMs: this.nowMs, observe: true };
      return triage.pipeline.run(input).facts;
    };
    return { triage, shared, see };
  }
}
type Instance = ReturnType<Fleet['start']>;

const seenCells = ({ triage }: Instance, host: string, rule: string): number => {
  const entities = triage.pipeline.run({
    alert: anAlert({ tenant: 'acme', rule_id: rule, entities: [{ kind: 'host', value: host }] }),
    payload: undefined,
    alertKey: '',
    nowMs: START,
    observe: false,
  }).facts.entities!;
  const history = triage.behavior.tenant(entities.tenant);
  const pair = history?.pairs.find(joinKeys(entities.rule, entities.joining[0]!.key)) ?? -1;
  return pair < 0 ? 0 : history!.pairs.seenOf(pair);
};

describe('SharedState', () => {
  it('lets every instance know what one has counted, once, and gives both the same incidents', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.start(), fleet.start()];
    await Promise.all([a.shared.tick(), b.shared.tick()]);
    const joined = a.see('web-1').incident?.incident;
    a.see('web-1', 'mimikatz');
    expect(seenCells(b, 'web-1', 'logon')).toBe(0);
    for (const one of [a, b, a, b, b]) await one.shared.tick();
    for (const one of [a, b]) expect(seenCells(one, 'web-1', 'logon')).toBeCloseTo(1, 6);
    const here = b.triage.incident('acme', joined!.id);
    expect(here?.nAlerts).toBe(2);
    expect(here?.rules.size).toBe(2);
  });

  it('joins an alert once that two instances were sent before either had told of it', async () => {
    const fleet = new Fleet();
    const all = [fleet.start(), fleet.start(), fleet.start()];
    const [a, b] = all as [Instance, Instance];
    await Promise.all(all.map(({ shared }) => shared.tick()));
    const joined = [a, b].map((one) => one.see('web-1').incident!.incident!.id);
    a.see('web-1', 'mimikatz');
    for (const one of [...all, ...all]) await one.shared.tick();
    for (const one of all) {
      const incident = one.triage.incident('acme', joined[0]!)!;
      expect(incident.id).toBe(joined[1]);
      expect(incident.nAlerts).toBe(2);
      expect(incident.shown()).toHaveLength(2);
    }
  });

  it('is stirred for a minute by what stands out, here or elsewhere, and never when alone', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.start(), fleet.start()];
    await Promise.all([a.shared.tick(), b.shared.tick()]);
    a.see('web-1');
    expect(a.shared.isStirred).toBe(false);
    for (const one of [a, b]) await one.shared.tick();
    expect(b.shared.isStirred).toBe(true);
    fleet.nowMs += 61_000;
    expect(b.shared.isStirred).toBe(false);
    b.see('web-1', 'mimikatz');
    expect(b.shared.isStirred).toBe(true);
    for (const one of [b, a]) await one.shared.tick();
    expect(a.shared.isStirred).toBe(true);
    a.see('web-2', 'logon', { severity: 'low' });
    fleet.nowMs += 61_000;
    expect([a, b].map(({ shared }) => shared.isStirred)).toEqual([false, false]);
  });

  it('goes on from the snapshot and the deltas since, as if nothing had happened', async () => {
    const fleet = new Fleet();
    const first = fleet.start();
    await first.shared.tick();
    for (let i = 0; i < 40; i++) {
      fleet.nowMs += MINUTE;
      first.see(`host-${i % 7}`, `rule-${i % 5}`);
      await first.shared.tick();
    }
    const second = fleet.start();
    expect(second.shared.isReady).toBe(false);
    expect(second.see('host-1').behavior).toBeUndefined();
    await second.shared.tick();
    expect(second.shared.status).toBe('shared');
    for (let host = 0; host < 7; host++) {
      for (let rule = 0; rule < 5; rule++) {
        const name = [`host-${host}`, `rule-${rule}`] as const;
        expect(seenCells(second, ...name), name.join(' ')).toBeCloseTo(seenCells(first, ...name), 5);
      }
    }
    const tenant = first.see('host-1').entities!.tenant;
    const known = (one: Instance): string[] => {
      const incidents = [...one.triage.correlation.tenant(tenant)!.incidents()];
      return incidents.map(({ id, nAlerts }) => `${id} ${nAlerts}`).sort();
    };
    await first.shared.tick();
    await second.shared.tick();
    expect(known(second)).toEqual(known(first));
    expect(fleet.events).not.toContain('behavior_snapshot_unreadable');
  });

  it('tells the others of routine alerts, once, and keeps them over a restart; older builds told of none', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.start(), fleet.start()];
    await Promise.all([a.shared.tick(), b.shared.tick()]);
    const low = { severity: 'low' } as const;
    for (const host of ['web-1', 'web-2', 'web-1']) {
      fleet.nowMs += 1_000;
      a.see(host, 'logon', low);
    }
    b.see('web-1', 'logon', low);
    const counts = ({ triage }: Instance) =>
      [...triage.correlation.rollUps.items(undefined)].map(({ nAlerts, places }) => [
        nAlerts,
        Object.fromEntries([...places.values()].map((place) => [place.name, place.nAlerts])),
      ]);
    const expected = [[4, { 'host:web-1': 3, 'host:web-2': 1 }]];
    for (const one of [a, b, a, b]) await one.shared.tick();
    for (const one of [a, b]) expect(counts(one)).toEqual(expected);
    fleet.nowMs += 11 * MINUTE;
    await a.shared.tick();
    const later = fleet.start();
    await later.shared.tick();
    expect(counts(later)).toEqual(expected);

    // the build before kept none, and wrote its lists as they are
    const incidentsOf = ({ triage }: Instance) =>
      [...triage.correlation.tenants()].flatMap(([, known]) =>
        [...known.incidents()].map(({ id, nAlerts }) => `${id} ${nAlerts}`),
      );
    a.see('web-1', 'mimikatz');
    fleet.nowMs += 11 * MINUTE;
    await a.shared.tick();
    expect(incidentsOf(a)).toHaveLength(1);
    const stored = (await fleet.blobs.read('snapshot'))!;
    const tree = (await decodeState(stored.bytes)) as {
      incidents: [number, Record<string, unknown>][];
      rollUps: unknown;
    };
    const former = {
      ...tree,
      rollUps: undefined,
      incidents: tree.incidents.map(([key, lists]) => [
        key,
        Object.fromEntries(
          Object.entries(lists).map(([name, list]) => [
            name,
            Array.isArray(list) ? [...fromParts<unknown>(list)] : list,
          ]),
        ),
      ]),
    };
    const bytes = await encodeState(former);
    bytes.writeUInt32LE(1, 4);
    await fleet.blobs.replace('snapshot', bytes, stored.etag);
    fleet.nowMs += 90 * MINUTE;
    const upgraded = fleet.start();
    await upgraded.shared.tick();
    expect(counts(upgraded)).toEqual([]);
    expect(incidentsOf(upgraded)).toEqual(incidentsOf(a));
    expect(fleet.events).not.toContain('behavior_snapshot_unreadable');
  });

  const damages: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>> = {
    missing: () => undefined,
    'cut short': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'with a flipped byte': (bytes) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 0x80 : byte)),
    'of another build': (bytes) => bytes.map((byte, i) => (i === 4 ? 99 : byte)),
  };
  const damage = async ({ blobs }: Fleet, path: string, way: string): Promise<void> => {
    const { bytes, etag } = (await blobs.read(path))!;
    const next = damages[way]!(bytes);
    if (next === undefined) await blobs.remove(path);
    else await blobs.replace(path, next, etag);
  };
  const ofHosts = (one: Instance): number[] =>
    Array.from({ length: 7 }, (_, host) => seenCells(one, `host-${host}`, 'logon'));

  it.each(Object.keys(damages))('loses nothing of what it remembers by a snapshot %s', async (way) => {
    const fleet = new Fleet();
    const first = fleet.start();
    await first.shared.tick();
    for (let i = 0; i < 130; i++) {
      fleet.nowMs += MINUTE;
      first.see(`host-${i % 7}`);
      await first.shared.tick();
    }
    await damage(fleet, 'snapshot', way);
    const lock = 'lock';
    const paths = { snapshot: 'snapshot', before: 'before' };
    expect(await damagedSnapshot(fleet.blobs, paths, lock)).toContain('before stands in for it');
    const fresh = fleet.start();
    await fresh.shared.tick();
    expect(Math.min(...ofHosts(first))).toBeGreaterThan(1);
    for (const [host, seen] of ofHosts(fresh).entries()) expect(seen).toBeCloseTo(ofHosts(first)[host]!, 3);
    expect(fleet.events.includes('behavior_snapshot_unreadable')).toBe(way !== 'missing');
    // its own is whole again, and what it kept before is no damaged one
    expect(await damagedSnapshot(fleet.blobs, paths, lock)).toBeUndefined();
    await damage(fleet, 'snapshot', 'missing');
    const next = fleet.start();
    await next.shared.tick();
    for (const [host, seen] of ofHosts(next).entries()) expect(seen).toBeCloseTo(ofHosts(first)[host]!, 3);
  });

  it('keeps nobody who is forgotten in the snapshot before', async () => {
    const fleet = new Fleet();
    const first = fleet.start();
    await first.shared.tick();
    const tenant = first.see('web-1').entities!.tenant;
    const [group] = [...first.triage.correlation.tenant(tenant)!.incidents()];
    const judgement = { disposition: 'true_positive', analyst: 'ana', at: new Date(START).toISOString() };
    first.triage.correlation.judge(tenant, group!.id, judgement as never);
    const kept = async (path: string): Promise<boolean> =>
      Buffer.from((await fleet.blobs.read(path))!.bytes).includes('"ana"');
    for (let i = 0; i < 50; i++) {
      fleet.nowMs += MINUTE;
      await first.shared.tick();
    }
    expect([await kept('snapshot'), await kept('before')]).toEqual([true, true]);
    await first.shared.forget({ pseudonym: pseudonymOf('ana'), at: new Date(fleet.nowMs).toISOString() });
    expect([await kept('snapshot'), await kept('before')]).toEqual([false, false]);
  });

  it('knows on every instance, and after a restart, which host a short name stands for', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.start(), fleet.start()];
    for (const one of [a, b]) await one.shared.tick();
    const full = a.see('fin-ws-017.contoso.com');
    const keyOf = (facts: typeof full) => facts.entities!.joining[0]!.key;
    const unheard = b.see('FIN-WS-017', 'early');
    expect(keyOf(unheard)).not.toBe(keyOf(full));
    for (const one of [a, b, a, b]) await one.shared.tick();
    expect(keyOf(b.see('FIN-WS-017', 'late'))).toBe(keyOf(full));
    for (const one of [b, a]) await one.shared.tick();
    const of = (one: Instance, facts: typeof full) =>
      one.triage.incident('acme', facts.incident!.incident!.id)!;
    // heard of by its short name before it was known: one all the same
    expect(of(a, unheard)).toBe(of(a, full));
    expect(of(b, full).nAlerts).toBe(3);
    fleet.nowMs += 11 * MINUTE;
    await a.shared.tick();
    // the deltas that told of it are gone
    fleet.nowMs += 70 * MINUTE;
    await a.shared.tick();
    const restarted = fleet.start();
    await restarted.shared.tick();
    expect(keyOf(restarted.see('FIN-WS-017', 'after'))).toBe(keyOf(full));
  });

  it('loses nothing while storage is away: it counts alone and tells later', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.start(), fleet.start()];
    await b.shared.tick();
    const { append } = fleet.log;
    fleet.log.append = async () => {
      throw new Error('storage is away');
    };
    await a.shared.tick();
    for (let i = 0; i < 5; i++) {
      a.see(`host-${i}`);
      await a.shared.tick();
    }
    fleet.log.append = append;
    // longer than an alert may be late: it was on time where it came in
    fleet.nowMs += 2 * 60 * MINUTE;
    b.see('elsewhere');
    await a.shared.tick();
    await b.shared.tick();
    for (let i = 0; i < 5; i++) expect(seenCells(b, `host-${i}`, 'logon')).toBeCloseTo(1, 6);
    expect(fleet.events).toContain('behavior_not_shared');
  });

  it('loses at most two per cent of the counts when every instance dies each hour without a word', async () => {
    const fleet = new Fleet();
    const shape = { severity: 'low' } as const;
    let instances = [fleet.start(), fleet.start()];
    for (const { shared } of instances) await shared.tick();
    const hosts = 5;
    let sent = 0;
    for (let second = 0; second < 4 * 3_600; second += 6) {
      fleet.nowMs += 6_000;
      // each at a moment of its own, and not one at which it has just told
      for (const at of [0, 1]) {
        if (second % 3_600 !== 1_206 + 900 * at) continue;
        instances = instances.with(at, fleet.start());
        await instances[at]!.shared.tick();
      }
      instances[second % 12 === 0 ? 0 : 1]!.see(`host-${sent++ % hosts}`, 'logon', {
        ...shape,
        id: `n${sent}`,
      });
      if (second % 30 === 0) for (const { shared } of instances) await shared.tick();
    }
    for (const one of [0, 1, 0]) await instances[one]!.shared.tick();
    const fading = 86_400;
    // what an unbroken instance would have: an alert of `age` seconds counts exp(-age / a day)
    let expected = 0;
    for (let age = 0; age < 4 * 3_600; age += 6) expected += Math.exp(-age / fading);
    for (const { triage } of instances) {
      const input = {
        alert: anAlert({
          tenant: 'acme',
          entities: [{ kind: 'host', value: 'host-1' }],
          occurred_at: new Date(fleet.nowMs).toISOString(),
        }),
        ...{ payload: undefined, alertKey: '', nowMs: fleet.nowMs, observe: false },
      };
      const { entities } = triage.pipeline.run(input).facts;
      const counted = triage.behavior.tenant(entities!.tenant)!.alertsAt(fleet.nowMs / 1000);
      expect(counted / expected).toBeGreaterThan(0.98);
      expect(counted / expected).toBeLessThan(1.001);
    }
  });

  it('comes to the same cells whatever the order in which instances tell and hear', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.nat(3), fc.nat(2), fc.nat(8)), { minLength: 1, maxLength: 20 }),
        async (steps) => {
          const fleet = new Fleet();
          const instances = [fleet.start(), fleet.start(), fleet.start()];
          for (const { shared } of instances) await shared.tick();
          const cells = new Map<string, Set<number>>();
          for (const [at, host, rule, minutes] of steps) {
            fleet.nowMs += minutes * MINUTE;
            const name = `${host} ${rule}`;
            instances[at]!.see(`h${host}`, `r${rule}`);
            cells.set(name, (cells.get(name) ?? new Set()).add(Math.floor(fleet.nowMs / 600_000)));
            if (minutes % 3 === 0) await instances[(at + 1) % 3]!.shared.tick();
          }
          for (let round = 0; round < 2; round++) for (const { shared } of instances) await shared.tick();
          for (const [name, entered] of cells) {
            const [host, rule] = name.split(' ');
            const newest = Math.max(...entered);
            let expected = 0;
            for (const cell of entered) expected += Math.exp(((cell - newest) * 600) / (7 * 86_400));
            for (const one of instances) {
              expect(seenCells(one, `h${host}`, `r${rule}`)).toBeCloseTo(expected, 4);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the format of the state', () => {
  it('gives back what was put in and refuses bytes that were changed', async () => {
    const state = {
      keys: Float64Array.of(1, 2 ** 52, -0.5),
      list: [{ cells: Int32Array.of(-1, 7), name: 'ü' }, { f: Float32Array.of(0.5) }],
      since: Number.POSITIVE_INFINITY,
    };
    const bytes = await encodeState(state);
    expect(await decodeState(bytes)).toEqual(state);
    // at an odd place of a larger buffer
    const shifted = Buffer.concat([Buffer.from('x'), bytes]).subarray(1);
    expect(await decodeState(shifted)).toEqual(state);
    const nested = {
      list: inParts([1, 2, 3], 2),
      odd: new StatePart(() => ({ ü: Int32Array.of(5), deeper: new StatePart(() => 'end') })),
    };
    const parts = (await decodeState(await encodeState(nested))) as typeof nested;
    expect(parts.list).toHaveLength(2);
    expect([...fromParts(parts.list)]).toEqual([1, 2, 3]);
    const odd = parts.odd.read() as { ü: Int32Array; deeper: StatePart };
    expect(odd.ü).toEqual(Int32Array.of(5));
    expect(odd.deeper.read()).toBe('end');
    // a list of the version before came as it is
    expect([...fromParts([1, 2])]).toEqual([1, 2]);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 1]! ^= 1;
    await expect(decodeState(changed)).rejects.toThrow(/sha256/);
    await expect(decodeState(Buffer.from('nothing of the kind'))).rejects.toThrow(/begin differently/);
  });
});
