import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { waitUntilHealthy } from '../../src/local/local-service.ts';

let server: Server;
afterEach(() => server.close());

async function answering(answers: readonly { status: number; body: unknown }[]): Promise<string> {
  let at = 0;
  server = createServer((_, response) => {
    const { status, body } = answers[Math.min(at++, answers.length - 1)]!;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('waits while the models are loading', async () => {
  const loading = { status: 503, body: { status: 'unhealthy', loading: 'models' } };
  const url = await answering([loading, loading, { status: 200, body: { status: 'ok' } }]);
  expect(await waitUntilHealthy(url, { timeoutMs: 60_000 })).toBe('ok');
});

it('does not wait for a service whose storage answers 500, and says what that storage was asked', async () => {
  const loading = { status: 503, body: { status: 'unhealthy' } };
  const fault = 'STORE_UNAVAILABLE: Cannot write models/x: storage is not available (it answered 500).';
  const details = { status: 503, body: { reasons: [fault, 'no model is loaded'] } };
  const url = await answering([loading, details]);
  await expect(
    waitUntilHealthy(url, { timeoutMs: 600_000, detailsEveryMs: 1, faultMs: 300 }),
  ).rejects.toThrow(
    /^The service cannot start: STORE_UNAVAILABLE: Cannot write models\/x: .*\(it answered 500\)\.$/,
  );
});

it('waits where storage answers again, or is slow', async () => {
  const loading = { status: 503, body: { status: 'unhealthy' } };
  const because = (why: string) => ({
    status: 503,
    body: { reasons: [`STORE_UNAVAILABLE: Cannot read head.json: storage is not available (${why}).`] },
  });
  const slow = Array.from({ length: 6 }, () => [loading, because('no answer in time')]).flat();
  const url = await answering([
    loading,
    because('it answered 503'),
    ...slow,
    { status: 200, body: { status: 'ok' } },
  ]);
  expect(await waitUntilHealthy(url, { timeoutMs: 60_000, detailsEveryMs: 1, faultMs: 300 })).toBe('ok');
});

it('does not wait for a service that fails on the question itself, and says why', async () => {
  const issues = [{ path: 'RETRAIN_AFTER', message: 'Expected a number.' }];
  const url = await answering([{ status: 500, body: { detail: 'Invalid app settings.', issues } }]);
  await expect(waitUntilHealthy(url, { timeoutMs: 600_000 })).rejects.toThrow(
    'The service cannot start: Invalid app settings.\n  RETRAIN_AFTER: Expected a number.',
  );
});
