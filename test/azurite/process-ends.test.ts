import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFleetStore } from '../../src/store/azure/table-fleet-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { FLEET_TABLE } from '../../src/store/names.ts';
import { eventually } from '../support/call-service.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { startInstances } from '../support/instances.ts';
import { Caller, FAST_TRAINING } from '../support/learning-service.ts';
import type { LocalTestService } from '../support/local-service.ts';
import { ownAccount } from '../support/own-account.ts';
import { hangAt, killAt, wasTaken } from '../support/process-faults.ts';
import { drawSeed } from '../support/seed.ts';

// What is left of a functions process that ends: asked to by a signal, killed, or put aside in the middle of its work.

const sample = JSON.parse(readFileSync(new URL('../../src/api/sample-alert.json', import.meta.url), 'utf8'));
const MINUTE_MS = 60_000;
// The first clock runs ahead, the second behind, by at most what storage in Azure takes.
const { uniform } = drawSeed('process-ends', 1);
const clocksAheadMs = [uniform() * 14 * MINUTE_MS, -uniform() * 14 * MINUTE_MS] as const;
/** Which write of an artefact it is that a process does not survive. */
const nthArtefact = 1 + Math.floor(uniform() * 3);

const storage = ownAccount();
let proxy: FaultProxy;
/** Two instances whose clocks are far apart. */
let instances: LocalTestService[];

beforeAll(async () => {
  proxy = await startFaultProxy(storage);
  instances = await startInstances(
    {
      connectionString: proxy.connectionString,
      env: {
        ...FAST_TRAINING,
        RETRAIN_AFTER: '1000000',
        RETRAIN_AFTER_HOURLY: '1',
        FEEDBACK_RATE_PER_MINUTE: '1000000',
        HEAD_POLL_SECONDS: '1',
      },
      // a message of a function that failed is shown again after this; the platform's own pause is longer
      adjustHostJson: (hostJson) => ({
        ...hostJson,
        queues: { ...hostJson.queues, visibilityTimeoutMs: 1_000 },
      }),
    },
    [{ clockAheadMs: clocksAheadMs[0] }, { clockAheadMs: clocksAheadMs[1], listen: false }],
  );
});
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await proxy.stop();
});

const clients = () => createStorageClients({ connectionString: storage });
const livingNow = async (): Promise<string[]> =>
  (await new TableFleetStore(clients().table(FLEET_TABLE)).list(MINUTE_MS)).map(
    ({ instanceId }) => instanceId,
  );
const newAlert = () => ({ ...sample, SystemAlertId: randomUUID(), VendorOriginalId: randomUUID() });

/** Waits until the functions process has ended and the next one answers. */
async function untilRestarted(service: LocalTestService, nBefore: number): Promise<void> {
  await eventually('the functions to be started again', async () => service.nRestarts > nBefore);
  await eventually('health', async () => (await fetch(`${service.api}/health`)).ok);
}

async function judgeSome(service: LocalTestService, n = 3): Promise<void> {
  const judgements = Array.from({ length: n }, () => ({
    alert: newAlert(),
    disposition: 'false_positive',
    analyst: 'ann',
  }));
  const { status, body } = await new Caller(service.url).post('/feedback', judgements);
  expect({ status, accepted: body.accepted }).toEqual({ status: 200, accepted: n });
}

const askForRetrain = async (service: LocalTestService): Promise<string> =>
  (await new Caller(service.url).post('/retrain', { force: true, why: 'test' })).body.run_id;
const runOf = async (service: LocalTestService, run: string) =>
  (await new Caller(service.url).get(`/retrain/${run}`)).body;
/** Runs that came to an end of their own. */
const learned = async (service: LocalTestService): Promise<number> => {
  const { body } = await new Caller(service.url).get('/retrain');
  return body.runs.filter(({ state }: { state: string }) => ['promoted', 'refused'].includes(state)).length;
};
const tick = (service: LocalTestService): Promise<Response> =>
  fetch(`${service.url}/admin/functions/retrainHourly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

/** A write of an artefact: training is over, nothing is published. */
const artefact = {
  matches: (method: string, path: string): boolean => method === 'PUT' && path.includes('/ml-models/models/'),
  from: nthArtefact,
};

describe('a functions process that gets a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('loses nothing on %s and ends by itself', async (signal) => {
    const service = instances[0]!;
    const { pid, nRestarts } = service;
    const before = await eventually('both to be heard of', async () => {
      const living = await livingNow();
      return living.length === 2 && living;
    });
    const nAlerts = 12;
    const answers = Array.from({ length: nAlerts }, () =>
      fetch(`${service.api}/predict`, { method: 'POST', body: JSON.stringify(newAlert()) }),
    );
    await Promise.race(answers);
    process.kill(pid!, signal);
    const verdicts = await Promise.all(
      answers.map(async (answer) => {
        const response = await answer;
        expect(response.status).toBe(200);
        return (await response.json()) as { alert_key: string };
      }),
    );
    await eventually('the process to end', async () => service.pid !== pid);
    const log = new TablePredictionLog(clients());
    for (const { alert_key } of verdicts) expect(await log.find(alert_key)).toBeDefined();
    const stopped = service.lines.findLast((line) => line.includes('"event":"stopped"'));
    expect(stopped).toContain(`"signal":"${signal}","unfinished":0,"written":true`);
    await untilRestarted(service, nRestarts);
    // the one that ended has taken leave: one of those before is gone, though it was heard of a moment ago
    const after = await livingNow();
    expect(before.filter((instance) => !after.includes(instance))).toHaveLength(1);
  });
});

describe('a functions process that is killed while it trains', () => {
  it('is shown as failed at once, and the next hourly check does not wait for its lease', async () => {
    const [first, second] = instances as [LocalTestService, LocalTestService];
    await judgeSome(second);
    const { nRestarts } = first;
    const nLearned = await learned(second);
    const killed = killAt(proxy, first, artefact);
    const ticking = tick(first);
    const startedAtMs = await killed.then(() => performance.now());
    await ticking.catch(() => {});
    // asked of the other instance, whose clock is behind
    const failed = await eventually('the run to be shown as failed', async () => {
      const { body } = await new Caller(second.url).get('/retrain');
      return body.runs.find((run: { state: string; error: string | null }) =>
        run.error?.includes('The process stopped during'),
      );
    });
    const shownMs = performance.now() - startedAtMs;
    expect(failed.state).toBe('failed');
    expect((await tick(second)).ok).toBe(true);
    await eventually('the next check to have trained', async () => (await learned(second)) > nLearned);
    const recoveredMs = performance.now() - startedAtMs;
    expect(wasTaken(proxy, startedAtMs)).toBe(true);
    await untilRestarted(first, nRestarts);
    process.stderr.write(
      `killed while training: shown as failed after ${Math.round(shownMs)} ms, learned by the next check after ${Math.round(recoveredMs)} ms\n`,
    );
  });

  it('gets its queue message again and does the work', async () => {
    const [first, second] = instances as [LocalTestService, LocalTestService];
    await judgeSome(second);
    const killed = killAt(proxy, first, artefact);
    const run = await askForRetrain(second);
    await killed;
    const startedAtMs = performance.now();
    await eventually(
      'the run to be shown as failed',
      async () => (await runOf(second, run)).state === 'failed',
    );
    const done = await eventually('the request to be carried out', async () => {
      const body = await runOf(second, run);
      return ['promoted', 'refused'].includes(body.state) && body;
    });
    expect(done.run_id).toBe(run);
    expect(wasTaken(proxy, startedAtMs)).toBe(true);
    process.stderr.write(
      `killed with a queue message: done again after ${Math.round(performance.now() - startedAtMs)} ms\n`,
    );
  });
});

describe('a functions process that hangs while it trains', () => {
  it('keeps its lease, and its request is done once it goes on', async () => {
    const [first, second] = instances as [LocalTestService, LocalTestService];
    await judgeSome(second);
    const ticking = tick(first);
    const goOn = await hangAt(proxy, first, artefact);
    try {
      expect((await tick(second)).ok).toBe(true);
      const busy = await eventually('the other check to have looked', async () => {
        const { body } = await new Caller(second.url).get('/retrain');
        return body.runs.find((run: { state: string }) => run.state === 'busy');
      });
      expect(busy).toBeDefined();
    } finally {
      goOn();
    }
    await ticking;
    await eventually('the run that hung to end', async () => {
      const { body } = await new Caller(second.url).get('/retrain');
      return body.runs.every((run: { state: string }) => run.state !== 'running');
    });
  });
});
