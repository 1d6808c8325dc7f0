import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, buildReason } from '../../scripts/build.ts';
import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import { postRepeatedly } from '../http-load.ts';
import { startService } from '../local-service.ts';

// What the service promises about itself: predictions while a retrain runs beside them, and a cold start.

const root = dirname(dirname(import.meta.dirname));
const N_JUDGED = 300;
const COLD_STARTS = 5;
const PREDICT = '/api/v1/ml/predict';
/** Retrains start when the bench asks for one. */
const NO_RETRAIN = { RETRAIN_AFTER: '100000' };

async function post(url: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/api/v1/ml${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** 95th percentile of predict at two connections over `durationMs`, in ms. */
async function p95(host: FunctionsHost, body: string, durationMs: number): Promise<number> {
  const { latenciesMs } = await postRepeatedly({
    port: Number(new URL(host.url).port),
    path: PREDICT,
    body,
    connections: 2,
    durationMs,
  });
  return latenciesMs[Math.floor(latenciesMs.length * 0.95)] ?? Number.NaN;
}

async function retrainRow(host: FunctionsHost, body: string): Promise<BenchRow> {
  for (const { alert, disposition, riskScore } of generateSyntheticAlerts(N_JUDGED, 55)) {
    await post(host.url, '/feedback', { alert, disposition, risk_score: riskScore, analyst: 'bench' });
  }
  const idle = [await p95(host, body, 2_000), await p95(host, body, 2_000), await p95(host, body, 2_000)];
  const { run_id } = await post(host.url, '/retrain', { by: 'bench' });
  const busy: number[] = [];
  for (;;) {
    const response = await fetch(`${host.url}/api/v1/ml/retrain/${run_id}`);
    const run = (await response.json()) as { state: string; finished_at: string | null; stage: string };
    if (run.finished_at !== null) break;
    if (run.stage !== 'queued') busy.push(await p95(host, body, 1_000));
  }
  return {
    ...compare('predict p95 while a retrain runs, against idle', 'ms', median(busy), median(idle)),
    note: `${N_JUDGED} judged alerts, ${busy.length} s of retrain measured; the peer is the idle service`,
  };
}

/** Process start to the first verdict, models in storage and nothing in the local copy. */
async function coldStartRow(azurite: Azurite, body: string): Promise<BenchRow> {
  const times: number[] = [];
  for (let nth = 0; nth < COLD_STARTS; nth++) {
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-cold-'));
    const startedAtMs = performance.now();
    const host = await startService(azurite, stateDir, NO_RETRAIN);
    const response = await fetch(`${host.url}${PREDICT}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`The first predict answered ${response.status}.`);
    await response.text();
    times.push(performance.now() - startedAtMs);
    await host.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
  return {
    ...compare('cold start: process start to first verdict', 'ms', median(times), null),
    note: `median of ${COLD_STARTS}, the local host's own start included; no peer`,
  };
}

export const suite: BenchSuite = {
  name: 'service',
  run: async () => {
    if (buildReason() !== undefined) await build();
    const body = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
    const azurite = await startAzurite({ inMemory: true });
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-service-'));
    try {
      const host = await startService(azurite, stateDir, NO_RETRAIN);
      await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
      const retrain = await retrainRow(host, body);
      await host.stop();
      return [retrain, await coldStartRow(azurite, body)];
    } finally {
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
