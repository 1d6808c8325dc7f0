import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { ProgrammingModel } from './functions-core.ts';

// The CommonJS exports object of node:http is the one the library, bundled or not, calls createServer on.
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http');

/**
 * Asks the programming model for its capabilities and returns the port of the HTTP server that the library opens for
 * streamed requests, or undefined when the app has not set `enableHttpStream`.
 *
 * The library listens on every address of the machine; while its server is made, `listen` is bound to 127.0.0.1.
 * Nothing else of it is touched: requests reach it over connections, as they do from Azure's host.
 */
export async function openWorkerServer(model: ProgrammingModel): Promise<number | undefined> {
  const createServer = http.createServer;
  http.createServer = ((...args: []) => {
    const server: Server = createServer(...args);
    const listen = server.listen.bind(server) as (
      port: number,
      host: string,
      onListening?: () => void,
    ) => Server;
    server.listen = ((...given: unknown[]) => {
      const port = given.find((each) => typeof each === 'number') ?? 0;
      const onListening = given.find((each) => typeof each === 'function');
      return listen(port as number, '127.0.0.1', onListening as () => void);
    }) as typeof server.listen;
    return server;
  }) as unknown as typeof http.createServer;
  try {
    const { HttpUri: uri } = await model.getCapabilities({});
    return uri === undefined ? undefined : Number(new URL(uri).port);
  } finally {
    http.createServer = createServer;
  }
}
