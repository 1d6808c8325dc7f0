import { randomUUID } from 'node:crypto';
import {
  app,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import { unknownName } from '../src/api/known-names.ts';
import { readOwnWords } from '../src/api/own-words.ts';
import { problemOf, retryAfterSeconds } from '../src/api/problem.ts';
import { Progress } from '../src/api/progress.ts';
import type { BodyOf, ParamsOf, QueryOf, Route, RouteGroup } from '../src/api/route.ts';
import { DEFAULT_DEADLINE_SECONDS } from '../src/config.ts';
import { AlertforestError, type InputIssue, inputIssues } from '../src/errors.ts';
import { IncomingBody } from './body.ts';
import { withDeadline } from './deadline.ts';
import { withEtag } from './not-modified.ts';
import { authModeOf, type Caller, callerOf, roleAllows } from './roles.ts';
import { refuseForeignOrigin } from './same-origin.ts';
import { existingServices, services } from './services.ts';

/** What a handler gets; path parameters, query and body have been read and checked as the route's record says. */
export interface RouteContext<R> {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly caller: Caller;
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  /** The body itself, for a route that reads it as it arrives. */
  readonly incoming: IncomingBody;
  /** In our own words: parsed. A payload: its bytes. */
  readonly body: BodyOf<R>;
  /** Told how far the work has come, for the answer when the time is up. */
  readonly progress: Progress;
  readonly log: Log;
}
type Log = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** A handler for each route of a group; one that is missing does not compile. */
export type Handlers<Group extends RouteGroup> = {
  readonly [Name in keyof Group]: (context: RouteContext<Group[Name]>) => Promise<HttpResponseInit>;
};

/** Any handler, once its record is no longer known by type. */
type Handle = (
  context: Omit<RouteContext<unknown>, 'body'> & { readonly body: unknown },
) => Promise<HttpResponseInit>;

/** How callers prove who they are. Read at registration, before any setting can be checked: it decides authLevel. */
const authMode = authModeOf(process.env);

/** Query parameters of the platform, which are not ours to refuse: a function key may come as `code`. */
const PLATFORM_PARAMETERS = new Set(['code']);

/**
 * Registers one HTTP function for each route of a group, behind a wrapper that answers every request whatever the
 * handler does. The name of the route is the name of the function: first match in alphabetical order wins, see
 * docs/local-host.md.
 */
export function registerRoutes<Group extends RouteGroup>(group: Group, handlers: Handlers<Group>): void {
  for (const [name, route] of Object.entries(group)) {
    const handle = handlers[name] as Handle;
    app.http(name, {
      route: `v1/ml${route.path}`,
      // A check asks with HEAD what it would get.
      methods: route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase() as HttpMethod],
      authLevel: route.role === 'anonymous' || authMode === 'entra' ? 'anonymous' : 'function',
      handler: (request, invocation) => answer(name, route, handle, request, invocation),
    });
  }
}

async function answer(
  name: string,
  route: Route,
  handle: Handle,
  request: HttpRequest,
  invocation: InvocationContext,
): Promise<HttpResponseInit> {
  const startedAtMs = performance.now();
  const requestId = requestIdOf(request);
  const log: Log = (event, fields) => {
    try {
      invocation.log(JSON.stringify({ event, requestId, ...fields }));
    } catch {
      // A log that cannot be written must not cost the caller an answer.
    }
  };
  const incoming = new IncomingBody(request);
  const progress = new Progress();
  const run = async (): Promise<HttpResponseInit> => {
    const caller = callerOf(request.headers, authMode);
    // with a key the browser sends nothing by itself
    if (authMode === 'entra' && route.role !== 'anonymous')
      refuseForeignOrigin(request.method, request.url, request.headers);
    if (!roleAllows(caller, route.role)) {
      throw caller.authenticated
        ? new AlertforestError('FORBIDDEN', `This route needs the app role ${route.role}.`)
        : new AlertforestError(
            'UNAUTHENTICATED',
            authMode === 'closed'
              ? 'AUTH_MODE is entra, and the platform does not say that Easy Auth is on: nobody is let in.'
              : 'This route needs a signed-in caller.',
          );
    }
    const query = readQuery(route, request.query);
    const body = await readRouteBody(route, incoming);
    const { params } = request;
    const answered =
      (await handle({ request, requestId, caller, params, query, incoming, body, progress, log })) ?? {};
    return route.polled === undefined
      ? answered
      : withEtag(answered, route.polled, request.headers.get('if-none-match'));
  };
  let response: HttpResponseInit;
  try {
    response = await withDeadline(deadlineSeconds(), progress, run);
  } catch (error) {
    response = problemResponse(error, requestId, log);
  }
  await incoming.drained();
  const status = response.status ?? 200;
  log('request', {
    function: name,
    status,
    durationMs: Math.round((performance.now() - startedAtMs) * 1000) / 1000,
  });
  const headers = { ...response.headers, 'x-request-id': requestId };
  // The headers of the answer without the answer.
  return request.method === 'HEAD' ? { status, headers } : { ...response, status, headers };
}

const SAFE_REQUEST_ID = /^[\w.:-]{1,128}$/;

function requestIdOf(request: HttpRequest): string {
  const given = request.headers.get('x-request-id');
  return given !== null && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** @throws AlertforestError REQUEST_INVALID that names every parameter which does not fit or is not known */
function readQuery({ query: schemas = {} }: Route, given: URLSearchParams): Record<string, unknown> {
  const names = Object.keys(schemas);
  const issues: InputIssue[] = [...new Set(given.keys())]
    .filter((name) => !Object.hasOwn(schemas, name) && !PLATFORM_PARAMETERS.has(name))
    .map((name) => unknownName(name, 'query parameter', names));
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const { length } = given.getAll(name);
    if (length > 1) issues.push({ path: name, message: `Expected one value, got ${length}.` });
    const parsed = schemas[name]!.safeParse(given.get(name) ?? undefined);
    if (parsed.success) values[name] = parsed.data;
    else issues.push(...inputIssues(parsed.error, name));
  }
  if (issues.length === 0) return values;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `The query does not fit this route: ${issues.map(({ path, message }) => `${path}: ${message}`).join(' ')}`,
    { issues },
  );
}

async function readRouteBody({ body, payload }: Route, incoming: IncomingBody): Promise<unknown> {
  if (payload !== undefined) return incoming.read(services().settings.MAX_REQUEST_BYTES);
  if (body === undefined) return undefined;
  return readOwnWords(await incoming.read(services().settings.MAX_ALERT_BYTES), body);
}

/** Known as soon as the settings are; a wrong setting must not keep its own answer from the caller. */
function deadlineSeconds(): number {
  return existingServices()?.settings.REQUEST_DEADLINE_SECONDS ?? DEFAULT_DEADLINE_SECONDS;
}

function problemResponse(error: unknown, requestId: string, log: Log): HttpResponseInit {
  const problem = problemOf(error, requestId);
  if (problem.status >= 500) {
    log('error', { code: problem.code, message: String(error), stack: stackOf(error) });
  }
  const retryAfter = retryAfterSeconds(error);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
    body: JSON.stringify(problem),
  };
}

function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.cause instanceof Error ? `${error.stack}\ncaused by ${error.cause.stack}` : error.stack;
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): HttpResponseInit {
  return { ...jsonText(JSON.stringify(body)), status, headers: { ...JSON_HEADERS, ...headers } };
}

/** An answer whose JSON is there already. */
export const jsonText = (body: string | Uint8Array): HttpResponseInit => ({
  status: 200,
  headers: JSON_HEADERS,
  body: typeof body === 'string' ? body : streamOf(body),
});

/** Bytes that a response hands on as they are: it would copy them twice. Streams live until the whole heap is collected, these do not. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let rest: Uint8Array | undefined = bytes;
  return new ReadableStream({
    pull(controller) {
      if (rest !== undefined) controller.enqueue(rest);
      rest = undefined;
      controller.close();
    },
  });
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
