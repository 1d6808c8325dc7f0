import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TableAccess } from '../../src/store/azure/table-access.ts';

// what stands in the way of storage, such as a proxy that knows no such host, answers for it
let server: Server;
let access: TableAccess;

beforeAll(async () => {
  server = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const account = 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5';
  const table = TableClient.fromConnectionString(
    `${account};TableEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`,
    'rows',
    { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } },
  );
  access = new TableAccess(table, { tries: 1 });
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

describe('TableAccess behind something that answers 404 for storage', () => {
  const unavailable = { code: 'STORE_UNAVAILABLE' };

  it('counts no row as written', async () => {
    const batch = access.newBatch(1);
    batch.add({ partitionKey: 'p', rowKey: 'r', json: '{"PartitionKey":"p","RowKey":"r"}' });
    await expect(access.upsertAll(batch)).rejects.toMatchObject(unavailable);
    await expect(access.upsert({ partitionKey: 'p', rowKey: 'r' })).rejects.toMatchObject(unavailable);
  });

  it('takes no row for absent, and no table for empty', async () => {
    await expect(access.get('p', 'r')).rejects.toMatchObject(unavailable);
    await expect(access.all({ partition: 'p', from: 'a', below: 'b' })).rejects.toMatchObject(unavailable);
    await expect(access.delete('p', 'r')).rejects.toMatchObject(unavailable);
  });
});
