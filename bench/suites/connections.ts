import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// What connections cost that do nothing, or nothing good: memory and descriptors of the functions process while they
// are open, descriptors that are left when they are gone, and the time of a predict beside them. Linux only: the figures
// come from /proc.

const root = dirname(dirname(import.meta.dirname));
const PREDICT = '/api/v1/ml/predict';
const HEAD = `POST ${PREDICT} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;

interface Kind {
  readonly name: string;
  readonly n: number;
  /** Begins what the connection does; it is closed by the bench. */
  readonly begin: (socket: Socket) => void;
}

const KINDS: readonly Kind[] = [
  {
    name: 'idle keep-alive',
    n: 10_000,
    begin: (socket) => socket.write('GET /api/v1/ml/health HTTP/1.1\r\nhost: a\r\n\r\n'),
  },
  {
    name: 'uploads that never end',
    n: 1_000,
    begin: (socket) => socket.write(`${HEAD}content-length: 100000\r\n\r\n{"id":`),
  },
  {
    name: 'uploads that are aborted',
    n: 1_000,
    begin: (socket) => socket.write(`${HEAD}content-length: 100000\r\n\r\n{"id":`, () => socket.destroy()),
  },
  {
    name: 'half closed in the middle of a body',
    n: 1_000,
    begin: (socket) => socket.end(`${HEAD}content-length: 100000\r\n\r\n{"id":`),
  },
];

const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

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

async function open(port: number, { n, begin }: Kind): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let done = 0; done < n; done++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('data', () => {});
    sockets.push(socket);
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', () => resolve()).once('error', reject),
    );
    begin(socket);
  }
  return sockets;
}

async function rowOf(host: FunctionsHost, kind: Kind, body: string): Promise<BenchRow> {
  const pid = host.pid as number;
  const idleMs = await predictMs(host, body);
  const before = { mb: residentMb(pid), fds: descriptors(pid) };
  const sockets = await open(Number(new URL(host.url).port), kind);
  await sleep(500);
  const during = { mb: residentMb(pid), fds: descriptors(pid) };
  const besideMs = await predictMs(host, body);
  for (const socket of sockets) socket.destroy();
  await sleep(6_000);
  const left = descriptors(pid) - before.fds;
  const note =
    `${kind.n} connections: ${(((during.mb - before.mb) * 1024) / kind.n).toFixed(1)} KB and ` +
    `${((during.fds - before.fds) / kind.n).toFixed(2)} descriptors each while open, ${left} descriptors left after`;
  return { ...compare(`predict beside: ${kind.name}`, 'ms', besideMs, idleMs), note };
}

export const suite: BenchSuite = {
  name: 'connections',
  run: async () => {
    if (buildReason() !== undefined) await build();
    const body = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
    const azurite = await startAzurite({ inMemory: true });
    const stateDir = mkdtempSync(join(tmpdir(), 'bench-connections-'));
    const host = await startService(azurite, stateDir, { PREDICTION_LOG: 'off' });
    try {
      await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
      const rows: BenchRow[] = [];
      for (const kind of KINDS) rows.push(await rowOf(host, kind, body));
      return rows;
    } finally {
      await host.stop();
      await azurite.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  },
};
