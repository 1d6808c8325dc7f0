import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import {
  app,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import type { WireProblem } from '../src/api/verdict.ts';
import { AlertforestError, type ErrorCode } from '../src/errors.ts';
import { type Caller, callerOf, type Role, roleAllows } from './roles.ts';

/** Where every code becomes a status. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  ALERT_INVALID: 400,
  ALERT_TOO_LARGE: 413,
  ALERT_AMBIGUOUS: 409,
  ALERT_UNKNOWN: 404,
  FEEDBACK_INVALID: 400,
  REQUEST_INVALID: 400,
  REQUEST_TOO_LARGE: 413,
  BATCH_TOO_LARGE: 413,
  NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  CONFIG_INVALID: 500,
  MODEL_NOT_FOUND: 404,
  MODEL_NOT_READY: 503,
  MODEL_FORMAT_UNSUPPORTED: 503,
  MODEL_CORRUPT: 503,
  STORE_UNAVAILABLE: 503,
  STORE_CONFLICT: 409,
  STORE_CORRUPT: 500,
  TRAINING_FAILED: 500,
  INTERNAL: 500,
};

const TITLES: Readonly<Partial<Record<number, string>>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported encoding',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Temporarily unavailable',
};

export interface RouteContext {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly caller: Caller;
  readonly log: (event: string, fields: Record<string, unknown>) => void;
}

export interface Route {
  /** Function name. First match in alphabetical order wins, see docs/local-host.md. */
  readonly name: string;
  /** Below `/api/v1/ml/`. */
  readonly path: string;
  readonly methods: HttpMethod[];
  readonly role: Role;
  readonly handle: (context: RouteContext) => Promise<HttpResponseInit>;
}

/** How callers prove who they are. Read at registration, before any setting can be checked: it decides authLevel. */
const authMode = process.env['AUTH_MODE'] === 'entra' ? 'entra' : 'key';

/** Registers one HTTP function behind the wrapper that answers every request, whatever the handler does. */
export function registerRoute(route: Route): void {
  app.http(route.name, {
    route: `v1/ml/${route.path}`,
    methods: route.methods,
    authLevel: route.role === 'anonymous' || authMode === 'entra' ? 'anonymous' : 'function',
    handler: (request, invocation) => answer(route, request, invocation),
  });
}

async function answer(
  route: Route,
  request: HttpRequest,
  invocation: InvocationContext,
): Promise<HttpResponseInit> {
  const startedAtMs = performance.now();
  const requestId = requestIdOf(request);
  const log = (event: string, fields: Record<string, unknown>): void => {
    try {
      invocation.log(JSON.stringify({ event, requestId, ...fields }));
    } catch {
      // A log that cannot be written must not cost the caller an answer.
    }
  };
  let response: HttpResponseInit;
  try {
    const caller = callerOf(request.headers, authMode);
    if (!roleAllows(caller, route.role)) {
      throw caller.authenticated
        ? new AlertforestError('FORBIDDEN', `This route needs the app role ${route.role}.`)
        : new AlertforestError('UNAUTHENTICATED', 'This route needs a signed-in caller.');
    }
    response = (await route.handle({ request, requestId, caller, log })) ?? {};
  } catch (error) {
    response = problemResponse(error, requestId, log);
  }
  const status = response.status ?? 200;
  log('request', {
    function: route.name,
    status,
    durationMs: Math.round((performance.now() - startedAtMs) * 1000) / 1000,
  });
  return { ...response, status, headers: { ...response.headers, 'x-request-id': requestId } };
}

const SAFE_REQUEST_ID = /^[\w.:-]{1,128}$/;

function requestIdOf(request: HttpRequest): string {
  const given = request.headers.get('x-request-id');
  return given !== null && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** What went wrong, as RFC 9457 problem details. Unknown errors say nothing of themselves to the caller. */
export function problemOf(error: unknown, requestId: string): WireProblem & { retryAfterSeconds?: number } {
  const known =
    error instanceof AlertforestError
      ? error
      : new AlertforestError('INTERNAL', 'The service failed on this request; its log has the details.');
  const status = STATUS[known.code];
  return {
    type: `urn:alertforest:error:${known.code.toLowerCase()}`,
    title: TITLES[status] ?? 'Error',
    status,
    code: known.code,
    detail: known.message,
    request_id: requestId,
    ...(known.issues.length > 0
      ? { issues: known.issues.map(({ path, message }) => ({ path, message })) }
      : {}),
    ...known.details,
  };
}

function problemResponse(
  error: unknown,
  requestId: string,
  log: (event: string, fields: Record<string, unknown>) => void,
): HttpResponseInit {
  const problem = problemOf(error, requestId);
  if (problem.status >= 500) {
    log('error', { code: problem.code, message: String(error), stack: stackOf(error) });
  }
  const retryAfterSeconds =
    error instanceof AlertforestError
      ? (error.retryAfterSeconds ?? (problem.status === 503 ? 5 : problem.status === 429 ? 60 : undefined))
      : undefined;
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
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
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

const DECODERS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/**
 * The request body as text, decompressed as `content-encoding` says. Bytes are counted on the decompressed stream,
 * so that a small bomb is refused as early as a large body.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE beyond `maxBytes`, REQUEST_INVALID for an unknown encoding or bad bytes
 */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<string> {
  const tooLarge = (): AlertforestError =>
    new AlertforestError('REQUEST_TOO_LARGE', `Expected a body of at most ${maxBytes} bytes.`);
  const declared = Number(request.headers.get('content-length'));
  if (Number.isFinite(declared) && declared > maxBytes) throw tooLarge();
  if (request.body === null) return '';
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decoded(request.body as AsyncIterable<Uint8Array>, encoding)) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof AlertforestError) throw cause;
    throw new AlertforestError('REQUEST_INVALID', `The body cannot be read as ${encoding}.`, { cause });
  }
  const [only] = chunks;
  return (
    chunks.length === 1 && only !== undefined
      ? Buffer.from(only.buffer, only.byteOffset, only.length)
      : Buffer.concat(chunks)
  ).toString('utf8');
}

/** The bytes behind a content-encoding; a plain body goes through untouched, without the price of a Node stream. */
function decoded(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  if (encoding === 'identity' || encoding === '') return body;
  if (!(encoding in DECODERS)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected content-encoding gzip, deflate or br, got ${encoding}.`,
    );
  }
  const decoder = DECODERS[encoding as keyof typeof DECODERS]();
  const source = Readable.from(body);
  source.on('error', (error) => decoder.destroy(error));
  // Leaving the loop early destroys the decoder, and with it the source.
  decoder.on('close', () => source.destroy());
  return source.pipe(decoder);
}
