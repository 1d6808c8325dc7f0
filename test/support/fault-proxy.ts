import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a call. */
export type Fault =
  /** Storage is never asked. */
  | { readonly kind: 'status'; readonly status: number; readonly code?: string }
  /** Storage is never asked: the connection is cut. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answered; ends with the proxy. */
  | { readonly kind: 'hang' }
  /** The connection is cut in the middle of the answer. */
  | { readonly kind: 'reset' }
  /** Done, and the caller never hears of it. */
  | { readonly kind: 'lost-answer' }
  /** Something else happens first, or once storage has done it and before the caller hears of it; then it goes on. */
  | { readonly kind: 'act'; readonly when: 'before' | 'after'; readonly act: () => void | Promise<void> };

export interface FaultRule {
  /** Calls it concerns, by method and path with query. */
  readonly matches: (method: string, path: string) => boolean;
  /** From which matching call on, counted from 1. @default 1 */
  readonly from?: number;
  /** For how many matching calls. @default 1 */
  readonly times?: number;
  readonly fault: Fault;
}

export interface LeaseCall {
  readonly path: string;
  /** `acquire`, `break` and so on. */
  readonly action: string;
  readonly atMs: number;
}

export interface FaultProxy {
  /** Connection string that leads through the proxy. */
  readonly connectionString: string;
  /** Calls so far, as `METHOD path`. */
  readonly calls: readonly string[];
  /** What was done about leases so far, and when, in ms of this process. */
  readonly leases: readonly LeaseCall[];
  /** Adds a rule; gives back how to end it. */
  break(rule: FaultRule): () => void;
  stop(): Promise<void>;
}

/**
 * Stands in front of the three services of an Azurite and breaks the calls that a rule names, at the k-th call of an
 * operation. Signatures stay valid: they are made over the path, not over the port.
 */
export async function startFaultProxy(storage: string): Promise<FaultProxy> {
  const rules = new Set<FaultRule & { nSeen: number }>();
  const calls: string[] = [];
  const leases: LeaseCall[] = [];
  const hanging = new Set<ServerResponse>();
  const servers = await Promise.all(
    ['Blob', 'Queue', 'Table'].map(async (service) => {
      const target = new RegExp(`${service}Endpoint=http://127\\.0\\.0\\.1:(\\d+)/`).exec(storage)?.[1];
      if (target === undefined)
        throw new Error(`Expected ${service}Endpoint on 127.0.0.1 in the connection string.`);
      const server = createServer((req, res) => {
        const { method = 'GET', url = '/' } = req;
        calls.push(`${method} ${url}`);
        const action = req.headers['x-ms-lease-action'];
        if (typeof action === 'string') leases.push({ path: url, action, atMs: performance.now() });
        const fault = faultOf(rules, method, url);
        if (fault?.kind === 'hang') hanging.add(res);
        else if (fault?.kind === 'status') {
          const named = fault.code === undefined ? {} : { 'x-ms-error-code': fault.code };
          req.resume().on('end', () => res.writeHead(fault.status, { 'content-length': 0, ...named }).end());
        } else if (fault?.kind === 'cut') req.socket.destroy();
        else if (fault?.kind === 'delay') setTimeout(() => pass(req, res, Number(target), fault), fault.ms);
        else if (fault?.kind === 'act' && fault.when === 'before') {
          void Promise.resolve(fault.act()).then(() => pass(req, res, Number(target), undefined));
        } else pass(req, res, Number(target), fault);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { server, target, port: (server.address() as AddressInfo).port };
    }),
  );
  return {
    connectionString: servers.reduce(
      (text, { target, port }) => text.replace(`:${target}/`, `:${port}/`),
      storage,
    ),
    calls,
    leases,
    break(rule) {
      const counted = { ...rule, nSeen: 0 };
      rules.add(counted);
      return () => rules.delete(counted);
    },
    async stop() {
      for (const res of hanging) res.destroy();
      await Promise.all(
        servers.map(({ server }) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

function faultOf(rules: Set<FaultRule & { nSeen: number }>, method: string, path: string): Fault | undefined {
  let found: Fault | undefined;
  for (const rule of rules) {
    if (!rule.matches(method, path)) continue;
    const nth = ++rule.nSeen;
    const { from = 1, times = 1 } = rule;
    if (nth >= from && nth < from + times) found ??= rule.fault;
  }
  return found;
}

function pass(req: IncomingMessage, res: ServerResponse, port: number, fault: Fault | undefined): void {
  const sent = request(
    { host: '127.0.0.1', port, method: req.method, path: req.url, headers: req.headers },
    (answer) => {
      if (fault?.kind === 'lost-answer') {
        answer.resume().on('end', () => res.destroy());
        return;
      }
      if (fault?.kind === 'act') {
        void Promise.resolve(fault.act()).then(() => {
          res.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(res);
        });
        return;
      }
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault?.kind === 'reset') {
        res.flushHeaders();
        answer.once('data', (piece: Buffer) =>
          res.write(piece.subarray(0, piece.length / 2), () => res.destroy()),
        );
        answer.once('end', () => res.destroy());
      } else answer.pipe(res);
    },
  );
  sent.on('error', () => res.destroy());
  req.pipe(sent);
}
