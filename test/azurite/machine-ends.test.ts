import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { RETRAIN_QUEUE } from '../../src/store/names.ts';
import { eventually } from '../support/call-service.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type HostProcess, startHostProcess } from '../support/host-process.ts';
import { Caller, FAST_TRAINING } from '../support/learning-service.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';
import { ownAccount } from '../support/own-account.ts';
import { killAllAt, wasTaken } from '../support/process-faults.ts';

// Host and functions die together in the middle of a retrain: on the machine of the instance that is left, which can
// ask the system, and on another one, of which only the heartbeat tells.

const sample = JSON.parse(readFileSync(new URL('../../src/api/sample-alert.json', import.meta.url), 'utf8'));
const RETRAIN_AFTER = 3;
/** A write of an artefact: training is over, nothing is published. */
const artefact = {
  matches: (method: string, path: string): boolean => method === 'PUT' && path.includes('/ml-models/models/'),
};
const env = {
  ...FAST_TRAINING,
  RETRAIN_AFTER: String(RETRAIN_AFTER),
  RETRAIN_AFTER_HOURLY: '1',
  FEEDBACK_RATE_PER_MINUTE: '1000000',
  HEAD_POLL_SECONDS: '1',
  HEARTBEAT_SECONDS: '1',
};

const storage = ownAccount();
let proxy: FaultProxy;
/** The one that is left; it takes no messages. */
let left: LocalTestService;
const hosts: HostProcess[] = [];

beforeAll(async () => {
  proxy = await startFaultProxy(storage);
  const { connectionString } = proxy;
  left = await startLocalService({ connectionString, env, listen: false });
  hosts.push(
    ...(await Promise.all([
      startHostProcess({ connectionString, env }),
      startHostProcess({ connectionString, env, listen: false, machine: 'another-machine' }),
    ])),
  );
});
afterAll(async () => {
  for (const host of hosts) host.killAll();
  await left.stop();
  await proxy.stop();
});

interface Run {
  readonly run_id: string;
  readonly state: string;
  readonly error: string | null;
}
const runs = async (): Promise<readonly Run[]> => (await new Caller(left.url).get('/retrain')).body.runs;
const withState = async (...states: string[]): Promise<Run[]> =>
  (await runs()).filter(({ state }) => states.includes(state));
/** The run that was cut, once it is shown as that. */
const cutRun = async (after: ReadonlySet<string>): Promise<Run | undefined> =>
  (await runs()).find(
    ({ run_id, error }) => !after.has(run_id) && error?.includes('The process stopped during'),
  );
const idsNow = async (): Promise<Set<string>> => new Set((await runs()).map(({ run_id }) => run_id));

async function judge(n: number): Promise<void> {
  const judgements = Array.from({ length: n }, () => ({
    alert: { ...sample, SystemAlertId: randomUUID(), VendorOriginalId: randomUUID() },
    disposition: 'false_positive',
    analyst: 'ann',
  }));
  const { status, body } = await new Caller(left.url).post('/feedback', judgements);
  expect({ status, accepted: body.accepted }).toEqual({ status: 200, accepted: n });
}

const invoke = (url: string, name: string, body: object): Promise<Response> =>
  fetch(`${url}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const tick = (url: string): Promise<Response> => invoke(url, 'retrainHourly', {});

const tell = (what: string, shownMs: number, learnedMs: number): void => {
  process.stderr.write(
    `${what}: shown as failed after ${Math.round(shownMs)} ms, learned by a check after ${Math.round(learnedMs)} ms\n`,
  );
};

describe('host and functions that are killed together', () => {
  it('leave a message hidden for long, for which the next hourly check does not wait', async () => {
    const before = await idsNow();
    const queue = await createStorageClients({ connectionString: storage }).queue(RETRAIN_QUEUE);
    const killed = killAllAt(proxy, hosts[0]!, artefact);
    // enough for a message to be sent and taken
    await judge(RETRAIN_AFTER);
    await killed;
    const startedAtMs = performance.now();
    await eventually('the run to be shown as failed', () => cutRun(before));
    const shownMs = performance.now() - startedAtMs;
    const nLearned = (await withState('promoted', 'refused')).length;
    expect((await tick(left.url)).ok).toBe(true);
    await eventually(
      'the check to have trained',
      async () => (await withState('promoted', 'refused')).length > nLearned,
    );
    const learnedMs = performance.now() - startedAtMs;
    expect(wasTaken(proxy, startedAtMs)).toBe(true);
    // the message is there, and nobody can take it
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
    expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
    tell('host and functions killed', shownMs, learnedMs);
    // when it comes at last, there is nothing left to do
    const message = JSON.stringify({ reason: 'feedback', at: new Date().toISOString() });
    expect((await invoke(left.url, 'retrainRequested', { input: message })).ok).toBe(true);
    await eventually('the message to be done', async () => (await withState('below')).length === 1);
  });
});

describe('a machine that is gone', () => {
  it('is dead once three of its beats are missing, and the next hourly check learns at once', async () => {
    const before = await idsNow();
    const killed = killAllAt(proxy, hosts[1]!, artefact);
    await judge(1);
    await tick(hosts[1]!.url);
    await killed;
    const startedAtMs = performance.now();
    await eventually('the run to be shown as failed', () => cutRun(before));
    const shownMs = performance.now() - startedAtMs;
    const nLearned = (await withState('promoted', 'refused')).length;
    expect((await tick(left.url)).ok).toBe(true);
    await eventually(
      'the check to have trained',
      async () => (await withState('promoted', 'refused')).length > nLearned,
    );
    const learnedMs = performance.now() - startedAtMs;
    expect(wasTaken(proxy, startedAtMs)).toBe(true);
    tell('machine gone', shownMs, learnedMs);
  });
});
