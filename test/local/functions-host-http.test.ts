import { request as httpRequest, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFixtureApp, type FixtureApp, type FixtureHost } from '../support/fixture-app.ts';

/** The worker's server reads headers of 16 KB unless told otherwise; the host takes 32 KB. */
const LARGE_HEADERS = { NODE_OPTIONS: '--max-http-header-size=65536' };

let app: FixtureApp;
let streaming: FixtureHost;
let buffered: FixtureHost;

beforeAll(async () => {
  app = await buildFixtureApp();
  [streaming, buffered] = await Promise.all([
    app.start({ stateDir: `${app.directory}/streaming`, settings: LARGE_HEADERS }),
    app.start({
      stateDir: `${app.directory}/buffered`,
      settings: { FIXTURE_STREAM: 'off', AzureWebJobsDisableHomepage: 'true', ...LARGE_HEADERS },
    }),
  ]);
});
afterAll(async () => {
  await app.remove();
});

/** One request by hand, where fetch would not say enough: pieces as they arrive, headers that fetch forbids. */
function send(
  host: FixtureHost,
  path: string,
  options: RequestOptions = {},
  pieces: readonly Buffer[] = [],
): Promise<{ status: number; headers: Record<string, unknown>; chunks: string[] }> {
  return new Promise((resolve, reject) => {
    const req = httpRequest(`${host.url}${path}`, options, (res) => {
      const chunks: string[] = [];
      res.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, chunks }));
    });
    req.on('error', reject);
    for (const piece of pieces) req.write(piece);
    req.end();
  });
}

describe.each([
  ['with streaming', () => streaming],
  ['without streaming', () => buffered],
])('the local host %s', (_, host) => {
  it('lists the functions it found', () => {
    expect(host().functions.find(({ name }) => name === 'itemById')).toEqual({
      name: 'itemById',
      kind: 'http',
      route: '/api/items/{id:int}',
      methods: ['GET'],
      authLevel: 'anonymous',
    });
    expect(host().functions.find(({ name }) => name === 'tick')).toEqual({
      name: 'tick',
      kind: 'timer',
      schedule: '0 0 0 1 1 *',
    });
  });

  it('hands over method, query, headers and body', async () => {
    const response = await fetch(`${host().url}/api/echo?a=1&b=%20x`, {
      method: 'POST',
      headers: { 'x-own': 'yes', 'content-type': 'text/plain' },
      body: 'grüße',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-fixture')).toBe('echo');
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: `${host().url}/api/echo?a=1&b=%20x`,
      query: [
        ['a', '1'],
        ['b', ' x'],
      ],
      headers: { 'x-own': 'yes' },
      text: 'grüße',
    });
  });

  it('prefers the constrained route and ignores case', async () => {
    const byId = await fetch(`${host().url}/API/Items/12`);
    expect(await byId.json()).toEqual({ function: 'itemById', params: { id: '12' } });
    const byName = await fetch(`${host().url}/api/items/a%2Fb`);
    expect(await byName.json()).toEqual({ function: 'itemByName', params: { name: 'a%2Fb' } });
  });

  it('takes any depth in a catch-all', async () => {
    expect(await (await fetch(`${host().url}/api/files/a/b%20c`)).json()).toEqual({ rest: 'a/b c' });
  });

  it.each([
    ['an unknown path', 'GET', '/api/unknown'],
    ['a path without the prefix', 'GET', '/echo'],
    ['a wrong method', 'DELETE', '/api/echo'],
    ['a value outside of its range', 'GET', '/api/countdown/10'],
    ['an unknown host route', 'GET', '/admin/unknown'],
  ])('answers 404 to %s', async (_what, method, path) => {
    expect((await fetch(host().url + path, { method })).status).toBe(404);
  });

  it('writes cookies', async () => {
    const response = await fetch(`${host().url}/api/cookies`);
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual([
      'a=1%202; Max-Age=60; Path=/; HttpOnly; SameSite=Lax',
      'b=2',
    ]);
  });

  it('answers 500 to a body announced over 100 MB, as Azure does', async () => {
    const { status } = await send(host(), '/api/echo', {
      method: 'POST',
      headers: { 'content-length': 104_857_601 },
    }).catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
    expect(status).toBe(500);
  });

  it('passes headers of 20 KB on and answers 431 to 40 KB itself', async () => {
    const padded = (n: number) => fetch(`${host().url}/api/echo`, { headers: { 'x-pad': 'x'.repeat(n) } });
    for (const n of [8_000, 20_000]) expect((await padded(n)).status, String(n)).toBe(200);
    expect((await padded(40_000)).status).toBe(431);
    expect((await padded(10)).status).toBe(200);
  });

  it('normalises a path before it is routed and refuses what is none', async () => {
    expect((await send(host(), '/api/nowhere/%2e%2E/pid')).status).toBe(200);
    expect((await send(host(), '/api/nowhere/../pid')).status).toBe(200);
    expect((await send(host(), '/api/%00')).status).toBe(400);
    expect((await send(host(), `/api/pid?${'x'.repeat(9_000)}`)).status).toBe(414);
  });

  it('answers 500 to HTTP/1.0 without a host, as Azure does', async () => {
    const { port } = new URL(host().url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET /api/pid HTTP/1.0\r\n\r\n'));
      let text = '';
      socket.on('data', (data) => {
        text += String(data);
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
  });

  it('answers 400 to a Host header that is none', async () => {
    expect((await send(host(), '/api/echo', { headers: { host: 'a b/c' } })).status).toBe(400);
  });

  it('says that it runs', async () => {
    const response = await fetch(`${host().url}/admin/host/status`);
    expect(await response.json()).toMatchObject({ state: 'Running' });
  });

  it('starts a timer function by name and answers 202', async () => {
    const before = app.records().length;
    const response = await fetch(`${host().url}/admin/functions/TICK`, {
      method: 'POST',
      body: '{"input":""}',
    });
    expect(response.status).toBe(202);
    await expect
      .poll(() => app.records().slice(before))
      .toContainEqual({ function: 'tick', isPastDue: false, last: null });
  });

  it.each([
    ['an HTTP function', '/admin/functions/echo', '{}', 400],
    ['an unknown function', '/admin/functions/unknown', '{}', 404],
    ['a body that is no JSON', '/admin/functions/tick', '{', 400],
    ['a body that is no object', '/admin/functions/tick', '5', 400],
  ])('refuses to start %s', async (_what, path, body, status) => {
    expect((await fetch(host().url + path, { method: 'POST', body })).status).toBe(status);
  });

  it('listens on 127.0.0.1 only', async () => {
    const { port } = new URL(host().url);
    const isOpen = await new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.2', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    expect(isOpen).toBe(false);
  });
});

describe('the local host with streaming', () => {
  it('welcomes at / unless AzureWebJobsDisableHomepage is set', async () => {
    expect((await fetch(streaming.url)).status).toBe(200);
    const off = await fetch(buffered.url);
    expect({ status: off.status, body: await off.text() }).toEqual({ status: 204, body: '' });
  });

  it('hands over a chunked body piece by piece', async () => {
    const { chunks } = await send(
      streaming,
      '/api/pieces',
      { method: 'POST' },
      Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024)),
    );
    const { nPieces, nBytes } = JSON.parse(chunks.join(''));
    expect(nBytes).toBe(4 * 1024 * 1024);
    expect(nPieces).toBeGreaterThan(1);
  });

  it('cuts a chunked body that grows over 100 MB', async () => {
    const before = streaming.lines.length;
    const mebibyte = Buffer.alloc(1024 * 1024);
    await new Promise<void>((resolve) => {
      const req = httpRequest(`${streaming.url}/api/pieces`, { method: 'POST' });
      req.on('error', () => resolve());
      req.on('response', () => resolve());
      let nSent = 0;
      const write = (): void => {
        if (nSent++ === 101) req.end();
        else req.write(mebibyte, write);
      };
      write();
    });
    await expect.poll(() => streaming.lines.slice(before).join('\n')).toContain('at most 104857600 bytes');
    expect((await fetch(`${streaming.url}/api/pid`)).status).toBe(200);
  });

  it('sends the response piece by piece', async () => {
    const chunks: string[] = [];
    const response = await fetch(`${streaming.url}/api/countdown/3`);
    expect(response.status).toBe(200);
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      chunks.push(chunk);
      await fetch(`${streaming.url}/api/seen`, { method: 'POST' });
    }
    expect(chunks).toEqual(['3\n', '2\n', '1\n']);
  });

  it('keeps a repeated query name apart', async () => {
    const response = await fetch(`${streaming.url}/api/echo?a=1&a=2`);
    expect(await response.json()).toMatchObject({
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
    });
  });

  it('hands over the headers that the caller sent, not the forwarded ones', async () => {
    const response = await fetch(`${streaming.url}/api/echo`, {
      headers: { 'x-ms-invocation-id': 'mine', 'x-forwarded-host': 'elsewhere.example' },
    });
    expect(response.headers.get('x-ms-invocation-id')).not.toBe('mine');
    expect(await response.json()).toMatchObject({
      url: `${streaming.url}/api/echo`,
      headers: { 'x-forwarded-host': 'elsewhere.example' },
    });
  });

  it('outlives a caller who leaves in the middle of a body', async () => {
    const { port } = new URL(streaming.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc', () => {
          socket.destroy();
          resolve();
        });
      });
    });
    expect((await fetch(`${streaming.url}/api/pid`)).status).toBe(200);
    expect(streaming.nRestarts).toBe(0);
  });

  it('leaves a request unanswered whose handler throws, until the time is up', async () => {
    const host = await app.start({ stateDir: `${app.directory}/timeout`, responseTimeoutMs: 300 });
    for (const path of ['/api/throws', '/api/nothing']) {
      expect((await fetch(host.url + path)).status, path).toBe(504);
    }
    await expect.poll(() => host.lines.join('\n')).toContain('thrown by the fixture');
    await host.stop();
  });
});

describe('the local host without streaming', () => {
  it('hands over a chunked body as empty, as Azure does', async () => {
    const { chunks } = await send(buffered, '/api/echo', { method: 'POST' }, [
      Buffer.from('lost'),
      Buffer.from('too'),
    ]);
    expect(JSON.parse(chunks.join(''))).toMatchObject({ nBytes: 0 });
  });

  it('joins a repeated query name with a comma, as Azure does', async () => {
    const response = await fetch(`${buffered.url}/api/echo?a=1&a=2`);
    expect(await response.json()).toMatchObject({ query: [['a', '1,2']] });
  });

  it('answers 500 without a body when a handler throws', async () => {
    const response = await fetch(`${buffered.url}/api/throws`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
  });

  it('answers 204 when a handler returns nothing', async () => {
    expect((await fetch(`${buffered.url}/api/nothing`)).status).toBe(204);
  });
});
