import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionsApp, LogSink } from './functions-app.ts';
import { type FunctionMetadata, type TypedData, triggerOf } from './functions-core.ts';
import { BodyTooLargeError, MAX_BODY_BYTES } from './http-body.ts';

/** Whether a path belongs to the host itself rather than to a function. */
export const isAdminPath = (path: string): boolean => /^\/admin(\/|$)/i.test(path);

/**
 * The host's own routes: `GET /admin/host/status`, `GET /admin/host/ping`, `GET /admin/functions` and
 * `POST /admin/functions/NAME` with `{"input": "..."}`, which starts a timer or queue function and answers 202 at once.
 */
export class AdminRoutes {
  readonly #app: FunctionsApp;
  readonly #log: LogSink;
  readonly #startedAtMs: number;
  readonly #now: () => number;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(app: FunctionsApp, log: LogSink, now: () => number) {
    this.#app = app;
    this.#log = log;
    this.#now = now;
    this.#startedAtMs = now();
  }

  /** Invocations that were started here and still run. */
  get inFlight(): readonly Promise<void>[] {
    return [...this.#inFlight];
  }

  handle(req: IncomingMessage, res: ServerResponse, method: string, path: string): void {
    const parts = path.split('/').filter(Boolean).slice(1);
    const [area = '', name = ''] = parts;
    if (method === 'GET' && area.toLowerCase() === 'host' && name.toLowerCase() === 'status') {
      const processUptime = this.#now() - this.#startedAtMs;
      send(res, 200, { id: 'local-host', state: 'Running', version: '4.0.0', processUptime });
    } else if (area.toLowerCase() === 'host' && name.toLowerCase() === 'ping') {
      res.writeHead(200, { 'content-length': 0 }).end();
    } else if (method === 'GET' && area.toLowerCase() === 'functions' && parts.length === 1) {
      send(res, 200, this.#app.functions.map(describe));
    } else if (method === 'POST' && area.toLowerCase() === 'functions' && parts.length === 2) {
      void this.#start(req, res, name);
    } else {
      send(res, 404, { error: `Expected a route of the host, got ${method} ${path}.` });
    }
  }

  async #start(req: IncomingMessage, res: ServerResponse, name: string): Promise<void> {
    const metadata = this.#app.functions.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (metadata === undefined) {
      send(res, 404, { error: `Expected the name of a function, got ${name}.` });
      return;
    }
    const type = triggerOf(metadata).binding.type.toLowerCase();
    if (type !== 'timertrigger' && type !== 'queuetrigger') {
      send(res, 400, { error: `Expected a timer or queue function, got ${name} (${type}).` });
      return;
    }
    let input: string;
    try {
      input = await readInput(req);
    } catch (error) {
      const status = error instanceof BodyTooLargeError ? 413 : 400;
      send(res, status, { error: (error as Error).message });
      return;
    }
    const running = this.#invoke(metadata, type === 'timertrigger' ? manualTick() : { string: input });
    this.#inFlight.add(running);
    void running.finally(() => this.#inFlight.delete(running));
    res.writeHead(202, { 'content-length': 0 }).end();
  }

  async #invoke(metadata: FunctionMetadata, data: TypedData): Promise<void> {
    try {
      await this.#app.invoke(metadata, { invocationId: randomUUID(), data, triggerMetadata: {} });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log('error', 'system', `Function \`${metadata.name}\` failed: ${text}`, metadata.name);
    }
  }
}

const manualTick = (): TypedData => ({
  json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false }),
});

/** `{"input": ...}` of an admin request: a text as it is, anything else as JSON text; an empty body is an empty input. */
async function readInput(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let nBytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    nBytes += chunk.length;
    if (nBytes > MAX_BODY_BYTES)
      throw new BodyTooLargeError(`Expected a body of at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (text === '') return '';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new SyntaxError('Expected a JSON body like {"input": "..."}.');
  }
  if (typeof body !== 'object' || body === null) {
    throw new TypeError('Expected a JSON object like {"input": "..."}.');
  }
  const { input } = body as { input?: unknown };
  if (input === undefined || input === null) return '';
  return typeof input === 'string' ? input : JSON.stringify(input);
}

function describe(metadata: FunctionMetadata): unknown {
  return { name: metadata.name, config: { bindings: Object.values(metadata.bindings) } };
}

function send(res: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
}
