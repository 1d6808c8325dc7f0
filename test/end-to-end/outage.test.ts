import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { type Answer, call, eventually } from '../support/call-service.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';

const alerts = generateSyntheticAlerts(400, 31);
let location: string;
let azurite: Azurite;
let service: LocalTestService;

const start = (ports?: { blob: number; queue: number; table: number }): Promise<Azurite> =>
  startAzurite({ location, ...(ports ? { ports } : {}) });

beforeAll(async () => {
  location = mkdtempSync(join(tmpdir(), 'alertforest-outage-'));
  azurite = await start();
  service = await startLocalService({
    connectionString: azurite.connectionString,
    env: { HEAD_POLL_SECONDS: '0.5', STORAGE_TIMEOUT_SECONDS: '5', RETRAIN_AFTER: '100000' },
  });
});
afterAll(async () => {
  await service.stop();
  await azurite.stop();
  rmSync(location, { recursive: true, force: true });
});

const judge = (i: number): Promise<Answer> =>
  call(service.url, 'POST', '/feedback', {
    alert: alerts[i]?.alert,
    disposition: alerts[i]?.disposition,
    analyst: 'a',
  });

it('goes on scoring from memory while storage is away, loses nothing it acknowledged and recovers by itself', async () => {
  const { blobPort, queuePort, tablePort } = azurite;
  expect((await call(service.url, 'GET', '/health')).body).toEqual({ status: 'ok' });

  // Judgements and predictions keep coming from four callers while storage goes away and comes back.
  const acknowledged: number[] = [];
  const refusals: Answer[] = [];
  const predictions: number[] = [];
  let next = 0;
  let stopped = false;
  const caller = async (): Promise<void> => {
    while (!stopped && next < alerts.length) {
      const i = next++;
      const predicted = await call(service.url, 'POST', '/predict', alerts[i]?.alert);
      predictions.push(predicted.status);
      const answer = await judge(i);
      if (answer.status === 200) acknowledged.push(i);
      else refusals.push(answer);
      if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const callers = Array.from({ length: 4 }, caller);

  await eventually('a first few judgements', async () => acknowledged.length >= 20);
  await azurite.stop();
  await eventually('judgements refused', async () => refusals.length >= 4);
  await eventually('health that says degraded', async () => {
    const { status, body } = await call(service.url, 'GET', '/health');
    return status === 200 && body.status === 'degraded';
  });
  const details = await call(service.url, 'GET', '/health/details');
  expect(details.body).toMatchObject({ status: 'degraded', storage: { status: 'unavailable' } });

  azurite = await start({ blob: blobPort, queue: queuePort, table: tablePort });
  const nBefore = acknowledged.length;
  await eventually('judgements taken again', async () => acknowledged.length > nBefore + 5);
  stopped = true;
  await Promise.all(callers);
  await eventually('health that says ok', async () => {
    const { body } = await call(service.url, 'GET', '/health');
    return body.status === 'ok';
  });

  expect(new Set(predictions)).toEqual(new Set([200]));
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  // Sending an acknowledged judgement again finds it there.
  for (const i of acknowledged) {
    const again = await eventually('an answer', async () => {
      const answer = await judge(i);
      return answer.status === 200 && answer;
    });
    expect(again.body).toMatchObject({ duplicates: 1, accepted: 0 });
  }
});

it('serves the local copy when it starts without storage, and says so', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'alertforest-copy-'));
  const options = {
    connectionString: azurite.connectionString,
    stateDir,
    // what alerts before this one told is not in the local copy: the models alone are compared
    env: { HEAD_POLL_SECONDS: '0.5', STORAGE_TIMEOUT_SECONDS: '5', BEHAVIOR: 'off', CORRELATION: 'off' },
  };
  const first = await startLocalService(options);
  const before = await call(first.url, 'POST', '/predict', alerts[0]?.alert);
  await first.stop();
  const { blobPort, queuePort, tablePort } = azurite;
  await azurite.stop();

  const second = await startLocalService(options);
  const during = await call(second.url, 'POST', '/predict', alerts[0]?.alert);
  expect(during.status).toBe(200);
  expect(during.body.probabilities).toEqual(before.body.probabilities);
  expect(during.body.risk_score).toBe(before.body.risk_score);
  const { body } = await call(second.url, 'GET', '/health/details');
  expect(body).toMatchObject({ status: 'degraded', models: { classifier: { source: 'local_copy' } } });

  const empty = await startLocalService({
    ...options,
    stateDir: mkdtempSync(join(tmpdir(), 'alertforest-none-')),
    waitForModels: false,
  });
  const refused = await call(empty.url, 'POST', '/predict', alerts[0]?.alert);
  expect(refused).toMatchObject({ status: 503, body: { code: 'MODEL_NOT_READY' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await empty.stop();

  azurite = await start({ blob: blobPort, queue: queuePort, table: tablePort });
  await eventually('models from storage', async () => {
    const details = await call(second.url, 'GET', '/health/details');
    return details.body.models?.classifier?.source === 'storage' && details.body.status === 'ok';
  });
  await second.stop();
});
