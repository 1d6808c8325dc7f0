import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { BodyTooLargeError, countBody } from './http-body.ts';

/** Headers that belong to one connection and are not passed on. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ForwardOptions {
  /** Headers that replace the caller's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Largest body in bytes; a larger one answers 500 without a body, as Azure's host does. */
  readonly maxBodyBytes: number;
  readonly onError: (error: Error) => void;
}

/**
 * Sends requests on to the HTTP server of the functions library, as Azure's host does: over connections that are kept
 * and used again, bodies streamed both ways. A body that the functions leave unread therefore holds up the connection
 * here as it does there.
 */
export class WorkerConnection {
  readonly #port: number;
  // Every request finds a connection: the newest idle one, else a new one.
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 256, scheduling: 'lifo' });

  constructor(port: number) {
    this.#port = port;
  }

  forward(req: IncomingMessage, res: ServerResponse, options: ForwardOptions): void {
    const { headers, maxBodyBytes, onError } = options;
    const hasBody =
      req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
    const sent = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method: req.method,
      path: req.url,
      headers: { ...passedOn(req.headers), ...headers },
    });
    const fail = (error: Error): void => {
      sent.destroy();
      onError(error);
      if (res.headersSent) res.destroy();
      else if (!res.closed)
        res.writeHead(error instanceof BodyTooLargeError ? 500 : 502, { 'content-length': 0 }).end();
    };
    sent.on('response', (answer) => {
      const { 'x-ms-invocation-id': _, ...given } = answer.headers;
      if (!res.headersSent) res.writeHead(answer.statusCode ?? 502, passedOn(given));
      answer.on('error', fail);
      answer.pipe(res);
    });
    sent.on('error', (error) => {
      if (res.writableEnded) return;
      // The worker closed an idle connection while this request was on its way into it: another one is asked. What has a
      // body, or may have done something, is not sent twice.
      const isStale = sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (isStale && !hasBody && req.method === 'GET' && !res.headersSent && !res.closed)
        this.forward(req, res, options);
      else fail(error);
    });
    // A caller who has gone takes the request with them.
    res.on('close', () => {
      if (!res.writableFinished) sent.destroy();
    });
    if (!hasBody) {
      sent.end();
      return;
    }
    sent.flushHeaders();
    countBody(req, maxBodyBytes, fail);
    req.on('error', () => sent.destroy());
    req.pipe(sent);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function passedOn(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_THE_CONNECTION.has(name)) kept[name] = value;
  }
  return kept;
}
