import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { importSource } from '../../src/triage/intel/import-source.ts';
import { IntelSources } from '../../src/triage/intel/intel-sources.ts';
import { removeSource } from '../../src/triage/intel/intel-store.ts';
import { countingInstance, SNAPSHOT } from '../support/counting-instance.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { uniqueName } from '../support/storage.ts';

// What behaviour, correlation and intelligence keep, call by call: each fails once, and each for as long as it takes.

const MINUTE = 60_000;
const CALLS = { retryDelayMs: 1, timeoutMs: 60_000 };
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['a status', { kind: 'status', status: 503 }],
  ['a delay', { kind: 'delay', ms: 30 }],
  ['a cut connection', { kind: 'reset' }],
  ['a lost answer', { kind: 'lost-answer' }],
];

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(inject('storage'));
});
afterAll(() => proxy.stop());

const decoded = (path: string): string => decodeURIComponent(path);

describe.each(FAULTS)('%s', (_name, fault) => {
  it('at any call of the shared state loses no alert and counts none twice', async () => {
    let nowMs = Date.UTC(2026, 0, 10);
    const names = { table: uniqueName('behavior'), container: uniqueName('state') };
    const options = { connectionString: proxy.connectionString, ...names, now: () => nowMs, calls: CALLS };
    let nStarted = 0;
    const start = () => countingInstance({ ...options, instanceId: `instance-${nStarted++}` });
    const [a, b] = [start(), start()];
    await a.shared.tick();
    await b.shared.tick();
    const ofTable = (path: string): boolean => decoded(path).includes(names.table);
    const ofSnapshot = (path: string): boolean => decoded(path).includes(`${names.container}/${SNAPSHOT}`);
    const calls = {
      'a delta written': (method: string, path: string) => method !== 'GET' && ofTable(path),
      'deltas read': (method: string, path: string) => method === 'GET' && ofTable(path),
      'the snapshot written': (method: string, path: string) => method === 'PUT' && ofSnapshot(path),
      'the snapshot read': (method: string, path: string) => method === 'GET' && ofSnapshot(path),
      'the lease': (method: string, path: string) =>
        method === 'PUT' && decoded(path).includes(`${names.container}/behavior/lock`),
    };
    let nSeen = 0;
    for (const [call, matches] of Object.entries(calls)) {
      for (const times of [1, 1_000]) {
        a.see(10);
        nSeen += 10;
        // long enough for a snapshot to be due
        nowMs += 11 * MINUTE;
        let nBroken = 0;
        const mend = proxy.break({
          matches: (...asked) => matches(...asked) && ++nBroken > 0,
          times,
          fault,
        });
        await a.shared.tick();
        mend();
        expect(nBroken, call).toBeGreaterThan(0);
        // what could not be told or written is by the next tick
        nowMs += 11 * MINUTE;
        await a.shared.tick();
        await b.shared.tick();
        const later = start();
        await later.shared.tick();
        const total = ({ routine, joined }: ReturnType<typeof a.counts>) => routine + joined;
        expect(total(a.counts()), `${call}, ${times}`).toBe(nSeen);
        expect(b.counts(), `${call}, ${times}`).toEqual(a.counts());
        expect(later.counts(), `${call}, ${times}`).toEqual(a.counts());
        expect(later.shared.status).toBe('shared');
      }
    }
    const problems = [a, b].flatMap(({ events }) => events.filter((event) => /unreadable/.test(event)));
    expect(problems).toEqual([]);
  });

  it('at any call of the indicators leaves the source before or the new one, whole, and no blob behind', async () => {
    const container = uniqueName('intel');
    const storeOf = (connectionString: string) =>
      new BlobModelStore(createStorageClients({ connectionString }).container(container), CALLS);
    const store = storeOf(proxy.connectionString);
    const list = async function* (address: string) {
      yield Buffer.from(`${address}\n`);
    };
    const sources = new IntelSources(store);
    const hit = (last: number): boolean =>
      sources.look([{ kind: 'ip', value: `198.51.100.${last}` }], Date.UTC(2026, 0, 10)).length > 0;
    const put = (last: number) =>
      importSource(store, 'list', list(`198.51.100.${last}`), {}, Date.UTC(2026, 0, 9));
    await put(1);
    await sources.refresh();
    const isPart = (path: string, part: string): boolean => decoded(path).includes(`/${container}/${part}`);
    const calls = {
      'indicators written': (method: string, path: string) => method === 'PUT' && isPart(path, 'sources/'),
      'the index written': (method: string, path: string) => method === 'PUT' && isPart(path, 'index'),
      'the index read': (method: string, path: string) => method === 'GET' && isPart(path, 'index'),
      'indicators removed': (method: string, path: string) => method === 'DELETE' && isPart(path, 'sources/'),
      'indicators read': (method: string, path: string) => method === 'GET' && isPart(path, 'sources/'),
    };
    let last = 1;
    for (const [call, matches] of Object.entries(calls)) {
      const before = last++;
      let nBroken = 0;
      const mend = proxy.break({ matches: (...asked) => matches(...asked) && ++nBroken > 0, fault });
      await put(last);
      await sources.refresh();
      mend();
      expect(nBroken, call).toBeGreaterThan(0);
      expect([hit(before), hit(last)], call).toEqual([false, true]);
      const paths: string[] = [];
      for await (const { path } of storeOf(inject('storage')).list('sources/')) paths.push(path);
      expect(paths, call).toHaveLength(1);
    }
    const mend = proxy.break({ matches: calls['the index written'], fault });
    await removeSource(store, 'list');
    mend();
    await sources.refresh();
    expect(hit(last)).toBe(false);
  });
});

it('storage away at the start of intelligence: nothing is ready, and nothing is taken for empty', async () => {
  const container = uniqueName('intel');
  const clients = createStorageClients({ connectionString: proxy.connectionString });
  const store = new BlobModelStore(clients.container(container), CALLS);
  const mend = proxy.break({
    matches: (_method, path) => decoded(path).includes(container),
    times: 1_000,
    fault: { kind: 'status', status: 503 },
  });
  const sources = new IntelSources(store);
  await sources.refresh();
  expect(sources.isReady).toBe(false);
  mend();
  await sources.refresh();
  expect(sources.isReady).toBe(true);
});
