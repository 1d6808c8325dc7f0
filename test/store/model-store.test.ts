import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { LocalModelStore } from '../../src/store/local/local-model-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { modelStoreContract } from '../support/model-store-contract.ts';

const directories: string[] = [];
const newDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'model-store-'));
  directories.push(directory);
  return directory;
};
afterAll(async () => {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
});

modelStoreContract('MemoryModelStore', {
  open: async () => {
    const store = new MemoryModelStore();
    return { store, other: store };
  },
});

modelStoreContract('LocalModelStore', {
  open: async () => {
    const directory = join(await newDirectory(), 'made-on-first-write');
    return { store: new LocalModelStore(directory), other: new LocalModelStore(directory) };
  },
});

describe('LocalModelStore', () => {
  it('takes a lease over once it has run out, and the old holder notices', async () => {
    let nowMs = 1_000_000;
    const directory = await newDirectory();
    const store = new LocalModelStore(directory, () => nowMs);
    const lease = await store.acquireLease('locks/retrain', 15);
    nowMs += 14_999;
    expect(await store.acquireLease('locks/retrain', 15)).toBeUndefined();
    nowMs += 1;
    expect(await store.acquireLease('locks/retrain', 15)).toBeDefined();
    expect(await lease?.renew()).toBe(false);
  });

  it('throws STORE_UNAVAILABLE with the cause where the file system refuses', async () => {
    const file = join(await newDirectory(), 'file');
    await writeFile(file, 'in the way');
    const store = new LocalModelStore(file);
    for (const call of [
      () => store.read('head.json'),
      () => store.create('head.json', new Uint8Array(1)),
      () => store.replace('head.json', new Uint8Array(1), undefined),
      () => store.list('')[Symbol.asyncIterator]().next(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        cause: { code: 'ENOTDIR' },
      });
    }
  });

  it('leaves no files of writers that lost, and few superseded ones', async () => {
    const directory = await newDirectory();
    const store = new LocalModelStore(directory);
    let etag: string | undefined;
    for (let i = 0; i < 30; i++) {
      const before = etag;
      const writes = [0, 1, 2].map(() => store.replace('head.json', new Uint8Array(i), before));
      const done = (await Promise.allSettled(writes)).filter((write) => write.status === 'fulfilled');
      expect(done).toHaveLength(1);
      etag = done[0]?.value;
    }
    expect(await readdir(join(directory, 'temp'))).toEqual([]);
    expect((await readdir(join(directory, 'replaced', 'head.json~'))).length).toBeLessThanOrEqual(6);
  });

  it('clears what a process left that died while writing, at the next start and nothing younger', async () => {
    const directory = await newDirectory();
    await new LocalModelStore(directory).create('first', new Uint8Array(1));
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    for (const name of ['died', 'writing']) await writeFile(join(directory, 'temp', name), 'half of it');
    await utimes(join(directory, 'temp', 'died'), twoHoursAgo, twoHoursAgo);
    await new LocalModelStore(directory).create('second', new Uint8Array(1));
    expect(await readdir(join(directory, 'temp'))).toEqual(['writing']);
  });

  it('is safe between processes', async () => {
    const directory = await newDirectory();
    const source = new URL('../../src/store/local/local-model-store.ts', import.meta.url).href;
    const script = `
      const { LocalModelStore } = await import(${JSON.stringify(source)});
      const store = new LocalModelStore(${JSON.stringify(directory)});
      await store.create('words', new TextEncoder().encode('[]'));
      for (let n = 0; n < 25; ) {
        const word = process.pid + '/' + n;
        const { bytes, etag } = await store.read('words');
        const words = JSON.parse(new TextDecoder().decode(bytes));
        // who was held up behind its own write is told of a conflict, and finds its word when it looks again
        if (words.includes(word)) n++;
        else {
          try {
            await store.replace('words', new TextEncoder().encode(JSON.stringify([...words, word])), etag);
            n++;
          } catch (error) {
            if (error.code !== 'STORE_CONFLICT') throw error;
          }
        }
      }`;
    const run = promisify(execFile);
    await Promise.all([0, 1, 2].map(() => run(process.execPath, ['--input-type=module', '-e', script])));
    const stored = await new LocalModelStore(directory).read('words');
    const words = JSON.parse(new TextDecoder().decode(stored?.bytes));
    expect([words.length, new Set(words).size]).toEqual([75, 75]);
  });
});

describe('MemoryModelStore', () => {
  it('takes a lease over once it has run out', async () => {
    let nowMs = 0;
    const store = new MemoryModelStore(() => nowMs);
    const lease = await store.acquireLease('locks/retrain', 15);
    nowMs = 15_000;
    expect(await store.acquireLease('locks/retrain', 15)).toBeDefined();
    expect(await lease?.renew()).toBe(false);
  });
});
