import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthStatus } from '../../src/api/health/health-report.ts';
import { LocalCopy } from '../../src/serving/local-copy.ts';
import { ModelServer } from '../../src/serving/model-server.ts';
import { LocalModelStore } from '../../src/store/local/local-model-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { parseHead } from '../../src/store/release.ts';

const file = new URL('../fixtures/storage/release-of-november.json.gz', import.meta.url);
const { blobs }: { blobs: Record<string, string> } = JSON.parse(gunzipSync(readFileSync(file)).toString());

let folder: string;
let nowMs = Date.now();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copies-'));
  nowMs = Date.now();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const storage = async (): Promise<MemoryModelStore> => {
  const models = new MemoryModelStore();
  for (const [path, bytes] of Object.entries(blobs)) await models.create(path, Buffer.from(bytes, 'base64'));
  return models;
};
const copyIn = (where: string): LocalCopy =>
  new LocalCopy({
    copies: new LocalModelStore(where),
    folder: where,
    freeBytes: async () => 5 * 2 ** 20,
    headPath: HEAD_BLOB,
    now: () => nowMs,
  });
const serverOn = (store: MemoryModelStore, localCopy: LocalCopy): ModelServer =>
  new ModelServer({
    store,
    localCopy,
    headPath: HEAD_BLOB,
    parseHead,
    firstStart: () => Promise.reject(new Error('storage is away')),
    now: () => nowMs,
    pollMs: Number.POSITIVE_INFINITY,
  });
const artefacts = (): string[] =>
  readdirSync(join(folder, 'blobs', 'models'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('the local copy', () => {
  it('is mended where it is damaged, and serves when storage is away', async () => {
    const store = await storage();
    await serverOn(store, copyIn(folder)).current();
    const [first = ''] = artefacts();
    writeFileSync(first, 'half of it');
    await serverOn(store, copyIn(folder)).current();
    const away = serverOn(new MemoryModelStore(), copyIn(folder));
    expect((await away.current()).source).toBe('local_copy');
  });

  it('keeps what the head names and drops what none has named for an hour', async () => {
    const copy = copyIn(folder);
    const one = new Map([['models/classifier/one/model.bin', Buffer.from('one')]]);
    const two = new Map([['models/classifier/two/model.bin', Buffer.from('two')]]);
    await copy.keep(Buffer.from('{"head":1}'), one);
    await copy.keep(Buffer.from('{"head":2}'), two);
    expect(artefacts()).toHaveLength(2);
    const longAgo = new Date(nowMs - 3_700_000);
    for (const path of artefacts()) utimesSync(path, longAgo, longAgo);
    await copy.keep(Buffer.from('{"head":2}'), two);
    expect(artefacts()).toEqual([join(folder, 'blobs', 'models', 'classifier', 'two', 'model.bin')]);
    expect(copy.problem).toBeUndefined();
  });

  it('is tried again after its time, however the clock was set meanwhile', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'a file, where the folder should be');
    let passedMs = 0;
    const copy = new LocalCopy({
      ...{ copies: new LocalModelStore(blocked), folder: blocked, headPath: HEAD_BLOB },
      ...{ now: () => nowMs, elapsed: () => passedMs },
    });
    await copy.keep(new Uint8Array(1), new Map());
    nowMs += 86_400_000;
    expect(copy.isDue).toBe(false);
    nowMs -= 2 * 86_400_000;
    passedMs += 301_000;
    expect(copy.isDue).toBe(true);
  });

  it('says where and why there is none, leaves serving alone, and is tried again', async () => {
    const store = await storage();
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'a file, where the folder should be');
    const server = serverOn(store, copyIn(blocked));
    const models = await server.current();
    expect(models.source).toBe('storage');
    expect(server.localCopyProblem).toMatch(
      /^no local copy of the models could be kept in .*blocked, 5 MiB free: /,
    );
    const inputs = { models, problem: undefined, policyProblem: undefined, fleet: undefined };
    expect(healthStatus({ ...inputs, localCopyProblem: server.localCopyProblem })).toEqual({
      status: 'degraded',
      reasons: [server.localCopyProblem],
    });
    rmSync(blocked);
    mkdirSync(blocked);
    await server.refresh();
    expect(server.localCopyProblem).toBeDefined();
    nowMs += 300_000;
    await server.refresh();
    expect(server.localCopyProblem).toBeUndefined();
    expect((await serverOn(new MemoryModelStore(), copyIn(blocked)).current()).source).toBe('local_copy');
  });
});
