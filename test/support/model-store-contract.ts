import { describe, expect, it } from 'vitest';
import { hasCode } from '../../src/errors.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { ownerOf } from './owner.ts';

export interface ModelStoreHarness {
  /** A store over an empty place of its own, and a second client of the same place. */
  open(): Promise<{ store: ModelStore; other: ModelStore }>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (blob: { bytes: Uint8Array } | undefined): string | undefined =>
  blob && new TextDecoder().decode(blob.bytes);

async function pathsUnder(store: ModelStore, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of store.list(prefix)) paths.push(path);
  return paths;
}

/** Outcome of a conditional write: whether it won or lost the race; anything else is a failure of the test. */
async function wins(write: Promise<unknown>): Promise<boolean> {
  try {
    const outcome = await write;
    return outcome !== 'exists';
  } catch (error) {
    if (hasCode(error, 'STORE_CONFLICT')) return false;
    throw error;
  }
}

/** What every {@link ModelStore} does. */
export function modelStoreContract(name: string, harness: ModelStoreHarness): void {
  describe(`${name} as a model store`, () => {
    it('answers undefined for what is not there, before anything was written and after', async () => {
      const { store } = await harness.open();
      expect(await store.read('head.json')).toBeUndefined();
      expect(await store.readIfChanged('head.json', '"1"')).toBeUndefined();
      expect(await pathsUnder(store, '')).toEqual([]);
      await store.create('a/b.bin', bytesOf('x'));
      expect(await store.read('a/c.bin')).toBeUndefined();
    });

    it('keeps the bytes of the first create', async () => {
      const { store, other } = await harness.open();
      const binary = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
      expect(await store.create('models/classifier/0123456789ab/model.bin', binary)).toBe('created');
      expect(await other.create('models/classifier/0123456789ab/model.bin', bytesOf('late'))).toBe('exists');
      const read = await other.read('models/classifier/0123456789ab/model.bin');
      expect(Buffer.compare(read?.bytes ?? new Uint8Array(), binary)).toBe(0);
    });

    it('hands out bytes in a buffer of their own, aligned for typed-array views', async () => {
      const { store } = await harness.open();
      await store.create('aligned.bin', new Uint8Array(64));
      const read = await store.read('aligned.bin');
      expect(read?.bytes.byteOffset).toBe(0);
      expect(read?.bytes.buffer.byteLength).toBe(64);
      read?.bytes.fill(7);
      expect((await store.read('aligned.bin'))?.bytes[0]).toBe(0);
    });

    it('keeps an empty blob as a blob', async () => {
      const { store } = await harness.open();
      await store.create('empty', new Uint8Array(0));
      expect((await store.read('empty'))?.bytes.byteLength).toBe(0);
    });

    it('replaces only what still carries the given etag', async () => {
      const { store, other } = await harness.open();
      const first = await store.replace('head.json', bytesOf('1'), undefined);
      expect((await other.read('head.json'))?.etag).toBe(first);
      const second = await other.replace('head.json', bytesOf('2'), first);
      expect(second).not.toBe(first);
      await expect(store.replace('head.json', bytesOf('3'), first)).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
      await expect(store.replace('head.json', bytesOf('3'), undefined)).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
      await expect(store.replace('missing.json', bytesOf('3'), second)).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
      expect(await store.read('missing.json')).toBeUndefined();
      expect(textOf(await store.read('head.json'))).toBe('2');
    });

    it('replaces what was created, many times over', async () => {
      const { store, other } = await harness.open();
      await store.create('policy.json', bytesOf('0'));
      for (let i = 1; i <= 20; i++) {
        const found = await other.read('policy.json');
        await store.replace('policy.json', bytesOf(String(i)), found?.etag);
        expect(textOf(await other.read('policy.json'))).toBe(String(i));
      }
      expect(await store.create('policy.json', bytesOf('again'))).toBe('exists');
      expect(await pathsUnder(store, 'policy')).toEqual(['policy.json']);
    });

    it('says unchanged until the blob changes', async () => {
      const { store, other } = await harness.open();
      const etag = await store.replace('head.json', bytesOf('1'), undefined);
      expect(await other.readIfChanged('head.json', etag)).toBe('unchanged');
      const next = await store.replace('head.json', bytesOf('2'), etag);
      const changed = await other.readIfChanged('head.json', etag);
      expect(changed).not.toBe('unchanged');
      expect(textOf(changed as { bytes: Uint8Array })).toBe('2');
      expect(changed).toMatchObject({ etag: next });
    });

    it('lets one of 32 concurrent creates win', async () => {
      const { store, other } = await harness.open();
      const outcomes = await Promise.all(
        Array.from({ length: 32 }, (_, i) =>
          wins((i % 2 ? store : other).create('once.json', bytesOf(String(i)))),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(textOf(await store.read('once.json'))).toBe(String(outcomes.indexOf(true)));
    });

    it('lets one of 32 concurrent replaces win, from nothing and from an etag', async () => {
      const { store, other } = await harness.open();
      let etag: string | undefined;
      for (let round = 0; round < 3; round++) {
        const before = etag;
        const outcomes = await Promise.all(
          Array.from({ length: 32 }, (_, i) =>
            wins((i % 2 ? store : other).replace('head.json', bytesOf(`${round}-${i}`), before)),
          ),
        );
        expect(outcomes.filter(Boolean)).toHaveLength(1);
        const now = await other.read('head.json');
        expect(textOf(now)).toBe(`${round}-${outcomes.indexOf(true)}`);
        etag = now?.etag;
      }
    });

    it('loses no increment of a counter that 8 writers move', async () => {
      const { store, other } = await harness.open();
      await store.create('counter', bytesOf('0'));
      const increment = async (client: ModelStore): Promise<void> => {
        for (;;) {
          const found = await client.read('counter');
          if (await wins(client.replace('counter', bytesOf(String(Number(textOf(found)) + 1)), found?.etag)))
            return;
        }
      };
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          for (let n = 0; n < 5; n++) await increment(i % 2 ? store : other);
        }),
      );
      expect(textOf(await store.read('counter'))).toBe('40');
    });

    it('lists by prefix with size and time, and removes', async () => {
      const { store } = await harness.open();
      for (const path of ['models/a/1/model.bin', 'models/b/1/model.bin', 'releases/1.json']) {
        await store.create(path, bytesOf('12345'));
      }
      expect((await pathsUnder(store, 'models/')).sort()).toEqual([
        'models/a/1/model.bin',
        'models/b/1/model.bin',
      ]);
      expect(await pathsUnder(store, 'models/b')).toEqual(['models/b/1/model.bin']);
      for await (const { sizeBytes, modifiedAtMs } of store.list('releases/')) {
        expect(sizeBytes).toBe(5);
        expect(modifiedAtMs).toBeGreaterThan(Date.UTC(2020));
      }
      await store.remove('models/a/1/model.bin');
      await store.remove('models/a/1/model.bin');
      await store.remove('never/was');
      expect(await pathsUnder(store, 'models/')).toEqual(['models/b/1/model.bin']);
      expect(await store.create('models/a/1/model.bin', bytesOf('again'))).toBe('created');
    });

    it('forgets the replacements of what is removed', async () => {
      const { store } = await harness.open();
      const first = await store.replace('head.json', bytesOf('1'), undefined);
      await store.replace('head.json', bytesOf('2'), first);
      await store.remove('head.json');
      expect(await store.read('head.json')).toBeUndefined();
      expect(await store.create('head.json', bytesOf('new'))).toBe('created');
      expect(textOf(await store.read('head.json'))).toBe('new');
    });

    it('gives a lease to one holder at a time', async () => {
      const { store, other } = await harness.open();
      const lease = await store.acquireLease('locks/retrain', 15);
      expect(lease).toBeDefined();
      expect(await other.acquireLease('locks/retrain', 15)).toBeUndefined();
      expect(await lease?.renew()).toBe(true);
      await lease?.release();
      const next = await other.acquireLease('locks/retrain', 60);
      expect(next).toBeDefined();
      expect(await lease?.renew()).toBe(false);
      await next?.release();
      await expect(store.acquireLease('locks/retrain', 10)).rejects.toThrow('Expected `seconds` in [15, 60]');
    });

    it('names the owner of a lease, and breaks it only for who has seen that owner', async () => {
      const { store, other } = await harness.open();
      expect(await store.leaseOwner('locks/retrain')).toBeUndefined();
      const first = await store.acquireLease('locks/retrain', 60, ownerOf('first'));
      const seen = await other.leaseOwner('locks/retrain');
      expect(seen?.owner).toEqual(ownerOf('first'));
      expect(await other.acquireLease('locks/retrain', 60, ownerOf('second'))).toBeUndefined();
      await other.breakLease('locks/retrain', seen!.etag);
      const second = await other.acquireLease('locks/retrain', 60, ownerOf('second'));
      expect(second).toBeDefined();
      expect(await first?.renew()).toBe(false);
      // who has seen the first owner only must not break the lease of the second
      await store.breakLease('locks/retrain', seen!.etag);
      expect(await second?.renew()).toBe(true);
      expect((await store.leaseOwner('locks/retrain'))?.owner).toEqual(ownerOf('second'));
      await first?.release();
      expect(await second?.renew()).toBe(true);
    });

    it('gives a contended lease to one of many', async () => {
      const { store, other } = await harness.open();
      const leases = await Promise.all(
        Array.from({ length: 12 }, (_, i) => (i % 2 ? store : other).acquireLease('locks/retrain', 15)),
      );
      expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it('gives a contended lease to the one whose name stands there', async () => {
      const { store, other } = await harness.open();
      const leases = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? store : other).acquireLease('locks/retrain', 60, ownerOf(`owner ${i}`)),
        ),
      );
      const taken = leases.flatMap((lease, i) => (lease === undefined ? [] : [i]));
      expect(taken).toHaveLength(1);
      expect((await other.leaseOwner('locks/retrain'))?.owner).toEqual(ownerOf(`owner ${taken[0]}`));
      expect(await leases[taken[0]!]?.renew()).toBe(true);
    });

    it('refuses paths that could leave its root', async () => {
      const { store } = await harness.open();
      for (const path of ['', '/a', 'a/../b', '../a', 'a//b', '.hidden', 'a\\b', `${'a/'.repeat(300)}b`]) {
        await expect(store.read(path)).rejects.toThrow('Expected `path`');
        await expect(store.create(path, bytesOf('x'))).rejects.toThrow('Expected `path`');
      }
    });
  });
}
