import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AlertforestApiError,
  AlertforestClient,
  type RouteName,
} from '../../integrations/typescript/alertforest-client.ts';
import { generatedFiles } from '../../scripts/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

let server: Server;
let baseUrl: string;
let seen: Seen[];
let answers: Answer[];
let waits: number[];

beforeEach(async () => {
  seen = [];
  answers = [];
  waits = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    });
    const { status, headers = {}, body = {} } = answers.shift() ?? { status: 200 };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/ml`;
});
afterEach(() => new Promise((closed) => server.close(closed)));

const client = (
  credentials: ConstructorParameters<typeof AlertforestClient>[0]['credentials'] = { key: 'k1' },
) =>
  new AlertforestClient({
    baseUrl: `${baseUrl}/`,
    credentials,
    sleep: async (ms) => {
      waits.push(ms);
    },
  });

const problem = (status: number, code: string) => ({
  type: `urn:alertforest:error:${code.toLowerCase()}`,
  title: 'Error',
  status,
  code,
  detail: 'Expected something else.',
  request_id: 'r1',
});

/** The operation of the API that a request belongs to. */
function operationOf({ method, url }: Seen): string | undefined {
  const path = url.replace('/api/v1/ml', '').replace(/\?.*/, '');
  return Object.entries(ROUTES).find(
    ([, route]) =>
      route.method.toUpperCase() === method &&
      new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )?.[0];
}

describe('the TypeScript client', () => {
  it('calls operations that the service has, with the key of each function', async () => {
    const used: string[] = [];
    const each = client({
      key: (functionName) => {
        used.push(functionName);
        return `key of ${functionName}`;
      },
    });
    await each.predict({ id: 'a', title: 'b' });
    await each.predictMany([{ id: 'a', title: 'b' }]);
    await each.sendFeedback({ alert_id: 'a', disposition: 'benign' });
    await each.sendClosedRecord({ type: 'Microsoft.SecurityInsights/Incidents' });
    await each.health();
    await each.healthDetails();
    await each.versions();
    await each.versions('classifier');
    await each.activate('scorer', '1.2.0', 'regression');
    await each.unpin('scorer');
    await each.requestRetrain({ force: true });
    await each.retrainRuns();
    await each.retrainRun('run/1');
    expect(seen.map(operationOf)).toEqual(used);
    expect(seen.map(({ headers }) => headers['x-functions-key'])).toEqual(
      used.map((name) => `key of ${name}`),
    );
    expect(seen.at(-1)?.url).toMatch(/\/retrain\/run%2F1$/);
  });

  it('reaches every route by the name of its function, with keys as a map', async () => {
    const names = Object.keys(ROUTES) as RouteName[];
    const each = client({ key: Object.fromEntries(names.map((name) => [name, `key of ${name}`])) });
    for (const name of names) {
      const params = Object.fromEntries(Object.keys(ROUTES[name]!.params ?? {}).map((one) => [one, 'a b']));
      await each.call(name, { params, query: { limit: 2, left_out: undefined } });
    }
    expect(seen.map(operationOf)).toEqual(names);
    expect(seen.map(({ headers }) => headers['x-functions-key'])).toEqual(names.map((n) => `key of ${n}`));
    for (const { url } of seen) expect(url).toMatch(/\?limit=2$/);
    await expect(each.call('incident')).rejects.toThrow(/parameter id of incident/);
    await expect(client({ key: {} }).call('versions')).rejects.toThrow(/key for the function versions/);
    answers = [{ status: 204 }];
    expect(await each.call('meScorer')).toBeUndefined();
  });

  it('takes one key for each role, and one of a function before it', async () => {
    const each = client({ key: { scorer: 's', analyst: 'a', operator: 'o', versions: 'v' } });
    const names: RouteName[] = ['predict', 'feedback', 'retrain', 'versions', 'health'];
    for (const name of names) await each.call(name);
    expect(seen.map(({ headers }) => headers['x-functions-key'])).toEqual(['s', 'a', 'o', 'v', undefined]);
    await expect(client({ key: { scorer: 's' } }).call('retrain')).rejects.toThrow(/retrain or its role/);
  });

  it('sends the alert as it is and asks for reasons', async () => {
    answers = [{ status: 200, body: { alert_id: 'a', decision: 'review' } }];
    const verdict = await client().predict({ SystemAlertId: 'a', AlertName: 'b' }, { explain: 3 });
    expect(verdict.decision).toBe('review');
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/api/v1/ml/predict?explain=3',
      body: { SystemAlertId: 'a', AlertName: 'b' },
    });
    expect(seen[0]?.headers['content-type']).toBe('application/json');
  });

  it('sends a token and no key in Entra mode', async () => {
    await client({ token: async () => 't1' }).versions();
    expect(seen[0]?.headers['authorization']).toBe('Bearer t1');
    expect(seen[0]?.headers).not.toHaveProperty('x-functions-key');
  });

  it('waits as long as it is told and tries again', async () => {
    answers = [
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503 },
      { status: 503 },
      { status: 200, body: { accepted: 1 } },
    ];
    const result = await client().sendFeedback({ alert_id: 'a', disposition: 'benign' });
    expect(result.accepted).toBe(1);
    expect(waits).toEqual([7000, 1000, 2000]);
    expect(seen.every(({ body }) => JSON.stringify(body) === JSON.stringify(seen[0]?.body))).toBe(true);
  });

  it('gives up after the last try with what the service said', async () => {
    answers = Array.from({ length: 5 }, () => ({ status: 503, body: problem(503, 'STORE_UNAVAILABLE') }));
    await expect(client().versions()).rejects.toMatchObject({
      name: 'AlertforestApiError',
      status: 503,
      problem: { code: 'STORE_UNAVAILABLE' },
    });
    expect(seen).toHaveLength(5);
  });

  it('does not repeat what will not get better', async () => {
    answers = [{ status: 400, headers: { 'x-request-id': 'r9' }, body: problem(400, 'ALERT_INVALID') }];
    const failure = await client()
      .predict({})
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AlertforestApiError);
    expect(failure).toMatchObject({
      status: 400,
      requestId: 'r9',
      message: 'ALERT_INVALID: Expected something else.',
    });
    expect(seen).toHaveLength(1);
  });

  it('survives an error that is not from the service', async () => {
    answers = [{ status: 404, body: 'not here' }];
    await expect(client().versions()).rejects.toMatchObject({ status: 404, problem: undefined });
  });

  it('reports an unhealthy service instead of throwing', async () => {
    answers = [{ status: 503, body: { status: 'unhealthy' } }];
    expect(await client().health()).toEqual({ status: 'unhealthy' });
    expect(seen).toHaveLength(1);
  });

  it('fails with the cause when nobody answers', async () => {
    const nobody = new AlertforestClient({
      baseUrl: 'http://127.0.0.1:9/api/v1/ml',
      credentials: { key: 'k' },
      maxRetries: 1,
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    await expect(nobody.versions()).rejects.toThrow(/fetch failed/);
    expect(waits).toEqual([500]);
  });
});

describe('the types of the client', () => {
  it('are what the schemas generate', async () => {
    const path = 'integrations/typescript/alertforest-schema.ts';
    const text = (await generatedFiles())[path];
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
  });
});

describe('the snippets', () => {
  const readSnippet = (path: string): string =>
    readFileSync(new URL(`../../integrations/${path}`, import.meta.url), 'utf8');

  it('in Python call operations that the service has', () => {
    const calls = [
      ...readSnippet('python/alertforest_client.py').matchAll(/_send\("\w+", "(GET|POST)", f?"([^"]+)"/g),
    ];
    expect(calls.length).toBeGreaterThan(4);
    for (const [, method = '', path = ''] of calls) {
      const url = path.replace('{query}', '').replace(/\{\w+\}/g, 'classifier');
      expect(operationOf({ method, url, headers: {}, body: undefined })).toBeDefined();
    }
  });

  it('with curl call operations that the service has, and put no key into an address', () => {
    const text = readSnippet('curl/README.md');
    const calls = [...text.matchAll(/curl -sS "\$BASE(\/[\w/-]+)[^"]*"(.*?)(?:\n\n|\n```)/gs)];
    expect(calls).toHaveLength(4);
    for (const [, url = '', rest = ''] of calls) {
      const method = rest.includes('--data') ? 'POST' : 'GET';
      expect(operationOf({ method, url, headers: {}, body: undefined })).toBeDefined();
    }
    expect(text).not.toMatch(/[?&]code=/);
  });
});
