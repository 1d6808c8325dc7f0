import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RowBatch } from '../../src/store/azure/row-batch.ts';
import type { TableRow } from '../../src/store/azure/table-access.ts';
import { fc } from '../support/fast-check.ts';

const part = (status: string, body = ''): string =>
  `--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ${status}\r\n\r\n${body}\r\n`;
const answerOf = (...parts: string[]): string =>
  `--batchresponse_1\r\n\r\n${parts.join('')}--changesetresponse_1--\r\n--batchresponse_1--\r\n`;
const refusal = (code: string): string =>
  JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: `0:${code} it said` } } });

interface Sent {
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

let server: Server;
let table: TableClient;
const received: Sent[] = [];
let answer = { status: 202, body: answerOf(part('204 No Content')) };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status, { 'content-type': 'multipart/mixed; boundary=batchresponse_1' });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const account = 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5';
  table = TableClient.fromConnectionString(
    `${account};TableEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`,
    'rows',
    { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } },
  );
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const signal = (): AbortSignal => new AbortController().signal;

/** What was sent, without what is drawn or dated; entities as values, whatever the order of their properties. */
function comparable({ url, headers, body }: Sent): unknown {
  const ids = /(batch|changeset)_[0-9a-f-]{36}/g;
  const names = ['accept', 'accept-charset', 'content-type', 'dataserviceversion', 'maxdataserviceversion'];
  return {
    url,
    headers: names.map((name) => String(headers[name]).replace(ids, '$1')),
    version: headers['x-ms-version'],
    signed: typeof headers['authorization'],
    lines: body
      .replace(ids, '$1')
      .split('\r\n')
      .map((line) => (line.startsWith('{') ? JSON.parse(line) : line)),
  };
}

function batchOf(rows: readonly TableRow[]): RowBatch {
  const batch = new RowBatch(table);
  for (const { partitionKey, rowKey, ...properties } of rows) {
    const json = JSON.stringify({ PartitionKey: partitionKey, RowKey: rowKey, ...properties });
    batch.add({ partitionKey, rowKey, json });
  }
  return batch;
}

describe('RowBatch', () => {
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => text.isWellFormed());
  const value = fc.oneof(key, fc.double(), fc.integer(), fc.boolean(), fc.constant(undefined));
  const row = fc.record({ rowKey: key, text: value, number: value, 'with space': value });

  // the SDK refuses two rows of one key
  const rowsOfDistinctKeys = fc.uniqueArray(row, {
    minLength: 1,
    maxLength: 5,
    selector: ({ rowKey }) => rowKey,
  });

  it('sends what the SDK sends for as many upserts', async () => {
    await fc.assert(
      fc.asyncProperty(key, rowsOfDistinctKeys, async (partitionKey, others) => {
        const rows: TableRow[] = others.map((other) => ({ partitionKey, ...other }));
        received.length = 0;
        await table.submitTransaction(rows.map((each) => ['upsert', each, 'Replace']));
        await batchOf(rows).send(signal());
        const [theirs, ours] = received.map(comparable);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [
      'a row',
      { status: 202, body: answerOf(part('404 Not Found', refusal('TableNotFound'))) },
      404,
      'TableNotFound',
    ],
    [
      'a row after others',
      {
        status: 202,
        body: answerOf(part('204 No Content'), part('413 Too Large', refusal('EntityTooLarge'))),
      },
      413,
      'EntityTooLarge',
    ],
    ['the request', { status: 503, body: refusal('ServerBusy') }, 503, 'ServerBusy'],
    ['an answer without rows', { status: 202, body: '' }, 202, undefined],
  ])('throws what was refused: %s', async (_name, refused, statusCode, code) => {
    const accepted = answer;
    answer = refused;
    try {
      const thrown = batchOf([{ partitionKey: 'p', rowKey: 'r' }]).send(signal());
      await expect(thrown).rejects.toMatchObject({ name: 'RestError', statusCode, code });
    } finally {
      answer = accepted;
    }
  });

  it('sends the last row of each key alone, however many there were, and the same once more', async () => {
    const keyed = fc.record({
      rowKey: fc.constantFrom('a', 'b', 'k|c', 'ä'),
      text: fc.string({ maxLength: 40_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(keyed, { minLength: 1, maxLength: 12 }), async (others) => {
        const rows: TableRow[] = others.map((other) => ({ partitionKey: 'p', ...other }));
        const last = rows.filter(
          ({ rowKey }, at) => !rows.slice(at + 1).some((row) => row.rowKey === rowKey),
        );
        received.length = 0;
        const batch = batchOf(rows);
        expect(batch.nRows).toBe(last.length);
        await batch.send(signal());
        await batch.send(signal());
        await batchOf(last).send(signal());
        const [once, twice, alone] = received.map(comparable);
        expect(once).toEqual(alone);
        expect(twice).toEqual(alone);
      }),
      { numRuns: 20 },
    );
  });

  it('sends what it was given in memory that others have used', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 3_000 }).filter((one) => one.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (texts) => {
        received.length = 0;
        for (const [nth, one] of texts.entries()) {
          const batch = batchOf([{ partitionKey: 'p', rowKey: `r${nth}`, text: one }]);
          await batch.send(signal());
          batch.close();
          expect(batch.nRows).toBe(0);
        }
        const sent = received.map(({ body }) => body.split('\r\n').find((line) => line.startsWith('{'))!);
        expect(sent.map((json) => JSON.parse(json))).toEqual(
          texts.map((one, nth) => ({ PartitionKey: 'p', RowKey: `r${nth}`, text: one })),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('keeps two that are open in memory of their own', async () => {
    const first = batchOf([{ partitionKey: 'p', rowKey: 'first' }]);
    await first.send(signal());
    first.close();
    const [one, other] = ['one', 'other'].map((rowKey) => batchOf([{ partitionKey: 'p', rowKey }]));
    received.length = 0;
    await one!.send(signal());
    await other!.send(signal());
    expect(received.map(({ body }) => /RowKey='(\w+)'/.exec(body)?.[1])).toEqual(['one', 'other']);
  });

  it('ends with its signal', async () => {
    const ended = AbortSignal.abort();
    await expect(batchOf([{ partitionKey: 'p', rowKey: 'r' }]).send(ended)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
