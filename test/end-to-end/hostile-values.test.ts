import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import document from '../../docs/openapi.json' with { type: 'json' };
import { exampleCall } from '../../src/api/example-call.ts';
import recordedExamples from '../../src/api/recorded-examples.json' with { type: 'json' };
import type { Answers, Route } from '../../src/api/route.ts';
import { ALL_ROUTES } from '../../src/api/routes.ts';
import { API, call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { FAST_TRAINING } from '../support/learning-service.ts';

// Whatever stands in a path, a query, a header or a body: no operation of the OpenAPI document answers 500, and one that
// refuses names what it refuses. Values are dealt in turn, not drawn: each run tries the same.

const N_AT_ONCE = 12;
/** Two changes of one thing at once are a conflict, and none of these is about that. */
const nAtOnce = ({ method }: Pick<Try, 'method'>): number => (method === 'PUT' ? 1 : N_AT_ONCE);
const LONG = 'x'.repeat(20_000);

/** Words that are properties of every object, numbers that are none, text that breaks out of what it is put into. */
const WORDS = [
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'null', 'undefined', 'NaN'],
  ...['-1', '0', '1e400', '-1e-400', '0x10', '9007199254740993', '99999999999999999999999999', '1.5', '٣'],
  ...['', ' ', '\0', 'a\0b', '\u202e', '\ud83d\ude00', '%', '%00', '../../head.json', '/', '\\', '.', '..'],
  ...[
    "' or 1 eq 1",
    '"',
    '[1,2]',
    '{"a":1}',
    '<script>',
    '|',
    '~',
    '2026-13-45T99:99:99Z',
    'x'.repeat(2_000),
  ],
  ...['+275760-09-13T00:00:00.001Z', '-000001-01-01T00:00:00Z', '2026-03-01T09:00:00+99:00'],
];
/** JSON texts in the place of a value. */
const VALUES = [
  ...['null', 'true', 'false', '-1', '0', '1.5', '1e400', '-1e400', '9007199254740993', '1e-320'],
  ...['""', '" "', '"\\u0000"', '"\\ud800"', '"constructor"', '"__proto__"', '"-1"', '"../../head.json"'],
  ...['[]', '{}', '[[]]', '[null]', '[1,"a",{}]', '{"__proto__":1}', '{"constructor":{"prototype":1}}'],
  ...[
    '{"length":4294967296}',
    `"${LONG}"`,
    '[0,0,0,0,0,0,0,0]',
    '"2026-13-45T99:99:99Z"',
    '{"toString":null}',
  ],
];
/** Bodies that are no JSON, or not what JSON bodies are. */
const BODIES = [
  '',
  ' ',
  '\0',
  '\ufeff',
  '{',
  '[',
  '"',
  'nul',
  '{"a":1}{',
  `${'['.repeat(5_000)}`,
  '{"a":1,}',
  'a,b\n1',
];
/** Header -> values besides the words. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'If-None-Match': ['*', 'W/"', '"a", "b"', '""'],
  accept: ['application/xml', '*/*;q=nonsense', 'text/html;q=-1', ';', ','],
  'content-type': ['text/xml', 'application/json; charset=utf-7', 'multipart/form-data', '/', ';'],
  'content-encoding': ['gzip', 'br', 'deflate, gzip, br', 'zstd', 'constructor'],
  'x-request-id': [],
  traceparent: ['00-0-0-00', 'ff'],
  'x-alertforest-tenant': [],
  'x-ms-client-principal': ['e30=', 'bnVsbA==', 'W10='],
};

/** Every `nth` of the values, another share for each that asks: over all operations each value has its turn. */
function dealer(nth: number): <Value>(values: readonly Value[]) => Value[] {
  let turn = 0;
  return (values) => {
    const from = turn++ % nth;
    return values.filter((_, i) => i % nth === from);
  };
}
const ofParameter = dealer(2);
const ofHeader = dealer(24);
const ofWhole = dealer(2);
const ofMember = dealer(8);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What is tried, and what has to be named where it is refused. */
interface Try {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Path of the field; '' is the whole body, or a header. */
  readonly field: string;
}

const answers: Answers = Object.fromEntries(
  Object.entries(recordedExamples as Record<string, { response: unknown }>).map(([name, { response }]) => [
    name,
    response,
  ]),
);

interface Operation {
  readonly name: string;
  readonly route: Route;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly hasBody: boolean;
}

/** Every operation of the document, with the route that answers it. */
const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(
    methods as Record<string, { parameters?: Operation['parameters']; requestBody?: object }>,
  ).map(([method, { parameters = [], requestBody }]) => {
    const found = Object.entries(ALL_ROUTES).find(
      ([, route]) => route.path === path && route.method === method,
    );
    if (found === undefined) throw new Error(`Expected a route for ${method} ${path}.`);
    const [name, route] = found;
    return { name, route, parameters, hasBody: requestBody !== undefined };
  }),
);

let service: IsolatedService;
beforeAll(async () => {
  // nothing that is asked for here is done behind its back
  service = await startIsolatedService({
    listen: false,
    env: { ...FAST_TRAINING, FEEDBACK_RATE_PER_MINUTE: '1000000' },
  });
  for (const name of ['predict', 'feedback'] as const) {
    const { method, path, body } = exampleCall(ALL_ROUTES[name] as Route, answers);
    expect((await call(service.url, method, path, body)).status).toBe(200);
  }
});
afterAll(() => service?.stop());

/** On a bare request: fetch refuses, mends or adds what is meant to arrive as it is. */
function send({ method, path, headers, body }: Try): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL(service.url);
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const sent = request(
      {
        ...{ host: url.hostname, port: url.port, method, path: API + path },
        headers: {
          ...(bytes === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': bytes.length }),
          ...headers,
        },
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** What is wrong with an answer; undefined where nothing is. */
function complaintOf({ what, field }: Try, { status, text }: Answer): string | undefined {
  const said = `${what}: ${status} ${text.slice(0, 300)}`;
  if (status >= 500 || status === 0) return said;
  if (status < 400) return undefined;
  let problem: { code?: string; detail?: string; issues?: { path: string; message: string }[] };
  try {
    problem = JSON.parse(text);
  } catch {
    return said;
  }
  if (typeof problem.code !== 'string' || typeof problem.detail !== 'string') return said;
  const isNamed = (problem.issues ?? []).some(
    ({ path }) =>
      path === field || path.startsWith(`${field}.`) || (path !== '' && field.startsWith(`${path}.`)),
  );
  // what is not known, too large or of the wrong kind as a whole is what the sentence is about
  const isWhole = field === '' || status === 404 || status === 413;
  return isNamed || isWhole ? undefined : said;
}

async function complaintsOf(tries: readonly Try[]): Promise<string[]> {
  const complaints: string[] = [];
  const queue = tries[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      const complaint = complaintOf(one, await send(one));
      if (complaint !== undefined) complaints.push(complaint);
    }
  };
  const [first] = tries;
  await Promise.all(Array.from({ length: first === undefined ? 0 : nAtOnce(first) }, worker));
  return complaints;
}

/** The example of a route with one of its parts changed. */
function example({ route }: Operation): Omit<Try, 'what' | 'field'> & { readonly value: unknown } {
  const { method, path, body } = exampleCall(route, answers);
  return {
    method,
    path,
    headers: {},
    body: body === undefined ? undefined : JSON.stringify(body),
    value: body,
  };
}

const withQuery = (path: string, name: string, values: readonly string[]): string => {
  const [bare = '', query = ''] = path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete(name);
  for (const value of values) parameters.append(name, value);
  return `${bare}?${parameters}`;
};

function parameterTries(operation: Operation): Try[] {
  const { name, route, parameters } = operation;
  const { params = {} } = route.example(answers);
  const { value: _, ...sound } = example(operation);
  return parameters.flatMap((parameter) => {
    const field = parameter.name;
    if (parameter.in === 'query') {
      return [...ofParameter(WORDS).map((word) => [word]), ['1', '2'], ['', '']].map((values) => ({
        ...sound,
        ...{ what: `${name} ?${field}=${JSON.stringify(values).slice(0, 80)}`, field },
        path: withQuery(sound.path, field, values),
      }));
    }
    if (parameter.in !== 'path') return [];
    // an empty one is another path, and a NUL in a path is refused by the web server, here as on the platform
    const possible = WORDS.filter((word) => !['', '.', '..'].includes(word) && !word.includes('\0'));
    return ofParameter(possible).map((word) => ({
      ...sound,
      ...{ what: `${name} {${field}}=${JSON.stringify(word).slice(0, 80)}`, field },
      path: route.path.replace(/\{(\w+)\}/g, (_, one: string) =>
        encodeURIComponent(one === field ? word : (params[one] ?? '')),
      ),
    }));
  });
}

function headerTries(operation: Operation): Try[] {
  const { value: _, ...sound } = example(operation);
  // a header is bytes without an end of a line; the others a client cannot send
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const sendable = WORDS.filter((word) => /^[^\u0000-\u001f\u007f\u0100-\uffff]*$/.test(word));
  return Object.entries(HEADERS).flatMap(([header, values]) =>
    ofHeader([...values, ...sendable]).map((value) => ({
      ...sound,
      what: `${operation.name} ${header}: ${value.slice(0, 60)}`,
      field: '',
      headers: { [header]: value },
    })),
  );
}

const MARK = '"\u2400here\u2400"';

/** The example body with each of its members in turn marked, and the path of that member. */
function* marked(value: unknown, path: readonly (string | number)[] = []): Generator<[string, string]> {
  function* of(
    current: unknown,
    at: readonly (string | number)[],
    put: (changed: unknown) => unknown,
  ): Generator<[string, string]> {
    if (at.length > 0) yield [at.join('.'), JSON.stringify(put(JSON.parse(MARK)))];
    if (typeof current !== 'object' || current === null) return;
    for (const [name, member] of Object.entries(current)) {
      yield* of(member, [...at, name], (changed) => {
        const copy = Array.isArray(current) ? [...current] : { ...current };
        (copy as Record<string, unknown>)[name] = changed;
        return put(copy);
      });
    }
  }
  yield* of(value, path, (changed) => changed);
}

function bodyTries(operation: Operation): Try[] {
  const { value, ...sound } = example(operation);
  const { name } = operation;
  const whole = ofWhole([...VALUES, ...BODIES]).map((body) => ({
    ...sound,
    ...{ what: `${name} body ${JSON.stringify(body).slice(0, 80)}`, body, field: '' },
  }));
  const members = [...marked(value)].flatMap(([field, body]) =>
    ofMember(VALUES).map((text) => ({
      ...sound,
      what: `${name} body.${field}=${text.slice(0, 80)}`,
      body: body.replace(MARK, () => text),
      // what a vendor or a feed has written is refused as a whole
      field: operation.route.body === undefined ? '' : field,
    })),
  );
  return [...whole, ...members];
}

describe('hostile values', () => {
  it('are tried on every operation of the document', () => {
    expect(OPERATIONS.length).toBeGreaterThan(45);
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length);
  });

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'end in no 500, and what is refused is named: %s',
    async (_, operation) => {
      const tries = [
        ...parameterTries(operation),
        ...headerTries(operation),
        ...(operation.hasBody ? bodyTries(operation) : []),
      ];
      expect(await complaintsOf(tries)).toEqual([]);
    },
  );

  it('leave the service as well as it was', async () => {
    const { method, path, body } = exampleCall(ALL_ROUTES['predict'] as Route, answers);
    expect((await call(service.url, method, path, body)).status).toBe(200);
    expect((await call(service.url, 'GET', '/health')).body).toEqual({ status: 'ok' });
  });
});
