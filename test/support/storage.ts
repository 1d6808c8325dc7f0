import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A container, table or queue name that no other test uses: letters and digits, starting with `prefix`. */
export const uniqueName = (prefix: string): string => `${prefix}${randomBytes(8).toString('hex')}`;

/** What a {@link FaultyStorage} does with a request. */
export type Fault =
  /** Sends it on and the answer back. */
  | 'pass'
  /** Breaks the connection without sending it on. */
  | 'lose-request'
  /** Sends it on, then breaks the connection instead of answering. */
  | 'lose-response'
  /** Neither answers nor breaks the connection. */
  | 'hang'
  /** Answers with this status itself. */
  | { readonly status: number; readonly code: string; readonly retryAfterSeconds?: number };

export interface FaultyStorage {
  /** Connection string of the storage behind, through this proxy. */
  readonly connectionString: string;
  /** Chooses the fate of each request; counts from 0 at the last assignment. */
  decide: (nth: number, method: string, url: string, headers: IncomingHttpHeaders) => Fault;
  readonly requests: { readonly method: string; readonly url: string }[];
  close(): Promise<void>;
}

const ENDPOINT = /(Blob|Queue|Table)Endpoint=(http:\/\/127\.0\.0\.1:\d+)/g;

/**
 * A proxy in front of the storage of `connectionString` that fails on demand, at the level of HTTP, so that the
 * whole client is under test. The signature covers path and account, not the host, so requests stay valid.
 */
export async function startFaultyStorage(connectionString: string): Promise<FaultyStorage> {
  const servers: Server[] = [];
  const state = { decide: (): Fault => 'pass', nth: 0 } as {
    decide: FaultyStorage['decide'];
    nth: number;
  };
  const requests: { method: string; url: string }[] = [];
  const handle = (target: string) => (req: IncomingMessage, res: ServerResponse) => {
    const [method, url] = [req.method ?? '', req.url ?? ''];
    requests.push({ method, url });
    const fault = state.decide(state.nth++, method, url, req.headers);
    if (fault === 'hang') return;
    if (fault === 'lose-request') {
      req.socket.destroy();
    } else if (typeof fault === 'object') {
      req.resume();
      if (fault.retryAfterSeconds !== undefined) res.setHeader('retry-after', fault.retryAfterSeconds);
      res.setHeader('x-ms-error-code', fault.code).writeHead(fault.status).end();
    } else {
      const forwarded = request(new URL(url, target), { method, headers: req.headers }, (answer) => {
        if (fault === 'lose-response') {
          answer.resume().once('end', () => req.socket.destroy());
          return;
        }
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      });
      forwarded.once('error', () => req.socket.destroy());
      req.pipe(forwarded);
    }
  };
  let proxied = connectionString;
  for (const [endpoint, service, target] of connectionString.matchAll(ENDPOINT)) {
    const server = createServer(handle(target as string));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    proxied = proxied.replace(endpoint, `${service}Endpoint=http://127.0.0.1:${port}`);
  }
  return {
    connectionString: proxied,
    requests,
    get decide() {
      return state.decide;
    },
    set decide(decide) {
      state.decide = decide;
      state.nth = 0;
    },
    close: async () => {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
