import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkerConnection } from '../../src/local/worker-connection.ts';

const servers: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A worker that closes a connection the moment a second request comes in on it. */
async function forgetfulWorker(): Promise<{ readonly port: number; readonly asked: string[] }> {
  const seen = new WeakSet<Socket>();
  const asked: string[] = [];
  const port = await listening(
    createServer((req, res) => {
      asked.push(`${req.method}`);
      if (seen.has(req.socket)) {
        req.socket.resetAndDestroy();
        return;
      }
      seen.add(req.socket);
      res.end('here');
    }),
  );
  return { port, asked };
}

const statusOf = (port: number, method: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpGet({ host: '127.0.0.1', port, method, agent: false }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode));
    }).on('error', reject);
  });

describe('WorkerConnection', () => {
  it('asks again where the worker closed an idle connection under a read, and only then', async () => {
    const worker = await forgetfulWorker();
    const connection = new WorkerConnection(worker.port);
    const errors: Error[] = [];
    const port = await listening(
      createServer((req, res) =>
        connection.forward(req, res, {
          headers: {},
          maxBodyBytes: 1000,
          onError: (error) => errors.push(error),
        }),
      ),
    );
    expect(await statusOf(port, 'GET')).toBe(200);
    expect(await statusOf(port, 'GET')).toBe(200);
    expect(worker.asked).toEqual(['GET', 'GET', 'GET']);
    expect(errors).toEqual([]);
    // what may have done something is not done twice
    expect(await statusOf(port, 'DELETE')).toBe(502);
    expect(errors).toHaveLength(1);
    connection.close();
  });
});
