import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { type BenchSuite, compare, median } from '../bench-row.ts';
import { postRepeatedly } from '../http-load.ts';
import { startService } from '../local-service.ts';

// POST predict through the local host against FastAPI + scikit-learn, in turns within one run. Both get the same
// alert, keep a log, run on one process, and share the machine with the same client.

const root = dirname(dirname(import.meta.dirname));
const CONNECTIONS = 16;

export interface ServerFigures {
  /** Requests per second at 16 connections, median of the rounds. */
  readonly requestsPerSecond: number;
  /** One request at a time: median of the rounds' medians, in ms. */
  readonly sequentialP50Ms: number;
  /** At 16 connections: median of the rounds' 95th percentiles, in ms. */
  readonly p95Ms: number;
}

export interface HttpBench {
  readonly localHost: ServerFigures;
  /** The same with PREDICTION_LOG=off. */
  readonly withoutLog: ServerFigures;
  /** Absent when python3 with fastapi, uvicorn and sklearn is not there. */
  readonly fastapi: ServerFigures | undefined;
}

interface Server {
  readonly port: number;
  readonly path: string;
  stop(): Promise<void>;
}

async function startOurs(predictionLog: 'behind' | 'off'): Promise<Server> {
  if (buildReason() !== undefined) await build();
  const stateDir = mkdtempSync(join(tmpdir(), 'bench-http-'));
  const azurite = await startAzurite({ inMemory: true });
  const lines: string[] = [];
  const host = await startService(azurite, stateDir, { PREDICTION_LOG: predictionLog }, (line) =>
    lines.push(line),
  );
  const stop = async (): Promise<void> => {
    await host.stop();
    await azurite.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${lines.slice(-20).join('\n')}`, { cause: error });
  }
  return { port: Number(new URL(host.url).port), path: '/api/v1/ml/predict', stop };
}

/** Python that has the peer's packages; Debian's own is asked too, since another may come first in the path. */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import fastapi, sklearn, uvicorn']).status === 0,
  );
}

async function startPeer(python: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fastapi-'));
  const script = join(root, 'bench', 'peers', 'fastapi-sklearn.py');
  const child: ChildProcess = spawn(python, [script, join(folder, 'log.jsonl')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Threads inside of numpy would only fight with the client over two cores.
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = /^PORT (\d+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', (code) => reject(new Error(`The FastAPI peer ended with code ${code}.`)));
  });
  return {
    port,
    path: '/predict',
    async stop() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Measures both servers in turns; about 60 s with the defaults. */
export async function benchHttp({ nRounds = 5, roundMs = 2_000 } = {}): Promise<HttpBench> {
  const body = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
  const python = findPython();
  const servers: Array<{ server: Server; rates: number[]; p50s: number[]; p95s: number[] }> = [];
  try {
    const starts = [
      () => startOurs('behind'),
      () => startOurs('off'),
      ...(python === undefined ? [] : [() => startPeer(python)]),
    ];
    for (const start of starts) {
      const server = await start();
      servers.push({ server, rates: [], p50s: [], p95s: [] });
      await postRepeatedly({ ...server, body, connections: CONNECTIONS, durationMs: 2 * roundMs });
    }
    for (let round = 0; round < nRounds; round++) {
      for (const { server, rates, p50s, p95s } of servers) {
        const { port, path } = server;
        const loaded = await postRepeatedly({
          port,
          path,
          body,
          connections: CONNECTIONS,
          durationMs: roundMs,
        });
        rates.push(loaded.requestsPerSecond);
        p95s.push(loaded.latenciesMs[Math.floor(loaded.latenciesMs.length * 0.95)] ?? NaN);
        const alone = await postRepeatedly({ port, path, body, connections: 1, durationMs: roundMs });
        p50s.push(alone.latenciesMs[alone.latenciesMs.length >> 1] ?? NaN);
      }
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
  const [ours, withoutLog, peer] = servers.map(({ rates, p50s, p95s }) => ({
    requestsPerSecond: median(rates),
    sequentialP50Ms: median(p50s),
    p95Ms: median(p95s),
  }));
  return { localHost: ours!, withoutLog: withoutLog!, fastapi: peer };
}

const NO_PEER = 'FastAPI + scikit-learn not measured: python3 with fastapi, uvicorn and sklearn is not there';

export const suite: BenchSuite = {
  name: 'http',
  run: async () => {
    const { localHost, withoutLog, fastapi } = await benchHttp();
    const note = fastapi === undefined ? { note: NO_PEER } : {};
    return [
      {
        name: 'predict through the local host, 16 connections, log on',
        ours: localHost.requestsPerSecond,
        peer: fastapi?.requestsPerSecond ?? null,
        ratio: fastapi === undefined ? null : localHost.requestsPerSecond / fastapi.requestsPerSecond,
        unit: 'requests/s',
        ...note,
      },
      {
        name: 'the same with the prediction log on, against off',
        ours: localHost.requestsPerSecond,
        peer: withoutLog.requestsPerSecond,
        ratio: localHost.requestsPerSecond / withoutLog.requestsPerSecond,
        unit: 'requests/s',
      },
      compare(
        'predict, one at a time, p50',
        'ms',
        localHost.sequentialP50Ms,
        fastapi?.sequentialP50Ms ?? null,
        note.note,
      ),
    ];
  },
};

/** The figures as lines of text, with the ratio to the peer. */
export function describeHttpBench({ localHost, fastapi }: HttpBench): string[] {
  const line = (name: string, figures: ServerFigures): string =>
    `${name.padEnd(24)} ${figures.requestsPerSecond.toFixed(0).padStart(6)} requests/s at 16 connections, ` +
    `p95 ${figures.p95Ms.toFixed(2)} ms; one at a time p50 ${figures.sequentialP50Ms.toFixed(2)} ms`;
  if (fastapi === undefined) {
    return [
      line('local host', localHost),
      'FastAPI + scikit-learn   not measured: python3 with fastapi, uvicorn and sklearn is not there',
    ];
  }
  const ratio = localHost.requestsPerSecond / fastapi.requestsPerSecond;
  return [
    line('local host', localHost),
    line('FastAPI + scikit-learn', fastapi),
    `ratio ${ratio.toFixed(1)} (budget: at least 40)`,
  ];
}

if (import.meta.main) console.log(describeHttpBench(await benchHttp()).join('\n'));
