import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// The highest memory of the functions process under mixed load, step by step; what an instance of 512 MB would have to
// hold beside the host. Linux only: the figures come from /proc.

/** What an instance of 512 MB leaves to the functions. */
const ROOM_MB = 400;
const N_ALERTS = 20_000;
const BATCH = 100;
const N_JUDGED = 1_000;
const N_INDICATORS = 100_000;

const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function send(host: FunctionsHost, method: string, path: string, body: string): Promise<string> {
  const response = await fetch(`${host.url}/api/v1/ml${path}`, { method, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text;
}

async function predict(host: FunctionsHost): Promise<void> {
  const alerts = generateSyntheticAlerts(N_ALERTS, 41).map(({ alert }) => alert);
  for (let at = 0; at < alerts.length; at += BATCH)
    await send(host, 'POST', '/predict', JSON.stringify({ alerts: alerts.slice(at, at + BATCH) }));
}

async function loadIndicators(host: FunctionsHost): Promise<void> {
  const lines = Array.from({ length: N_INDICATORS }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  await send(host, 'PUT', '/intel/bench', lines.join('\n'));
}

async function retrain(host: FunctionsHost): Promise<void> {
  const judged = generateSyntheticAlerts(N_JUDGED, 42).map(({ alert, disposition }) => ({
    ...{ alert, disposition, analyst: 'bench' },
  }));
  for (let at = 0; at < judged.length; at += BATCH)
    await send(host, 'POST', '/feedback', JSON.stringify({ feedback: judged.slice(at, at + BATCH) }));
  const { run_id } = JSON.parse(await send(host, 'POST', '/retrain', JSON.stringify({ by: 'bench' })));
  for (;;) {
    const response = await fetch(`${host.url}/api/v1/ml/retrain/${run_id}`);
    const run = (await response.json()) as { finished_at: string | null; state: string };
    if (run.finished_at !== null) return;
    await predictSome(host);
  }
}

const predictSome = (host: FunctionsHost): Promise<string> =>
  send(
    host,
    'POST',
    '/predict',
    JSON.stringify({ alerts: generateSyntheticAlerts(BATCH, 43).map(({ alert }) => alert) }),
  );

export const suite: BenchSuite = {
  name: 'memory',
  run: async () => {
    if (buildReason() !== undefined) await build();
    const azurite = await startAzurite({ inMemory: true });
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-memory-'));
    const host = await startService(azurite, stateDir, {
      RETRAIN_AFTER: '1000000',
      FEEDBACK_RATE_PER_MINUTE: '1000000',
    });
    try {
      await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
      const rows: BenchRow[] = [];
      const note = (what: string): void => {
        rows.push(compare(`highest memory, ${what}`, 'MB', peakMb(host.pid as number), ROOM_MB));
      };
      note('models made and loaded');
      await predict(host);
      note(`${N_ALERTS} alerts in batches of ${BATCH}`);
      await loadIndicators(host);
      note(`${N_INDICATORS} indicators sent and loaded`);
      await retrain(host);
      note(`retrain on ${N_JUDGED} judged alerts beside predictions`);
      return rows;
    } finally {
      await host.stop();
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
