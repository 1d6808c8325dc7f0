import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdminRoutes, isAdminPath } from './admin-routes.ts';
import { type RpcHttpResponse, writeBufferedResponse } from './buffered-response.ts';
import { isAuthorized, type KeySet } from './function-keys.ts';
import type { FunctionsApp, LogSink } from './functions-app.ts';
import type { TypedData } from './functions-core.ts';
import { announcesTooMuch, BodyTooLargeError, MAX_BODY_BYTES, readBody } from './http-body.ts';
import type { AuthLevel, HttpRoutes, RouteMatch } from './http-routes.ts';
import { requestTarget } from './request-target.ts';
import { WorkerConnection } from './worker-connection.ts';

export interface FunctionsHttpServerOptions {
  readonly app: FunctionsApp;
  readonly routes: HttpRoutes;
  readonly admin: AdminRoutes;
  /** Absent: keys are not enforced, as with `func start`. */
  readonly keys: KeySet | undefined;
  /** Time after which an unanswered request is given up, in ms. Azure's front end allows 230,000. */
  readonly responseTimeoutMs: number;
  /** Whether `/` answers with nothing instead of the welcome page, as AzureWebJobsDisableHomepage says. */
  readonly isHomepageOff: boolean;
  /** Where `/` leads to instead. */
  readonly homePath: string | undefined;
  readonly log: LogSink;
}

/** Kestrel's limit on all headers of a request together: beyond it the answer is 431. */
const MAX_HEADER_BYTES = 32_768;
const WELCOME = '<!doctype html><title>Local host</title><p>Your functions are up and running.';
const PLAIN_HOST = /^[a-z0-9._~-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;

/** Serves the HTTP functions of an app on 127.0.0.1: routes, keys, limits and the way into the library. */
export class FunctionsHttpServer {
  readonly #server: Server;
  readonly #options: FunctionsHttpServerOptions;
  readonly #worker: WorkerConnection | undefined;
  #nInFlight = 0;
  #isStopping = false;
  #onIdle: (() => void) | undefined;

  constructor(options: FunctionsHttpServerOptions) {
    this.#options = options;
    // Kestrel keeps idle connections for 130 s; node's 5 s would cut connections that clients still hold as good.
    this.#server = createServer({ keepAliveTimeout: 130_000, maxHeaderSize: MAX_HEADER_BYTES }, (req, res) =>
      this.#onRequest(req, res),
    );
    const { streamPort } = options.app;
    this.#worker = streamPort === undefined ? undefined : new WorkerConnection(streamPort);
  }

  /** Listens on 127.0.0.1; `port` 0 takes a free one. Resolves with the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops accepting and waits for requests in flight, at most `timeoutMs`. Resolves with how many were cut off. */
  async stop(timeoutMs: number): Promise<number> {
    this.#isStopping = true;
    this.#server.close();
    this.#server.closeIdleConnections();
    if (this.#nInFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const nCut = this.#nInFlight;
    this.#server.closeAllConnections();
    this.#worker?.close();
    return nCut;
  }

  #onRequest(req: IncomingMessage, res: ServerResponse): void {
    this.#nInFlight++;
    if (this.#isStopping) res.shouldKeepAlive = false;
    const timer = setTimeout(() => this.#giveUp(req, res), this.#options.responseTimeoutMs);
    res.on('finish', () => cutUnlessSent(req));
    res.on('close', () => {
      clearTimeout(timer);
      this.#nInFlight--;
      if (!this.#isStopping) return;
      this.#server.closeIdleConnections();
      if (this.#nInFlight === 0) this.#onIdle?.();
    });
    this.#route(req, res);
  }

  #route(req: IncomingMessage, res: ServerResponse): void {
    const target = requestTarget(req.url ?? '');
    if (typeof target === 'number') {
      answer(res, target);
      return;
    }
    const { host } = req.headers;
    // HTTP/1.0 may come without a host; Azure's host stumbles over it.
    if (host === undefined || !PLAIN_HOST.test(host)) {
      answer(res, host === undefined ? 500 : 400);
      return;
    }
    req.url = target;
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    const method = req.method ?? 'GET';
    if (path === '/') {
      const { homePath } = this.#options;
      if (homePath !== undefined) res.writeHead(302, { location: homePath, 'content-length': 0 }).end();
      else if (this.#options.isHomepageOff) answer(res, 204);
      else res.writeHead(200, { 'content-type': 'text/html' }).end(WELCOME);
      return;
    }
    if (isAdminPath(path)) {
      if (!this.#allows(req, queryAt, 'admin', '')) answer(res, 401);
      else this.#options.admin.handle(req, res, method, path);
      return;
    }
    const match = this.#options.routes.match(method, path);
    if (match === undefined) {
      answer(res, 404);
      return;
    }
    if (!this.#allows(req, queryAt, match.route.authLevel, match.route.name)) {
      answer(res, 401);
      return;
    }
    if (announcesTooMuch(req, MAX_BODY_BYTES)) {
      res.shouldKeepAlive = false;
      answer(res, 500);
      return;
    }
    if (this.#worker === undefined) void this.#invokeBuffered(req, res, match, host);
    else this.#invokeStreaming(req, res, match, host);
  }

  #allows(req: IncomingMessage, queryAt: number, level: AuthLevel, functionName: string): boolean {
    const { keys } = this.#options;
    if (keys === undefined || level === 'anonymous') return true;
    const header = req.headers['x-functions-key'];
    let key = Array.isArray(header) ? header[0] : header;
    if (key === undefined && queryAt >= 0) {
      key = new URLSearchParams(req.url?.slice(queryAt + 1)).get('code') ?? undefined;
    }
    return isAuthorized(keys, level, functionName, key);
  }

  /**
   * Tells the functions of the invocation and sends the request on to the library's server, which joins the two. A
   * handler that throws leaves the request unanswered until the response timeout, as in Azure.
   */
  #invokeStreaming(req: IncomingMessage, res: ServerResponse, match: RouteMatch, host: string): void {
    const { app } = this.#options;
    const invocationId = randomUUID();
    const triggerMetadata: Record<string, TypedData> = { Headers: { json: JSON.stringify(req.headers) } };
    for (const name in match.params) triggerMetadata[name] = { string: match.params[name]! };
    const invocation = app.invoke(match.route.metadata, {
      invocationId,
      data: { http: {} },
      triggerMetadata,
      ...traceOf(req),
    });
    invocation.catch((error: unknown) => this.#logFailure(match, error));

    this.#worker?.forward(req, res, {
      headers: { 'x-ms-invocation-id': invocationId, 'x-forwarded-host': host, 'x-forwarded-proto': 'http' },
      maxBodyBytes: MAX_BODY_BYTES,
      onError: (error) => this.#logFailure(match, error),
    });
  }

  /** Reads the body first and writes the response last. A handler that throws answers 500 without a body. */
  async #invokeBuffered(
    req: IncomingMessage,
    res: ServerResponse,
    match: RouteMatch,
    host: string,
  ): Promise<void> {
    try {
      const body = await readBody(req, MAX_BODY_BYTES);
      const url = new URL(`http://${host}${req.url}`);
      const query: Record<string, string> = {};
      for (const [name, value] of url.searchParams) {
        query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
      }
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(req.headers)) {
        if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
      }
      const response = await this.#options.app.invoke(match.route.metadata, {
        invocationId: randomUUID(),
        data: {
          http: {
            method: req.method,
            url: url.href,
            headers,
            query,
            params: match.params,
            ...(body.length > 0 ? { body: { bytes: body } } : {}),
          },
        },
        triggerMetadata: {},
        ...traceOf(req),
      });
      writeBufferedResponse(res, response.returnValue?.http as RpcHttpResponse | undefined);
    } catch (error) {
      if (error instanceof BodyTooLargeError) {
        res.shouldKeepAlive = false;
        answer(res, 500);
        return;
      }
      this.#logFailure(match, error);
      if (!res.headersSent) answer(res, 500);
      else res.destroy();
    }
  }

  #logFailure(match: RouteMatch, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log(
      'error',
      'system',
      `Function \`${match.route.name}\` failed: ${text}`,
      match.route.name,
    );
  }

  #giveUp(req: IncomingMessage, res: ServerResponse): void {
    const { responseTimeoutMs, log } = this.#options;
    log('error', 'system', `${req.method} ${req.url} was not answered within ${responseTimeoutMs} ms.`);
    if (res.headersSent) res.destroy();
    else answer(res, 504);
  }
}

/** How long an answer of the host waits for the end of the body; Kestrel reads on for as long. */
const DRAIN_MS = 5_000;

/** Cuts the connection of a request that has its answer and whose body still does not end, as Kestrel does. */
function cutUnlessSent(req: IncomingMessage): void {
  if (req.complete) return;
  const timer = setTimeout(() => req.socket.destroy(), DRAIN_MS);
  req.once('close', () => clearTimeout(timer));
}

/** An answer of the host itself, once the body has been read away: only then can the connection go on. */
function answer(res: ServerResponse, status: number): void {
  const { req } = res;
  const send = (): void => {
    clearTimeout(timer);
    if (!res.headersSent) res.writeHead(status, { 'content-length': 0 }).end();
  };
  const timer = setTimeout(send, DRAIN_MS);
  const hasBody =
    req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
  if (!hasBody || req.complete || !res.shouldKeepAlive) send();
  else req.on('end', send).on('close', send).resume();
}

function traceOf(req: IncomingMessage): { traceParent?: string; traceState?: string } {
  const { traceparent, tracestate } = req.headers;
  if (typeof traceparent !== 'string') return {};
  return { traceParent: traceparent, ...(typeof tracestate === 'string' ? { traceState: tracestate } : {}) };
}
