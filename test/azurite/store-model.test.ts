import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { azuriteConnectionString } from '../../src/local/azurite.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { modelStoreContract } from '../support/model-store-contract.ts';
import { ownerOf } from '../support/owner.ts';
import {
  closedPort,
  type Fault,
  type FaultyStorage,
  startFaultyStorage,
  uniqueName,
} from '../support/storage.ts';

const PATIENT = { timeoutMs: 16_000, tries: 3, retryDelayMs: 10 };
/** Where nothing answers in any case, and waiting longer would tell no more. */
const SHORT = { timeoutMs: 300, tries: 2, retryDelayMs: 10 };

modelStoreContract('BlobModelStore', {
  open: async () => {
    const name = uniqueName('models');
    const open = (): BlobModelStore =>
      new BlobModelStore(createStorageClients({ connectionString: inject('storage') }).container(name));
    return { store: open(), other: open() };
  },
});

describe('BlobModelStore over an outage', () => {
  let faulty: FaultyStorage;
  let store: BlobModelStore;
  let hurried: BlobModelStore;
  /** Of another process. */
  let another: BlobModelStore;
  beforeAll(async () => {
    faulty = await startFaultyStorage(inject('storage'));
    const clients = createStorageClients({ connectionString: faulty.connectionString });
    const container = clients.container(uniqueName('models'));
    store = new BlobModelStore(container, PATIENT);
    hurried = new BlobModelStore(container, SHORT);
    another = new BlobModelStore(container, PATIENT);
    await store.create('head.json', new Uint8Array(8));
  });
  afterEach(() => {
    faulty.decide = () => 'pass';
  });
  afterAll(() => faulty.close());

  const calls: Record<string, (of: BlobModelStore) => Promise<unknown>> = {
    read: (of) => of.read('head.json'),
    readIfChanged: (of) => of.readIfChanged('head.json', '"1"'),
    create: (of) => of.create('new.json', new Uint8Array(1)),
    replace: (of) => of.replace('head.json', new Uint8Array(1), '"1"'),
    list: (of) => of.list('')[Symbol.asyncIterator]().next(),
    remove: (of) => of.remove('head.json'),
    acquireLease: (of) => of.acquireLease('head.json', 15),
    leaseOwner: (of) => of.leaseOwner('head.json'),
    breakLease: (of) => of.breakLease('head.json', '"1"'),
  };
  const faults: Record<string, Fault> = {
    '403': { status: 403, code: 'AuthorizationFailure' },
    '500': { status: 500, code: 'InternalError' },
    '503': { status: 503, code: 'ServerBusy' },
    'a broken connection': 'lose-request',
    silence: 'hang',
  };
  for (const [fault, behaviour] of Object.entries(faults)) {
    for (const [method, call] of Object.entries(calls)) {
      it(`throws STORE_UNAVAILABLE from ${method} on ${fault}`, async () => {
        faulty.decide = () => behaviour;
        await expect(call(behaviour === 'hang' ? hurried : store)).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          cause: expect.any(Error),
          retryAfterSeconds: 5,
        });
      });
    }
  }

  it('tries again after a passing fault, and not after a refusal', async () => {
    faulty.decide = (nth) => (nth < 2 ? { status: 503, code: 'ServerBusy' } : 'pass');
    expect((await store.read('head.json'))?.bytes.byteLength).toBe(8);
    faulty.decide = (nth) => (nth < 1 ? 'hang' : 'pass');
    expect((await store.read('head.json'))?.bytes.byteLength).toBe(8);
    const before = faulty.requests.length;
    faulty.decide = () => ({ status: 403, code: 'AuthorizationFailure' });
    await expect(store.read('head.json')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(faulty.requests.length - before).toBe(1);
  });

  it('does not wait for a Retry-After longer than its time', async () => {
    const before = faulty.requests.length;
    faulty.decide = () => ({ status: 503, code: 'ServerBusy', retryAfterSeconds: 60 });
    await expect(store.read('head.json')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryAfterSeconds: 60,
    });
    expect(faulty.requests.length - before).toBe(1);
  });

  it('reports a commit whose answer was lost as a conflict, with the bytes in place', async () => {
    const etag = (await store.read('head.json'))?.etag;
    faulty.decide = (nth) => (nth === 0 ? 'lose-response' : 'pass');
    await expect(store.replace('head.json', Uint8Array.of(42), etag)).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
    expect((await store.read('head.json'))?.bytes).toEqual(Uint8Array.of(42));
  });

  const lostAt = (action: string, how: Fault): void => {
    faulty.decide = (_nth, _method, url, headers) =>
      url.includes('comp=lease') && headers['x-ms-lease-action'] === action ? how : 'pass';
  };

  it('names the owner of a lease of which nobody was told that it was taken', async () => {
    faulty.decide = (_nth, _method, url) => (url.includes('comp=lease') ? 'lose-response' : 'pass');
    const owner = { instanceId: 'killed', startedAt: '2026-03-01T00:00:00.000Z', machine: 'm', pid: 1 };
    await expect(store.acquireLease('locks/owned', 60, owner)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    // a process that was killed gives nothing back
    lostAt('release', 'lose-request');
    const next = { ...owner, instanceId: 'next' };
    expect(await another.acquireLease('locks/owned', 60, next)).toBeUndefined();
    const held = (await another.leaseOwner('locks/owned'))!;
    expect(held.owner).toMatchObject(owner);
    await another.breakLease('locks/owned', held.etag);
    expect(await another.acquireLease('locks/owned', 60, next)).toBeDefined();
  });

  for (const owner of [undefined, ownerOf('here')]) {
    const whose = owner === undefined ? 'a nameless lease' : 'a lease with its name';
    for (const how of ['lose-request', 'lose-response'] as const) {
      it(`takes ${whose} anew at once when every answer to taking it was lost, ${how}`, async () => {
        const path = `locks/${how}-${owner?.instanceId}`;
        await store.create(path, new Uint8Array(0));
        lostAt('acquire', how);
        await expect(store.acquireLease(path, 60, owner)).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
        });
        faulty.decide = () => 'pass';
        const lease = await store.acquireLease(path, 60, owner);
        expect(await lease?.renew()).toBe(true);
        expect(await another.acquireLease(path, 60, owner && ownerOf('there'))).toBeUndefined();
      });

      it(`takes ${whose} anew at once when every answer to giving it back was lost, ${how}`, async () => {
        const path = `locks/back-${how}-${owner?.instanceId}`;
        const before = await store.acquireLease(path, 60, owner);
        lostAt('release', how);
        await expect(before?.release()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        faulty.decide = () => 'pass';
        expect(await (await store.acquireLease(path, 60, owner))?.renew()).toBe(true);
      });
    }
  }

  it('gives back what it took unheard, though it asks for it no more', async () => {
    lostAt('acquire', 'lose-response');
    await expect(store.acquireLease('locks/idle', 60, ownerOf('here'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    lostAt('release', 'lose-request');
    expect(await another.acquireLease('locks/idle', 60, ownerOf('there'))).toBeUndefined();
    faulty.decide = () => 'pass';
    const taken = await vi.waitFor(
      async () => (await another.acquireLease('locks/idle', 60, ownerOf('there'))) ?? Promise.reject(),
      { timeout: 40_000, interval: 500 },
    );
    expect(await taken.renew()).toBe(true);
  });

  it('leaves a lease alone that another took after one of which nothing was heard', async () => {
    lostAt('acquire', 'lose-response');
    await expect(store.acquireLease('locks/taken', 60, ownerOf('here'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    faulty.decide = () => 'pass';
    const held = (await another.leaseOwner('locks/taken'))!;
    await another.breakLease('locks/taken', held.etag);
    const taken = await another.acquireLease('locks/taken', 60, ownerOf('there'));
    expect(await store.acquireLease('locks/taken', 60, ownerOf('here'))).toBeUndefined();
    expect(await taken?.renew()).toBe(true);
    expect((await store.leaseOwner('locks/taken'))?.owner).toEqual(ownerOf('there'));
  });

  it('throws STORE_UNAVAILABLE when nothing listens', async () => {
    const port = await closedPort();
    const { container } = createStorageClients({
      connectionString: azuriteConnectionString(port, port, port),
    });
    await expect(new BlobModelStore(container('models'), PATIENT).read('head.json')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});
