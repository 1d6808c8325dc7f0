import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import {
  descriptors,
  openWild,
  residentMb,
  WILD_KINDS,
  type WildKind,
  type WildSocket,
} from '../../test/support/wild-connections.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// What connections cost that do nothing, or nothing good: memory and descriptors of the functions process while they
// are open, when the service ends them, what is left when they are gone, and the time of a predict beside them. Linux
// only: the figures come from /proc.

const root = dirname(dirname(import.meta.dirname));
const PREDICT = '/api/v1/ml/predict';
const N_IDLE = 10_000;
const N = 1_000;
/** Short, so that the bench sees uploads end that take too long; 100 s in service. */
const DEADLINE_SECONDS = 5;
const WATCHED_MS = 60_000;

async function predictMs(host: FunctionsHost, body: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 50; n++) {
    const startedAtMs = performance.now();
    const response = await fetch(`${host.url}${PREDICT}`, { method: 'POST', body });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`predict answered ${response.status}.`);
    times.push(performance.now() - startedAtMs);
  }
  return median(times);
}

/** Seconds until the service has ended all of them, `undefined` where it lets them stay. */
async function endedAfter(sockets: readonly WildSocket[]): Promise<number | undefined> {
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < WATCHED_MS) {
    if (sockets.every(({ isOver }) => isOver())) return (performance.now() - startedAtMs) / 1000;
    await sleep(100);
  }
  return undefined;
}

async function rowOf(host: FunctionsHost, kind: WildKind, body: string): Promise<BenchRow> {
  const pid = host.pid as number;
  const isIdle = kind === WILD_KINDS.idle;
  const n = isIdle ? N_IDLE : N;
  const idleMs = await predictMs(host, body);
  const before = { mb: residentMb(pid), fds: descriptors(pid) };
  const sockets = await openWild(Number(new URL(host.url).port), kind, n);
  await sleep(500);
  const during = { mb: residentMb(pid), fds: descriptors(pid) };
  const besideMs = await predictMs(host, body);
  const endedS = isIdle ? undefined : await endedAfter(sockets);
  for (const { socket } of sockets) socket.destroy();
  await sleep(1_000);
  const after = { mb: residentMb(pid), fds: descriptors(pid) };
  const note =
    `${n} connections: ${(((during.mb - before.mb) * 1024) / n).toFixed(1)} KB and ` +
    `${((during.fds - before.fds) / n).toFixed(2)} descriptors each while open, ` +
    `${endedS === undefined ? 'not ended by the service' : `all ended by the service after ${endedS.toFixed(1)} s more`}, ` +
    `${after.fds - before.fds} descriptors and ${(after.mb - before.mb).toFixed(1)} MB left a second after the callers went`;
  return { ...compare(`predict beside: ${kind.name}`, 'ms', besideMs, idleMs), note };
}

export const suite: BenchSuite = {
  name: 'connections',
  run: async () => {
    if (buildReason() !== undefined) await build();
    const body = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
    const azurite = await startAzurite({ inMemory: true });
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-connections-'));
    const host = await startService(azurite, stateDir, {
      PREDICTION_LOG: 'off',
      REQUEST_DEADLINE_SECONDS: String(DEADLINE_SECONDS),
    });
    try {
      await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
      const rows: BenchRow[] = [];
      // the idle ones twice: what the first time left is taken again, or it grows
      for (const kind of [...Object.values(WILD_KINDS), WILD_KINDS.idle])
        rows.push(await rowOf(host, kind, body));
      return rows;
    } finally {
      await host.stop();
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
