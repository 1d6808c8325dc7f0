import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { LocalCopy } from '../../src/serving/local-copy.ts';
import { ModelServer } from '../../src/serving/model-server.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { parseHead } from '../../src/store/release.ts';

const file = new URL('../fixtures/storage/release-of-november.json.gz', import.meta.url);
const { blobs }: { blobs: Record<string, string> } = JSON.parse(gunzipSync(readFileSync(file)).toString());

it('does not take a look that began before a write for one after it', async () => {
  const models = new MemoryModelStore();
  for (const [path, bytes] of Object.entries(blobs)) await models.create(path, Buffer.from(bytes, 'base64'));
  // the answer to a look at the pointer may take its time
  let answered: Promise<unknown> = Promise.resolve();
  const store = new Proxy(models, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property !== 'readIfChanged') return member;
      return async (...args: unknown[]) => {
        const read = await member(...args);
        await answered;
        return read;
      };
    },
  });
  const server = new ModelServer({
    store,
    localCopy: new LocalCopy({ copies: new MemoryModelStore(), headPath: HEAD_BLOB, now: Date.now }),
    headPath: HEAD_BLOB,
    parseHead,
    firstStart: () => Promise.reject(new Error('there is a release')),
    now: Date.now,
    pollMs: Number.POSITIVE_INFINITY,
  });
  const { versions } = await server.current();
  let answer = (): void => {};
  answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const old = server.refresh();
  await new Promise((resolve) => setImmediate(resolve));
  const { bytes, etag } = (await models.read(HEAD_BLOB))!;
  const head = parseHead(bytes);
  const moved = {
    ...head,
    seq: head.seq + 1,
    serving: { ...head.serving, scorer: { ...head.serving['scorer']!, version: '9.9.9' } },
  };
  await models.replace(HEAD_BLOB, Buffer.from(JSON.stringify(moved)), etag);
  const [anew, shared] = [server.refreshAnew(), server.refreshAnew()];
  answer();
  await old;
  expect(server.loaded?.versions).toEqual(versions);
  await Promise.all([anew, shared]);
  expect(server.loaded?.versions.scorer).toBe('9.9.9');
});
