import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleCall } from '../../src/api/example-call.ts';
import recordedExamples from '../../src/api/recorded-examples.json' with { type: 'json' };
import type { Answers } from '../../src/api/route.ts';
import { ALL_ROUTES } from '../../src/api/routes.ts';
import { call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

// Nothing is ignored: every route of the registry refuses what it does not know, by name, before it does anything.

let service: IsolatedService;
beforeAll(async () => {
  service = await startIsolatedService();
});
afterAll(() => service?.stop());

const answers: Answers = Object.fromEntries(
  Object.entries(recordedExamples as Record<string, { response: unknown }>).map(([name, { response }]) => [
    name,
    response,
  ]),
);
const routes = Object.entries(ALL_ROUTES);
const withParameter = (path: string, name: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}${name}=1`;

interface Issue {
  readonly path: string;
  readonly message: string;
}

async function refusal(method: string, path: string, body?: unknown): Promise<readonly Issue[]> {
  const answer = await call(service.url, method, path, body);
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  });
  return answer.body.issues;
}

/** The value with one more key in each of its objects in turn, and where that key stands. */
function* withSurplus(value: unknown, path: readonly (string | number)[] = []): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [[...path, 'no_such_key'].join('.'), { ...value, no_such_key: 1 }];
  for (const [name, member] of Object.entries(value)) {
    for (const [place, changed] of withSurplus(member, [...path, name])) {
      const copy = Array.isArray(value) ? [...value] : { ...value };
      (copy as Record<string, unknown>)[name] = changed;
      yield [place, copy];
    }
  }
}

describe('a query parameter that a route does not know', () => {
  it.each(routes)('is refused by name: %s', async (_, route) => {
    const { method, path, body } = exampleCall(route, answers);
    const issues = await refusal(method, withParameter(path, 'no_such_parameter'), body);
    expect(issues).toMatchObject([{ path: 'no_such_parameter' }]);
    for (const known of Object.keys(route.query ?? {})) {
      const typed = `${known}${known.at(-1)}`;
      const [issue] = await refusal(method, withParameter(path, typed), body);
      expect(issue).toEqual({ path: typed, message: `Unknown query parameter; did you mean \`${known}\`?` });
    }
  });
});

describe('a key of a body in our own words that a route does not know', () => {
  const own = routes.filter(([, { body }]) => body !== undefined);

  it('has bodies to be tried on', () => expect(own.length).toBeGreaterThan(8));

  it.each(own)('is refused by name: %s', async (_, route) => {
    const { method, path, body } = exampleCall(route, answers);
    let nTried = 0;
    for (const [place, changed] of withSurplus(body)) {
      nTried++;
      const issues = await refusal(method, path, changed);
      expect(issues.map((issue) => issue.path)).toContain(place);
    }
    expect(nTried).toBeGreaterThan(0);
    for (const known of Object.keys(body as object)) {
      const { [known]: value, ...rest } = body as Record<string, unknown>;
      const typed = `${known}${known.at(-1)}`;
      const issues = await refusal(method, path, { ...rest, [typed]: value });
      expect(issues).toContainEqual({
        path: typed,
        message: expect.stringContaining(`did you mean \`${known}\`?`),
      });
    }
  });

  it('is refused in feedback as well, which also takes the records of vendors', async () => {
    const key = '0'.repeat(32);
    const answer = await call(service.url, 'POST', '/feedback', {
      alert_key: key,
      disposition: 'benign',
      analist: 'ana',
    });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.stringify(answer.body)).toContain('did you mean `analyst`?');
  });
});
