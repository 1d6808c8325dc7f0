import { describe, expect, it } from 'vitest';
import { AlertforestError } from '../../../src/errors.ts';
import { MemoryModelStore } from '../../../src/store/memory/memory-model-store.ts';
import type { ModelStore } from '../../../src/store/model-store.ts';
import { importSource } from '../../../src/triage/intel/import-source.ts';
import { IntelSources } from '../../../src/triage/intel/intel-sources.ts';
import { intelStage } from '../../../src/triage/intel/intel-stage.ts';
import { readIndex, removeSource } from '../../../src/triage/intel/intel-store.ts';

const NOW = Date.parse('2026-03-04T00:00:00Z');

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const put = (store: ModelStore, name: string, text: string, options = {}) =>
  importSource(store, name, bytesOf(text), options, NOW);

const ip = (value: string) => ({ kind: 'ip' as const, value });

describe('IntelSources', () => {
  it('is not ready before it has read once, and ready with no sources where there are none', async () => {
    const sources = new IntelSources(new MemoryModelStore());
    expect(sources.isReady).toBe(false);
    await sources.refresh();
    expect([sources.isReady, sources.look([ip('198.51.100.7')], NOW)]).toEqual([true, []]);
  });

  it('sees a source, its replacement as a whole, and its removal', async () => {
    const store = new MemoryModelStore();
    const sources = new IntelSources(store);
    await put(store, 'list', '198.51.100.7\n198.51.100.8\n');
    await sources.refresh();
    expect(sources.look([ip('198.51.100.7')], NOW)).toMatchObject([
      { source: 'list', kind: 'ip', confidence: 50 },
    ]);
    await put(store, 'list', '198.51.100.8\n', { confidence: 90 });
    await sources.refresh();
    expect(sources.look([ip('198.51.100.7')], NOW)).toEqual([]);
    expect(sources.look([ip('198.51.100.8')], NOW)).toMatchObject([{ confidence: 90 }]);
    const paths: string[] = [];
    for await (const { path } of store.list('sources/')) paths.push(path);
    expect(paths).toHaveLength(1);
    await removeSource(store, 'list');
    await sources.refresh();
    expect(sources.look([ip('198.51.100.8')], NOW)).toEqual([]);
    await expect(removeSource(store, 'list')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes a source by any name it may have, names of JavaScript too', async () => {
    const store = new MemoryModelStore();
    const sources = new IntelSources(store);
    for (const name of ['constructor', 'valueof', 'tostring']) {
      await expect(removeSource(store, name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await put(store, name, '198.51.100.7\n')).toMatchObject({ indicators: { ip: 1 } });
      await put(store, name, '198.51.100.8\n');
      await sources.refresh();
      expect(sources.look([ip('198.51.100.8')], NOW)).toMatchObject([{ source: name }]);
      await removeSource(store, name);
    }
  });

  it('keeps what a source had where nothing of what is sent is an indicator, and empties it where nothing is sent', async () => {
    const store = new MemoryModelStore();
    const sources = new IntelSources(store);
    await put(store, 'list', '198.51.100.7\n');
    for (const text of [
      '<html><body>Bad gateway</body></html>\n',
      '{"error":"quota"}\n',
      '\0\u0001\0'.repeat(20),
    ]) {
      await expect(put(store, 'list', text)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('What the source had stays.') as string,
      });
      await sources.refresh();
      expect(sources.look([ip('198.51.100.7')], NOW)).toHaveLength(1);
    }
    await put(store, 'list', '# all taken back\n');
    await sources.refresh();
    expect(sources.look([ip('198.51.100.7')], NOW)).toEqual([]);
  });

  it('keeps what it has when storage is away, and never takes an outage for absence', async () => {
    const store = new MemoryModelStore();
    await put(store, 'list', '198.51.100.7\n');
    let isAway = true;
    const away = new AlertforestError('STORE_UNAVAILABLE', 'Storage is away.');
    const flaky = new Proxy(store, {
      get: (target, name) =>
        isAway ? () => Promise.reject(away) : (Reflect.get(target, name) as () => unknown).bind(target),
    });
    const sources = new IntelSources(flaky);
    await sources.refresh();
    expect([sources.isReady, sources.problem]).toEqual([false, 'Storage is away.']);
    expect(intelStage(sources).isReady()).toBe(false);
    isAway = false;
    await sources.refresh();
    expect(sources.look([ip('198.51.100.7')], NOW)).toHaveLength(1);
    isAway = true;
    await sources.refresh();
    expect(sources.problem).toBe('Storage is away.');
    expect(sources.look([ip('198.51.100.7')], NOW)).toHaveLength(1);
  });

  it('refuses indicators whose bytes were changed', async () => {
    const store = new MemoryModelStore();
    const { path } = await put(store, 'list', '198.51.100.7\n');
    const stored = await store.read(path);
    const changed = (stored as { bytes: Uint8Array }).bytes.slice();
    changed[changed.length - 1] = 1;
    await store.replace(path, changed, (stored as { etag: string }).etag);
    const sources = new IntelSources(store);
    await sources.refresh();
    expect([sources.isReady, sources.problem]).toEqual([false, expect.stringContaining('digest')]);
  });

  it('keeps every source when two are put at once', async () => {
    const store = new MemoryModelStore();
    await Promise.all(Array.from({ length: 8 }, (_, at) => put(store, `list-${at}`, `198.51.100.${at}\n`)));
    expect(Object.keys((await readIndex(store)).index.sources)).toHaveLength(8);
  });

  it('asks as of the time of the alert, and not of what a list suppresses', async () => {
    const store = new MemoryModelStore();
    await put(
      store,
      'timed',
      'indicator,type,valid_from,valid_until,confidence\n198.51.100.7,ip,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,80\n8.8.0.0/16,ip,,,90\n',
    );
    const sources = new IntelSources(store);
    await sources.refresh();
    expect(sources.look([ip('198.51.100.7')], Date.parse('2026-01-15T00:00:00Z'))).toMatchObject([
      { confidence: 80 },
    ]);
    expect(sources.look([ip('198.51.100.7')], Date.parse('2026-02-01T00:00:00Z'))).toEqual([]);
    expect(sources.look([ip('8.8.8.8')], NOW)).toEqual([]);
    expect(sources.look([ip('8.8.8.9')], NOW)).toHaveLength(1);
  });

  it('looks at the host of a URL and the domain of a mail address, not at that of an account', async () => {
    const store = new MemoryModelStore();
    await put(store, 'names', 'evil.example\n198.51.100.7\n');
    const sources = new IntelSources(store);
    await sources.refresh();
    const isHit = (kind: 'url' | 'email' | 'user' | 'host', value: string): boolean =>
      sources.look([{ kind, value }], NOW).length > 0;
    expect(isHit('url', 'https://a.evil.example/x')).toBe(true);
    expect(isHit('url', 'http://198.51.100.7/x')).toBe(true);
    expect(isHit('email', 'a@evil.example')).toBe(true);
    expect(isHit('host', 'ws.evil.example')).toBe(true);
    expect(isHit('user', 'a@evil.example')).toBe(false);
  });
});
