import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build, buildReason } from '../../scripts/build.ts';
import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import type { BenchRow, BenchSuite } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// 1,000 alerts in one request, triage stages off, log on: alerts for each second of CPU time of the process of
// functions, all its threads. FORMER=DIR, the folder of a project that was built before, plays in turns.
//
// V8 collects the whole heap every 40th to 60th request, which costs as much as two or three requests: five in a row hold one or
// none, as luck will have it. What counts is all CPU time of all requests, some of such collections among them on both sides.

const root = dirname(dirname(import.meta.dirname));
const N_ALERTS = 1000;
/** Of a turn. */
const REQUESTS = 10;
/** Of each side: 200 requests. */
const TURNS = 20;
/** Requests until V8 has compiled what they go through; up to the fourteenth it still compiles in threads of its own, which count. */
const WARM_UP = 40;
/** Ticks of /proc are hundredths of a second. */
const TICKS = 100;
const STAGES_OFF = { RULES: 'off', INTEL: 'off', BEHAVIOR: 'off', CORRELATION: 'off', ENTITIES: 'off' };

interface Side {
  readonly azurite: Azurite;
  readonly host: FunctionsHost;
  readonly stateDir: string;
  cpuSeconds: number;
}

async function start(project: string): Promise<Side> {
  const stateDir = mkdtempSync(join(tmpdir(), 'bench-http-batch-'));
  const azurite = await startAzurite({ inMemory: true });
  const env = { ...STAGES_OFF, RETRAIN_AFTER: '100000' };
  const host = await startService(azurite, stateDir, env, () => {}, project);
  await waitUntilHealthy(`${host.url}/api/v1/ml`, { timeoutMs: 120_000 });
  return { azurite, host, stateDir, cpuSeconds: 0 };
}

async function stop({ azurite, host, stateDir }: Side): Promise<void> {
  await host.stop();
  await azurite.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

function cpuSecondsOf(pid: number): number {
  // What follows the name of the program, which may hold anything: user and system time are the 14th and 15th field.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

let seed = 0;
/** No alert twice: one that was scored before costs another price. */
function newBody(): string {
  seed++;
  return JSON.stringify({ alerts: generateSyntheticAlerts(N_ALERTS, seed).map(({ alert }) => alert) });
}

async function post(host: FunctionsHost, body: string): Promise<void> {
  const response = await fetch(`${host.url}/api/v1/ml/predict`, { method: 'POST', body });
  const text = await response.text();
  if (!response.ok) throw new Error(`predict answered ${response.status}: ${text.slice(0, 300)}`);
}

async function run(): Promise<BenchRow[]> {
  const name = `${N_ALERTS} alerts in one request, stages off, a CPU second`;
  if (!existsSync('/proc/self/stat')) {
    return [{ name, ours: null, peer: null, ratio: null, note: 'not measured: CPU time is read from /proc' }];
  }
  if (buildReason() !== undefined) await build();
  const former = process.env['FORMER'];
  const sides: Side[] = [];
  try {
    for (const project of [root, ...(former === undefined ? [] : [resolve(former)])]) {
      const side = await start(project);
      sides.push(side);
      for (let k = 0; k < WARM_UP; k++) await post(side.host, newBody());
    }
    for (let turn = 0; turn < TURNS; turn++) {
      for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
        const bodies = Array.from({ length: REQUESTS }, newBody);
        const before = cpuSecondsOf(side.host.pid!);
        for (const body of bodies) await post(side.host, body);
        side.cpuSeconds += cpuSecondsOf(side.host.pid!) - before;
      }
    }
  } finally {
    await Promise.all(sides.map(stop));
  }
  const [ours, theirs] = sides.map(({ cpuSeconds }) => (TURNS * REQUESTS * N_ALERTS) / cpuSeconds);
  return [
    {
      name,
      ours: ours!,
      peer: theirs ?? null,
      ratio: theirs === undefined ? null : ours! / theirs,
      unit: 'alerts/s',
      note:
        former === undefined ? 'not measured: no former build in FORMER' : 'the peer is the build in FORMER',
    },
  ];
}

export const suite: BenchSuite = { name: 'http-batch', run };
