import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// How long a request beside a hostile body waits: GET health, asked again and again while the body is worked on. The
// longest wait of a round is the stall that the body causes; the best of the rounds is shown, since anything else that
// runs on the machine only adds to it. The peer is the same question with nothing posted.

const root = dirname(dirname(import.meta.dirname));
const ROUNDS = 5;
const ML = '/api/v1/ml';

interface Hostile {
  readonly name: string;
  readonly path: string;
  readonly body: () => Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const repeated = (head: string, item: string, n: number, tail: string): Buffer =>
  Buffer.from(head + item.repeat(n) + tail);
const MIB = 1_048_576;
const GZIP = { 'content-encoding': 'gzip' };

function hostileBodies(sample: string): readonly Hostile[] {
  const alert = JSON.parse(sample) as Record<string, unknown>;
  const batch = (n: number): unknown[] => Array.from({ length: n }, (_, i) => ({ ...alert, id: `h-${i}` }));
  const wide = {
    ...alert,
    id: 'wide',
    raw_fields: Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`k${i}`, `v${i}`])),
  };
  const long = { ...alert, id: 'long', title: 'bcdedit '.repeat(100_000), description: 'c2 '.repeat(60_000) };
  const label = `CEF:0|V|P|1|100|n|5|cs1=x cs1Label=${'c2'.repeat(50_000)}`;
  const table = {
    tables: [
      {
        columns: Array.from({ length: 12_000 }, (_, i) => ({ name: `c${i}` })),
        rows: Array.from({ length: 12_000 }, () => []),
      },
    ],
  };
  const gzipped =
    (bytes: Buffer): (() => Buffer) =>
    () =>
      gzipSync(bytes);
  return [
    { name: '1,000 alerts', path: '/predict', body: () => Buffer.from(JSON.stringify(batch(1_000))) },
    {
      name: '15 MiB of alerts, too many',
      path: '/predict',
      body: () => Buffer.from(JSON.stringify(batch(Math.floor((15 * MIB) / sample.length)))),
    },
    {
      name: '15 MiB of alerts to quality',
      path: '/quality',
      body: () => Buffer.from(JSON.stringify(batch(9_900)).padEnd(15 * MIB, ' ')),
    },
    {
      name: '16 MiB of empty objects, gzipped',
      path: '/predict',
      body: gzipped(repeated('[', '{},', 5_500_000, '{}]')),
      headers: GZIP,
    },
    {
      name: '100,000 empty objects to quality, gzipped',
      path: '/quality',
      body: gzipped(repeated('[', '{},', 100_000, '{}]')),
      headers: GZIP,
    },
    {
      name: '10,000 empty objects to quality',
      path: '/quality',
      body: () => repeated('[', '{},', 9_999, '{}]'),
    },
    {
      name: '500,000 empty objects in an envelope',
      path: '/predict',
      body: () => repeated('{"value":[', '{},', 450_000, '{}]}'),
    },
    {
      name: 'a table of 12,000 by 12,000',
      path: '/predict',
      body: gzipped(Buffer.from(JSON.stringify(table))),
      headers: GZIP,
    },
    { name: 'nested 500,000 deep', path: '/predict', body: () => Buffer.alloc(500_000, '[') },
    {
      name: 'lists of one digit, 16 MiB',
      path: '/feedback',
      body: gzipped(repeated('[', '[1],', 4_000_000, '1]')),
      headers: GZIP,
    },
    {
      name: 'one alert of 1 MiB of small values',
      path: '/predict',
      body: () =>
        Buffer.from(
          `${JSON.stringify({ ...alert, id: 'v' }).slice(0, -1)},"extra":[${'1,'.repeat(480_000)}1]}`,
        ),
    },
    { name: 'one alert of 9,000 fields', path: '/predict', body: () => Buffer.from(JSON.stringify(wide)) },
    { name: 'one alert with long texts', path: '/predict', body: () => Buffer.from(JSON.stringify(long)) },
    { name: 'one CEF label of 100 KB', path: '/predict', body: () => Buffer.from(label) },
    {
      name: '16 MiB of CEF lines',
      path: '/quality',
      body: gzipped(repeated('', 'CEF:0|V|P|1|s|n|5|src=10.0.0.1\n', 500_000, '')),
      headers: GZIP,
    },
    {
      name: 'a key of 1 MiB in our own words',
      path: '/policy',
      body: () => Buffer.from(`{"${'k'.repeat(1_000_000)}":1}`),
    },
  ];
}

/** Longest wait for health while `body` is worked on, and the status that it got. */
async function stallOf(
  host: FunctionsHost,
  hostile: Hostile,
  body: Buffer,
): Promise<{ ms: number; status: number }> {
  let status = 0;
  const method = hostile.path === '/policy' ? 'PUT' : 'POST';
  const posted = fetch(`${host.url}${ML}${hostile.path}`, {
    method,
    body: new Uint8Array(body),
    headers: hostile.headers ?? {},
  }).then(async (response) => {
    await response.arrayBuffer();
    status = response.status;
  });
  let isDone = false;
  void posted.finally(() => {
    isDone = true;
  });
  let ms = 0;
  while (!isDone) ms = Math.max(ms, await probe(host));
  await posted;
  return { ms, status };
}

/** One GET health over a connection of its own, in ms. */
function probe(host: FunctionsHost): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1', () => {
      socket.write(`GET ${ML}/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
    });
    socket.on('data', () => {});
    socket.on('error', reject);
    socket.on('close', () => resolve(performance.now() - startedAtMs));
  });
}

async function rows(host: FunctionsHost, sample: string): Promise<readonly BenchRow[]> {
  let idle = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 50; n++) idle = Math.min(idle, await probe(host));
  const found: BenchRow[] = [];
  for (const hostile of hostileBodies(sample)) {
    const body = hostile.body();
    let best = Number.POSITIVE_INFINITY;
    let answered = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { ms, status } = await stallOf(host, hostile, body);
      best = Math.min(best, ms);
      answered = status;
    }
    const note = `${(body.length / 1024).toFixed(1)} KB posted, answered ${answered}; best of ${ROUNDS}`;
    found.push({ ...compare(`stall: ${hostile.name}`, 'ms', best, idle), note });
  }
  return found;
}

export const suite: BenchSuite = {
  name: 'hostile',
  run: async () => {
    if (buildReason() !== undefined) await build();
    const sample = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
    const azurite = await startAzurite({ inMemory: true });
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-hostile-'));
    const host = await startService(azurite, stateDir, {
      PREDICTION_LOG: 'off',
      FEEDBACK_RATE_PER_MINUTE: '1000000',
    });
    try {
      await waitUntilHealthy(`${host.url}${ML}`, { timeoutMs: 120_000 });
      return await rows(host, sample);
    } finally {
      await host.stop();
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
