import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeySet } from '../../src/local/function-keys.ts';
import { buildFixtureApp, type FixtureApp, until } from '../support/fixture-app.ts';

let app: FixtureApp;
let nRecords = 0;
const newRecords = () => app.records().slice(nRecords);

beforeAll(async () => {
  app = await buildFixtureApp();
});
beforeEach(() => {
  nRecords = app.records().length;
});
afterAll(async () => {
  await app.remove();
});

const isSlowRunning = (): boolean => newRecords().some((entry) => entry['function'] === 'slow');
const pidOf = async (url: string): Promise<number> =>
  ((await (await fetch(`${url}/api/pid`)).json()) as { pid: number }).pid;

describe('starting', () => {
  it('rejects when a setting that a schedule names is missing', async () => {
    await expect(app.start({ settings: { TICK_SCHEDULE: '' } })).rejects.toThrow(
      'Expected app setting `TICK_SCHEDULE`, which `schedule` of function `tick` refers to, got none.',
    );
  });

  it('rejects when a schedule cannot be read', async () => {
    await expect(app.start({ settings: { TICK_SCHEDULE: 'hourly' } })).rejects.toThrow('NCRONTAB');
  });

  it('rejects when the bundle is missing', async () => {
    await expect(app.start({ bundle: `${app.directory}/dist/none.mjs` })).rejects.toThrow('none.mjs');
  });

  it('rejects when the port is taken', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    await expect(app.start({ port })).rejects.toThrow('EADDRINUSE');
    await new Promise((resolve) => server.close(resolve));
  });

  it('rejects an unknown way to treat keys', async () => {
    await expect(app.start({ settings: { LOCAL_KEYS: 'maybe' } })).rejects.toThrow('LOCAL_KEYS');
  });

  it('gives the settings to the functions', async () => {
    const host = await app.start({ settings: { COLOUR: 'green' } });
    expect(await (await fetch(`${host.url}/api/setting/COLOUR`)).json()).toEqual({ value: 'green' });
    await host.stop();
  });
});

describe('stopping', () => {
  it('finishes requests in flight, then runs the terminate hooks', async () => {
    const host = await app.start();
    const slow = fetch(`${host.url}/api/slow/400`);
    await until('the request to be running', isSlowRunning);
    await host.stop();
    expect(await (await slow).json()).toEqual({ slept: 400 });
    const seen = newRecords();
    expect(seen.at(-1)).toEqual({ hook: 'appTerminate' });
    expect(seen).toContainEqual({ hook: 'postInvocation', seen: 'slow' });
    await expect(fetch(`${host.url}/api/pid`)).rejects.toThrow();
  });

  it('cuts off what takes longer than the limit and still runs the terminate hooks', async () => {
    const host = await app.start();
    const slow = fetch(`${host.url}/api/slow/60000`).then(
      () => 'answered',
      () => 'cut off',
    );
    await until('the request to be running', isSlowRunning);
    await host.stop(200);
    expect(await slow).toBe('cut off');
    expect(newRecords().at(-1)).toEqual({ hook: 'appTerminate' });
    expect(host.lines.join('\n')).toContain('1 requests were cut off');
  });

  it('leaves no process behind', async () => {
    const host = await app.start();
    const pid = await pidOf(host.url);
    await host.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(host.pid).toBeUndefined();
  });
});

describe('a crash of the functions', () => {
  it('is followed by a new start on the same port', async () => {
    const host = await app.start();
    const pid = await pidOf(host.url);
    expect((await fetch(`${host.url}/api/crash`, { method: 'POST' })).status).toBe(202);
    const newPid = await until('a new process', () =>
      pidOf(host.url).then(
        (each) => each !== pid && each,
        () => undefined,
      ),
    );
    expect(newPid).toBe(host.pid);
    expect(host.nRestarts).toBe(1);
    await until('what it said', () => host.lines.join('\n').includes('crash asked for'));
    await host.stop();
    expect(host.nRestarts).toBe(1);
  });

  it('is not followed by a new start while stopping', async () => {
    const host = await app.start();
    process.kill(await pidOf(host.url), 'SIGKILL');
    await until('the end of the process', () => host.pid === undefined);
    await host.stop();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(host.pid).toBeUndefined();
  });
});

describe('a timer function', () => {
  it('is called by its schedule', async () => {
    const host = await app.start({ settings: { TICK_SCHEDULE: '* * * * * *' } });
    await until('two ticks', () => newRecords().filter((entry) => entry['function'] === 'tick').length >= 2);
    await host.stop();
  });

  it('is called once with isPastDue after occurrences were missed', async () => {
    const stateDir = `${app.directory}/missed`;
    // once since yesterday, and never while this runs
    const settings = { TICK_SCHEDULE: `0 0 ${(new Date().getUTCHours() + 12) % 24} * * *` };
    const first = await app.start({ stateDir, settings, now: () => Date.now() - 86_400_000 });
    await first.stop();
    const second = await app.start({ stateDir, settings });
    const tick = await until('a tick', () => newRecords().find((entry) => entry['function'] === 'tick'));
    expect(tick).toMatchObject({ isPastDue: true });
    await second.stop();
  });

  it('is left alone when the host does not listen', async () => {
    const host = await app.start({ listen: false, settings: { TICK_SCHEDULE: '* * * * * *' } });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await host.stop();
    expect(newRecords().some((entry) => entry['function'] === 'tick')).toBe(false);
  });
});

describe('keys', () => {
  const keys: KeySet = {
    master: 'the-master',
    host: { default: 'the-host' },
    functions: { guarded: { playbook: 'the-guarded' }, guardedToo: { default: 'the-other' } },
  };

  it('are not asked for by default', async () => {
    const host = await app.start();
    for (const path of ['guarded', 'master-only']) {
      expect((await fetch(`${host.url}/api/${path}`)).status, path).toBe(200);
    }
    await host.stop();
  });

  it('open what they are for when they are enforced', async () => {
    const host = await app.start({ keys });
    const status = async (path: string, key?: string, how: 'header' | 'code' = 'header'): Promise<number> => {
      const url = how === 'code' ? `${host.url}${path}?code=${key}` : host.url + path;
      const headers: Record<string, string> =
        key !== undefined && how === 'header' ? { 'x-functions-key': key } : {};
      return (await fetch(url, { headers })).status;
    };
    expect(await status('/api/pid')).toBe(200);
    expect(await status('/api/guarded')).toBe(401);
    expect(await status('/api/guarded', 'wrong')).toBe(401);
    expect(await status('/api/guarded', 'the-other')).toBe(401);
    expect(await status('/api/guarded', 'the-guarded')).toBe(200);
    expect(await status('/api/guarded', 'the-guarded', 'code')).toBe(200);
    expect(await status('/api/guarded', 'the-host')).toBe(200);
    expect(await status('/api/guarded', 'the-master')).toBe(200);
    expect(await status('/api/master-only', 'the-host')).toBe(401);
    expect(await status('/api/master-only', 'the-master')).toBe(200);
    expect(await status('/admin/host/status')).toBe(401);
    expect(await status('/admin/host/status', 'the-host')).toBe(401);
    expect(await status('/admin/host/status', 'the-master')).toBe(200);
    await host.stop();
  });

  it('are made, kept in a file and enforced with LOCAL_KEYS=enforce', async () => {
    const stateDir = `${app.directory}/with-keys`;
    const settings = { LOCAL_KEYS: 'enforce' };
    const first = await app.start({ stateDir, settings });
    const { readFileSync } = await import('node:fs');
    const made = JSON.parse(readFileSync(`${stateDir}/keys.json`, 'utf8')) as KeySet;
    expect((await fetch(`${first.url}/api/guarded`)).status).toBe(401);
    await first.stop();
    const second = await app.start({ stateDir, settings });
    const key = made.functions['guarded']?.['default'] ?? '';
    expect((await fetch(`${second.url}/api/guarded`, { headers: { 'x-functions-key': key } })).status).toBe(
      200,
    );
    expect(
      (await fetch(`${second.url}/api/guarded-too`, { headers: { 'x-functions-key': key } })).status,
    ).toBe(401);
    await second.stop();
  });
});
