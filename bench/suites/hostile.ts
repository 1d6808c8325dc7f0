import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, buildReason } from '../../scripts/build.ts';
import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { datasetPath, MODEL_CONTAINER } from '../../src/store/names.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import { encodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { judgements } from '../../test/training/gate-world.ts';
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
    { name: 'a MISP event of 15 MiB', path: '/intel/bench', body: () => mispEvent(36_000) },
    {
      name: 'rows of CSV with an open quotation mark, 4 MiB',
      path: '/intel/bench',
      body: () => repeated('value,type\n"', 'x\n', 2 * MIB, ''),
    },
    {
      name: 'a list of a million addresses',
      path: '/intel/bench',
      body: () =>
        Buffer.from(
          Array.from(
            { length: 1_000_000 },
            (_, i) => `198.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}\n`,
          ).join(''),
        ),
    },
    {
      name: 'a key of 1 MiB in our own words',
      path: '/policy',
      body: () => Buffer.from(`{"${'k'.repeat(1_000_000)}":1}`),
    },
  ];
}

/** An event as MISP exports it, about 430 bytes an attribute. */
function mispEvent(n: number): Buffer {
  const kinds = [
    ['domain', (i: number) => `h${i}.bad.example`],
    ['ip-dst', (i: number) => `198.18.${(i >> 8) & 255}.${i & 255}`],
    ['sha256', (i: number) => i.toString(16).padStart(64, '0')],
    ['url', (i: number) => `http://h${i}.bad.example/p/${i}`],
  ] as const;
  const attributes = Array.from({ length: n }, (_, i) => {
    const [type, valueAt] = kinds[i % 4] as (typeof kinds)[number];
    const uuid = `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`;
    return {
      ...{ id: String(i), type, category: 'Network activity', to_ids: true, uuid, event_id: '1' },
      ...{ distribution: '5', timestamp: '1700000000', comment: 'seen in a campaign'.padEnd(60, '.') },
      ...{ sharing_group_id: '0', deleted: false, disable_correlation: false, object_id: '0' },
      ...{ object_relation: null, value: valueAt(i), Galaxy: [], ShadowAttribute: [] },
    };
  });
  const Event = { id: '1', info: 'bench', Tag: [{ name: 'tlp:amber' }], Attribute: attributes };
  return Buffer.from(JSON.stringify({ response: [{ Event }] }));
}

/** Judged alerts that a policy is tried on. */
const N_JUDGED = 50_000;

/**
 * Stores a training set of {@link N_JUDGED} judged alerts.
 *
 * @returns makes a release of it beside what serves: its hold-out has not been read by anyone
 */
async function seedJudged({ connectionString }: Azurite): Promise<() => Promise<unknown>> {
  const models = new BlobModelStore(createStorageClients({ connectionString }).container(MODEL_CONTAINER));
  const samples = judgements(generateSyntheticAlerts(N_JUDGED, 5), 0, 1);
  const bytes = encodeDataset(overlay(emptyDataset(N_JUDGED), samples, N_JUDGED).dataset);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = datasetPath(sha256.slice(0, 12));
  await models.create(path, bytes);
  const dataset = { path, sha256, samples: N_JUDGED, synthetic: false };
  return async () => {
    const lineage = new Lineage(models);
    const base = await lineage.requireHead();
    const { record } = await lineage.tip(base.head.release);
    await lineage.commit(base, { ...record, seq: record.seq + 1, parent: base.head.release, dataset });
  };
}

/** Longest wait for health while `body` is worked on, and the status that it got. */
async function stallOf(
  host: FunctionsHost,
  hostile: Hostile,
  body: Buffer,
): Promise<{ ms: number; status: number }> {
  let status = 0;
  const method = /^\/(?:policy|intel)/.test(hostile.path) ? 'PUT' : 'POST';
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

async function rows(
  host: FunctionsHost,
  sample: string,
  release: () => Promise<unknown>,
): Promise<readonly BenchRow[]> {
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
  const policy = { policy: { ...DEFAULT_POLICY, alpha: 0.1 }, by: 'bench' };
  const preview: Hostile = {
    name: `a policy tried on ${N_JUDGED.toLocaleString('en')} judged alerts`,
    path: '/policy?dry_run=true',
    body: () => Buffer.from(JSON.stringify(policy)),
  };
  // The first one after a release reads the hold-out, in a thread; the next finds it read.
  const best = { 'the first time': Number.POSITIVE_INFINITY, again: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    await release();
    for (const what of ['the first time', 'again'] as const) {
      const { ms, status } = await stallOf(host, preview, preview.body());
      if (status !== 200) throw new Error(`Expected a tried policy to answer 200, got ${status}.`);
      best[what] = Math.min(best[what], ms);
    }
  }
  for (const [what, ms] of Object.entries(best)) {
    const row = compare(`stall: ${preview.name}, ${what}`, 'ms', ms, idle);
    found.push({ ...row, note: `best of ${ROUNDS}` });
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
      return await rows(host, sample, await seedJudged(azurite));
    } finally {
      await host.stop();
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
