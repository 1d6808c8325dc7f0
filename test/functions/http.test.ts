import { type app, HttpRequest, InvocationContext } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { integer } from '../../src/api/parameters.ts';
import { defineRoutes } from '../../src/api/route.ts';

const ROUTES = defineRoutes({
  made: {
    method: 'post',
    path: '/made/{thing}',
    role: 'operator',
    summary: 'Made for this test',
    description: 'Echoes what it was given.',
    params: { thing: 'Anything' },
    query: { limit: integer(1, 10, 'How many', 3) },
    body: z.object({ why: z.string().optional(), depth: z.object({ dry_run: z.boolean() }).optional() }),
    success: { status: 200, description: 'Echo.', schemas: [z.unknown()] },
    example: () => ({}),
  },
  looked: {
    method: 'get',
    path: '/looked',
    role: 'operator',
    summary: 'Looked at in this test',
    description: 'Says so.',
    success: { status: 200, description: 'Seen.', schemas: [z.unknown()] },
    example: () => ({}),
  },
});

type Registered = Parameters<typeof app.http>[1];

/** The GET route of the last registration. */
let looked: Registered;

/** Registers the made-up route in a fresh copy of functions/http.ts; gives the function that the host would call. */
async function register(authMode: 'key' | 'entra'): Promise<Registered> {
  vi.resetModules();
  vi.stubEnv('AUTH_MODE', authMode);
  vi.stubEnv('WEBSITE_AUTH_ENABLED', 'True');
  vi.stubEnv('AzureWebJobsStorage', 'UseDevelopmentStorage=true');
  const { app: fresh } = await import('@azure/functions');
  const http = vi
    .spyOn(fresh, 'http')
    .mockReset()
    .mockImplementation(() => {});
  const { json, registerRoutes } = await import('../../functions/http.ts');
  registerRoutes(ROUTES, {
    made: async ({ params, query, body }) => json({ thing: params.thing, limit: query.limit, body }),
    looked: async () => json({ seen: true }),
  });
  looked = http.mock.calls[1]![1] as Registered;
  return http.mock.calls[0]![1] as Registered;
}

const call = async (
  { handler }: Registered,
  {
    query = {},
    body,
    headers = {},
  }: { query?: Record<string, string> | string; body?: string; headers?: Record<string, string> } = {},
) => {
  const request = new HttpRequest({
    method: 'POST',
    url: `http://127.0.0.1/api/v1/ml/made/x${typeof query === 'string' ? query : ''}`,
    params: { thing: 'x' },
    ...(typeof query === 'string' ? {} : { query }),
    headers,
    ...(body === undefined ? {} : { body: { string: body } }),
  });
  const answer = (await handler(request, new InvocationContext({ logHandler: () => {} }))) as {
    status: number;
    body: string;
    headers: Record<string, string>;
  };
  return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
};

const principal = (...roles: string[]) => ({
  'x-ms-client-principal': Buffer.from(
    JSON.stringify({ claims: [{ typ: 'oid', val: 'o-1' }, ...roles.map((val) => ({ typ: 'roles', val }))] }),
  ).toString('base64'),
});

describe('a route, called as the host calls it', () => {
  let made: Registered;
  let guarded: Registered;
  beforeAll(async () => {
    made = await register('key');
    guarded = await register('entra');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('hands its handler the parameters and the body as the record reads them', async () => {
    expect(await call(made, { query: { limit: '7', code: 'the key' }, body: '{"why":"a"}' })).toMatchObject({
      status: 200,
      body: { thing: 'x', limit: 7, body: { why: 'a' } },
    });
    expect(await call(made)).toMatchObject({ status: 200, body: { limit: 3, body: {} } });
  });

  it('refuses an unknown query parameter by name, with the nearest known one', async () => {
    expect(await call(made, { query: { limt: '7' } })).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        code: 'REQUEST_INVALID',
        issues: [{ path: 'limt', message: 'Unknown query parameter; did you mean `limit`?' }],
      },
    });
  });

  it('refuses a query parameter that is given twice, for one of them would be ignored', async () => {
    expect(await call(made, { query: '?limit=7&limit=9' })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'limit', message: 'Expected one value, got 2.' }] },
    });
  });

  it('refuses a value outside its range, and says the range', async () => {
    expect(await call(made, { query: { limit: '11' } })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'limit', message: 'Expected an integer from 1 to 10.' }] },
    });
  });

  it('refuses unknown keys of the body and what does not fit, all at once', async () => {
    const { status, body } = await call(made, { body: '{"whi":"a","depth":{"dryRun":true}}' });
    expect(status).toBe(400);
    expect((body['issues'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'depth.dry_run',
      'whi',
      'depth.dryRun',
    ]);
  });

  it('refuses a body that is not JSON', async () => {
    expect(await call(made, { body: '{' })).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  });

  it('asks for the role of its record in Entra mode', async () => {
    expect(guarded.authLevel).toBe('anonymous');
    expect((await call(guarded)).status).toBe(401);
    expect((await call(guarded, { headers: principal('scorer', 'analyst') })).status).toBe(403);
    expect((await call(guarded, { headers: principal('operator') })).status).toBe(200);
  });

  it('answers HEAD where GET works, with the headers of the answer and no body', async () => {
    expect(looked.methods).toEqual(['GET', 'HEAD']);
    const request = new HttpRequest({
      method: 'HEAD',
      url: 'http://127.0.0.1/api/v1/ml/looked',
      headers: principal('operator'),
    });
    const head = await looked.handler(request, new InvocationContext({ logHandler: () => {} }));
    expect(head).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('application/json') },
    });
    expect(head).not.toHaveProperty('body');
  });

  it('asks for a key in key mode', () => {
    expect(made).toMatchObject({ route: 'v1/ml/made/{thing}', methods: ['POST'], authLevel: 'function' });
  });
});
