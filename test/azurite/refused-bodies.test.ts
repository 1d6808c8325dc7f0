import { readFileSync } from 'node:fs';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';

// Azure's host keeps its connections to the functions process and uses them for whoever comes next: a body that is
// refused and left unread would hold up a stranger's request for ever.

let service: LocalTestService;
const alert = readFileSync(new URL('../../src/api/sample-alert.json', import.meta.url));

beforeAll(async () => {
  service = await startLocalService({
    connectionString: inject('storage'),
    env: { AUTH_MODE: 'key', FEEDBACK_RATE_PER_MINUTE: '50', RETRAIN_AFTER: '100000' },
    listen: false,
  });
});
afterAll(async () => {
  await service.stop();
});

interface Sent {
  readonly status: number;
  readonly body: string;
}

function send(
  agent: Agent,
  method: string,
  path: string,
  pieces: readonly Uint8Array[] = [],
  headers: OutgoingHttpHeaders = {},
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const req = request(`${service.api}${path}`, { agent, method, headers }, (res) => {
      let body = '';
      res.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
      res.on('error', reject);
    });
    req.on('error', reject);
    for (const piece of pieces) req.write(piece);
    req.end();
  });
}

const mebibyte = Buffer.alloc(1_048_576, ' ');
const junk = Buffer.concat([gzipSync('x'.repeat(100)).subarray(0, 20), Buffer.alloc(600_000, 0xff)]);
const REFUSALS: Readonly<Record<string, { pieces: readonly Uint8Array[]; headers?: OutgoingHttpHeaders }>> = {
  'a chunked body over its limit': { pieces: Array.from({ length: 18 }, () => mebibyte) },
  'an announced body over its limit': {
    pieces: Array.from({ length: 18 }, () => mebibyte),
    headers: { 'content-length': 18 * mebibyte.length },
  },
  'junk for gzip': { pieces: [junk], headers: { 'content-encoding': 'gzip' } },
  'a bomb': { pieces: [gzipSync(Buffer.alloc(40_000_000))], headers: { 'content-encoding': 'gzip' } },
  'what is no JSON': { pieces: [Buffer.from(`{"a":${'x'.repeat(300_000)}`)] },
  'an object of too many members': {
    pieces: [
      gzipSync(`{${Array.from({ length: 200_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`, { level: 1 }),
    ],
    headers: { 'content-encoding': 'gzip' },
  },
  'a body nested too deeply': { pieces: [Buffer.from('['.repeat(400_000))] },
};
const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/predict'],
  ['POST', '/feedback'],
  ['POST', '/quality'],
  ['PUT', '/policy'],
  ['PUT', '/intel/refused'],
  ['POST', '/retrain'],
  ['POST', '/versions/classifier/1.0.0/activate'],
  ['POST', '/predict?explain=nope'],
];

describe.each(ROUTES)('%s %s', (method, path) => {
  it.each(Object.keys(REFUSALS))('refuses %s and leaves the connection to the next caller', async (kind) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { pieces, headers = {} } = REFUSALS[kind]!;
    for (let round = 0; round < 2; round++) {
      const refused = await send(agent, method, path, pieces, headers);
      expect([400, 413, 422], refused.body).toContain(refused.status);
      expect((await send(agent, 'POST', '/predict', [alert])).status).toBe(200);
      expect((await send(agent, 'GET', '/health')).status).toBe(200);
    }
    agent.destroy();
  });
});

describe('a refusal without a look at the body', () => {
  it('of an unknown route, method or rate leaves the connection usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const judged = JSON.parse(alert.toString());
    const many = Buffer.from(
      JSON.stringify(
        Array.from({ length: 300 }, () => ({ alert: judged, disposition: 'false_positive', analyst: 'a' })),
      ),
    );
    const statuses = new Set<number>();
    for (const [method, path] of [
      ['POST', '/nowhere'],
      ['PUT', '/predict'],
      ['POST', '/feedback'],
      ['POST', '/feedback'],
    ] as const) {
      statuses.add((await send(agent, method, path, [many])).status);
      expect((await send(agent, 'POST', '/predict', [alert])).status).toBe(200);
    }
    expect([...statuses]).toEqual(expect.arrayContaining([404, 429]));
    agent.destroy();
  });
});

describe('eight callers beside a stream of refused bodies', () => {
  it('lose no request', async () => {
    let isOver = false;
    const refusing = (async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 2 });
      const kinds = Object.values(REFUSALS);
      let n = 0;
      while (!isOver) {
        const { pieces, headers = {} } = kinds[n++ % kinds.length]!;
        expect([400, 413, 422]).toContain((await send(agent, 'POST', '/predict', pieces, headers)).status);
      }
      agent.destroy();
      return n;
    })();
    const callers = Array.from({ length: 8 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const statuses: number[] = [];
      for (let n = 0; n < 40; n++) statuses.push((await send(agent, 'POST', '/predict', [alert])).status);
      agent.destroy();
      return statuses;
    });
    const all = (await Promise.all(callers)).flat();
    isOver = true;
    expect(await refusing).toBeGreaterThan(0);
    expect(all).toEqual(all.map(() => 200));
  });
});
