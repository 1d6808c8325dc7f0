import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { ProgrammingModel } from './functions-core.ts';

/** Hands one request to the library's streaming code; `req` must carry `x-ms-invocation-id` and the forwarded headers. */
export type DeliverStream = (req: IncomingMessage, res: ServerResponse) => void;

// The CommonJS exports object of node:http is the one the library, bundled or not, calls createServer on.
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http');

/** Stands where the library's own HTTP server would: takes its request listener and opens no port. */
class CapturedServer extends EventEmitter {
  listen(onListening: () => void): this {
    queueMicrotask(onListening);
    return this;
  }

  address(): { port: number } {
    return { port: 1 };
  }

  close(): this {
    return this;
  }
}

/**
 * Asks the programming model for its capabilities and returns how to deliver a streamed request, or undefined when
 * the app has not set `enableHttpStream`.
 *
 * With streaming on, the library opens an HTTP server of its own and the host forwards every request to it. Here
 * both sides are in one process: the library's server is replaced while it is made, and requests are emitted on it
 * directly. The library's code runs unchanged; one hop over loopback is saved.
 */
export async function captureStreamDelivery(model: ProgrammingModel): Promise<DeliverStream | undefined> {
  const createServer = http.createServer;
  let captured: CapturedServer | undefined;
  http.createServer = (() => {
    captured = new CapturedServer();
    return captured;
  }) as unknown as typeof http.createServer;
  try {
    const capabilities = await model.getCapabilities({});
    if (capabilities['HttpUri'] === undefined) return undefined;
  } finally {
    http.createServer = createServer;
  }
  if (captured === undefined || captured.listenerCount('request') === 0) {
    throw new Error('Expected the programming model to open its streaming server with node:http.');
  }
  const server = captured;
  return (req, res) => {
    server.emit('request', req, res);
  };
}
