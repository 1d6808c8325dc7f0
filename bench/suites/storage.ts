import { createHash } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { createStorageClients, type StorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';

// The stores against the plain SDK on the same Azurite, in turns within one run. The emulator and the client share
// the machine, so only the ratios travel.

/** One comparison: medians of the rounds. `ratio` > 1: ours is better. */
export interface StorageRow {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The plain SDK, described by `peerName`. */
  readonly peer: number;
  readonly peerName: string;
  readonly ratio: number;
}

const N_ROUNDS = 5;
const N_CALLERS = 16;
const N_SUBMISSIONS = 320;
const N_SAMPLES = 5_000;
const N_PENDING = 100;
const N_PREDICTIONS = 2_000;
const COLUMNS = Float32Array.from({ length: 96 }, (_, i) => Math.fround(i / 7));

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

const snapshotOf = (id: string): AlertSnapshot => ({
  alertKey: hex(id, 32),
  alertId: id,
  tenant: 'tenant',
  source: 'sentinel',
  group: hex(id, 32),
  occurredAt: '2026-03-01T08:00:00.000Z',
  severity: 'high',
  ruleKey: hex('rule', 16),
  catalogId: hex('catalog', 12),
  columns: COLUMNS,
  recordKeys: Array.from({ length: 8 }, (_, i) => hex(`${id}${i}`, 16)),
});

const voteOf = (at: string) =>
  ({ analyst: 'ana', disposition: 'benign', risk_score: 5, at, verified: false }) as const;

const entryOf = (id: string): PredictionEntry => ({
  snapshot: snapshotOf(id),
  scoredAt: '2026-03-01T08:00:00.000Z',
  versions: { classifier: '1.0.0', anomaly: '1.0.0', scorer: '1.0.0' },
  disposition: 'benign',
  probabilities: [0.1, 0.2, 0.3, 0.4],
  riskScore: 12.5,
  anomalyScore: 0.4,
  isAnomaly: false,
  finalScore: 13.3,
  decision: 'review',
  auditSample: false,
});

/** Runs `work` for 0..n-1 from a fixed number of callers; seconds it took. */
async function timeAtCallers(n: number, work: (nth: number) => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: N_CALLERS }, async () => {
      while (next < n) await work(next++);
    }),
  );
  return (performance.now() - startMs) / 1000;
}

/** What the SDK needs to write one row of about the same size. */
async function upsertPlain(table: TableClient, id: string): Promise<void> {
  const text = Buffer.from(COLUMNS.buffer).toString('base64');
  await table.upsertEntity({ partitionKey: `s${hex(id, 1)}`, rowKey: hex(id, 32), text, id }, 'Replace');
}

async function benchSubmissions(clients: StorageClients): Promise<StorageRow> {
  const [ours, peer]: [number[], number[]] = [[], []];
  const table = clients.table('plainrows');
  await table.createTable();
  for (let round = 0; round < N_ROUNDS; round++) {
    const store = new TableFeedbackStore(clients.table(`submissions${round}`));
    await store.submit(snapshotOf('warm'), voteOf('2026-03-01T09:00:00.000Z'));
    const seconds = await timeAtCallers(N_SUBMISSIONS, (nth) =>
      store.submit(snapshotOf(`${round}-${nth}`), voteOf('2026-03-01T09:00:00.000Z')),
    );
    ours.push(N_SUBMISSIONS / seconds);
    const plainSeconds = await timeAtCallers(N_SUBMISSIONS, (nth) => upsertPlain(table, `${round}-${nth}`));
    peer.push(N_SUBMISSIONS / plainSeconds);
  }
  return row(
    `feedback from ${N_CALLERS} callers`,
    'judgements/s',
    ours,
    peer,
    'one unconditional upsert each',
  );
}

async function benchCount(clients: StorageClients): Promise<StorageRow> {
  const table = clients.table('counted');
  const store = new TableFeedbackStore(table);
  await timeAtCallers(N_SAMPLES, (nth) =>
    store.submit(snapshotOf(`c${nth}`), voteOf('2026-03-01T09:00:00.000Z')),
  );
  const pending = await store.listPending();
  await store.consume(pending.slice(N_PENDING));
  const [ours, peer]: [number[], number[]] = [[], []];
  for (let round = 0; round < N_ROUNDS; round++) {
    let startMs = performance.now();
    const count = await store.countPending();
    ours.push(1000 / (performance.now() - startMs));
    if (count !== N_PENDING) throw new Error(`Expected ${N_PENDING} pending alerts, got ${count}.`);
    startMs = performance.now();
    let nMarkers = 0;
    const keys = table.listEntities({ queryOptions: { select: ['PartitionKey', 'RowKey'] } });
    for await (const { rowKey } of keys) if (rowKey?.startsWith('p|')) nMarkers += 1;
    peer.push(1000 / (performance.now() - startMs));
    if (nMarkers !== N_PENDING) throw new Error(`Expected ${N_PENDING} markers, got ${nMarkers}.`);
  }
  return row(
    `count ${N_PENDING} pending among ${N_SAMPLES}`,
    'counts/s',
    ours,
    peer,
    'listing the keys of the table',
  );
}

async function benchPredictions(clients: StorageClients): Promise<StorageRow> {
  const [ours, peer]: [number[], number[]] = [[], []];
  const table = clients.table('plainpredictions');
  await table.createTable();
  const log = new TablePredictionLog(clients, { flushEveryMs: 60_000 });
  await log.append([entryOf('warm')]);
  await log.flush();
  for (let round = 0; round < N_ROUNDS; round++) {
    const entries = Array.from({ length: N_PREDICTIONS }, (_, i) => entryOf(`${round}-${i}`));
    const startMs = performance.now();
    // As the timer would find them under load: a few hundred at a time.
    for (let start = 0; start < entries.length; start += 250) {
      await log.append(entries.slice(start, start + 250));
      await log.flush();
    }
    ours.push((1000 * N_PREDICTIONS) / (performance.now() - startMs));
    const plainSeconds = await timeAtCallers(N_SUBMISSIONS, (nth) => upsertPlain(table, `${round}-${nth}`));
    peer.push(N_SUBMISSIONS / plainSeconds);
  }
  const { failed, dropped } = log.stats();
  if (failed + dropped > 0)
    throw new Error(`Expected every row written, got ${failed} failed, ${dropped} dropped.`);
  await log.close();
  return row(
    'prediction log, two rows each',
    'predictions/s',
    ours,
    peer,
    `one upsert each from ${N_CALLERS} callers`,
  );
}

function row(name: string, unit: string, ours: number[], peer: number[], peerName: string): StorageRow {
  return { name, unit, ours: median(ours), peer: median(peer), peerName, ratio: median(ours) / median(peer) };
}

/** Starts an in-memory Azurite of its own and measures the stores on it. */
export async function storageBench(): Promise<StorageRow[]> {
  const azurite = await startAzurite({ inMemory: true });
  try {
    const clients = createStorageClients({ connectionString: azurite.connectionString });
    return [await benchSubmissions(clients), await benchCount(clients), await benchPredictions(clients)];
  } finally {
    await azurite.stop();
  }
}

export const suite = { name: 'storage', run: storageBench };

if (import.meta.main) console.table(await storageBench());
