import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';

let proxy: FaultProxy;
let service: LocalTestService;
const alert = JSON.parse(readFileSync(new URL('../../src/api/sample-alert.json', import.meta.url), 'utf8'));

beforeAll(async () => {
  proxy = await startFaultProxy(inject('storage'));
  service = await startLocalService({
    connectionString: proxy.connectionString,
    env: { REQUEST_DEADLINE_SECONDS: '8', STORAGE_TIMEOUT_SECONDS: '60', RETRAIN_AFTER: '100000' },
    listen: false,
  });
});
afterAll(async () => {
  await service.stop();
  await proxy.stop();
});

/** Judges an alert that was never judged before, whatever else writes to the same emulator. */
const judge = (): Promise<Response> =>
  fetch(`${service.api}/feedback`, {
    method: 'POST',
    body: JSON.stringify([
      {
        alert: { ...alert, SystemAlertId: randomUUID(), VendorOriginalId: randomUUID() },
        disposition: 'false_positive',
        analyst: 'a',
      },
    ]),
  });
const accepted = async (): Promise<void> => {
  const response = await judge();
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 200,
    accepted: 1,
  });
};
// a transaction names its table in its body only
const isWrite = (method: string, path: string): boolean =>
  method !== 'GET' && /feedback|\$batch/i.test(decodeURIComponent(path));

describe('a store that hangs', () => {
  it('leaves no request open: 503 when the time is up, with what was done', async () => {
    const mend = proxy.break({
      matches: (method) => method !== 'GET',
      times: 1_000,
      fault: { kind: 'hang' },
    });
    const response = await judge();
    expect(response.status, await response.clone().text()).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await response.json()).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      done: expect.any(String),
      detail: expect.stringContaining('within 8 s'),
    });
    mend();
    expect((await fetch(`${service.api}/health`)).status).toBe(200);
    await accepted();
  });
});

describe('a call that fails', () => {
  it.each([
    ['with a status', { kind: 'status', status: 503 }],
    ['by a cut connection', { kind: 'reset' }],
    ['after it was done', { kind: 'lost-answer' }],
    ['late', { kind: 'delay', ms: 100 }],
  ] as const)('%s is tried again', async (_name, fault) => {
    const nBefore = proxy.calls.length;
    const mend = proxy.break({ matches: isWrite, from: 1, times: 1, fault });
    await accepted();
    mend();
    expect(proxy.calls.length).toBeGreaterThan(nBefore);
  });
});
