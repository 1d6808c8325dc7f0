import { setTimeout as delay } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { azuriteConnectionString } from '../../src/local/azurite.ts';
import { PoisonQueue } from '../../src/store/azure/poison-queue.ts';
import { createStorageClients, type StorageAccount } from '../../src/store/azure/storage-clients.ts';
import { StorageRetrainQueue } from '../../src/store/azure/storage-retrain-queue.ts';
import { TableFleetStore } from '../../src/store/azure/table-fleet-store.ts';
import { TableRunLog } from '../../src/store/azure/table-run-log.ts';
import { fleetStoreContract, reportOf } from '../support/fleet-store-contract.ts';
import { runLogContract, runOf } from '../support/run-log-contract.ts';
import { type FaultyStorage, startFaultyStorage, uniqueName } from '../support/storage.ts';

const clients = () => createStorageClients({ connectionString: inject('storage') });

runLogContract('TableRunLog', async () => {
  const table = uniqueName('runs');
  return { log: new TableRunLog(clients().table(table)), other: new TableRunLog(clients().table(table)) };
});

fleetStoreContract('TableFleetStore', async () => {
  const table = uniqueName('fleet');
  return {
    store: new TableFleetStore(clients().table(table)),
    other: new TableFleetStore(clients().table(table)),
    wait: (ms) => delay(ms),
  };
});

describe('TableRunLog', () => {
  it('cuts what would not fit a row', async () => {
    const log = new TableRunLog(clients().table(uniqueName('runs')));
    const reasons = Array.from({ length: 500 }, () => '𝔘'.repeat(10_000));
    await log.put(runOf('run-1', 0, { reasons, error: 'e'.repeat(1_000_000) }));
    const run = await log.get('run-1');
    expect(run?.reasons).toHaveLength(50);
    expect(run?.error?.length).toBe(4_001);
  });
});

describe('TableFleetStore', () => {
  it('forgets instances that have been silent for long by the clock of storage, not by their own', async () => {
    const table = uniqueName('fleet');
    const open = () => new TableFleetStore(clients().table(table), { forgetAfterMs: 6_000 });
    await open().report(reportOf('gone', 0));
    await delay(7_500);
    // together: on a busy machine one may come long after the other
    await Promise.all([
      open().report(reportOf('quiet', 0, { seenAt: '2001-01-01T00:00:00.000Z' })),
      open().report(reportOf('here', 0)),
    ]);
    const left = await open().list(3_600_000);
    expect(left.map(({ instanceId }) => instanceId).sort()).toEqual(['here', 'quiet']);
  });
});

describe('StorageRetrainQueue', () => {
  it('makes the queue with the first message and sends base64 JSON, delayed when asked', async () => {
    const name = uniqueName('retrain');
    const queue = new StorageRetrainQueue(() => clients().queue(name));
    const request = { reason: 'feedback', at: '2026-03-01T09:00:00.000Z', why: 'größer', force: true };
    await queue.send(request);
    await queue.send({ ...request, reason: 'later' }, 30);
    const client = QueueServiceClient.fromConnectionString(inject('storage')).getQueueClient(name);
    const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
    expect(
      receivedMessageItems.map(({ messageText }) =>
        JSON.parse(Buffer.from(messageText, 'base64').toString()),
      ),
    ).toEqual([request]);
    expect(await queue.isEmpty()).toBe(false);
    for (const { messageId, popReceipt } of receivedMessageItems)
      await client.deleteMessage(messageId, popReceipt);
    // the one that is not due yet waits too
    expect(await queue.isEmpty()).toBe(false);
    await client.clearMessages();
    expect(await queue.isEmpty()).toBe(true);
    expect(await new StorageRetrainQueue(() => clients().queue(uniqueName('none'))).isEmpty()).toBe(true);
  });
});

describe('PoisonQueue', () => {
  it('counts nothing where nothing ever failed, and removes what did', async () => {
    const name = uniqueName('poison');
    const failed = new PoisonQueue(() => clients().queue(name));
    expect(await failed.count()).toBe(0);
    await failed.clear();
    const client = QueueServiceClient.fromConnectionString(inject('storage')).getQueueClient(name);
    await client.create();
    for (const text of ['one', 'two']) await client.sendMessage(text);
    expect(await failed.count()).toBe(2);
    await failed.clear();
    expect(await failed.count()).toBe(0);
  });
});

describe('the small stores over an outage', () => {
  let faulty: FaultyStorage;
  beforeAll(async () => {
    faulty = await startFaultyStorage(inject('storage'));
  });
  afterAll(() => faulty.close());

  it('throw STORE_UNAVAILABLE from every method', async () => {
    const quick = { timeoutMs: 60_000, tries: 2, retryDelayMs: 5 };
    const { table, queue } = createStorageClients({ connectionString: faulty.connectionString });
    const runs = new TableRunLog(table('runs'), quick);
    const fleet = new TableFleetStore(table('fleet'), quick);
    const retrains = new StorageRetrainQueue(() => queue('retrains'), quick);
    for (const fault of [
      'lose-request',
      { status: 503, code: 'ServerBusy' },
      { status: 403, code: 'Forbidden' },
    ] as const) {
      faulty.decide = () => fault;
      const calls = [
        runs.put(runOf('run-1', 0)),
        runs.get('run-1'),
        runs.list(5),
        runs.putTick({ at: '2026-03-01T09:00:00.000Z', isPastDue: false, result: 'below' }),
        runs.lastTick(),
        fleet.report(reportOf('a', 1)),
        fleet.list(1_000),
        fleet.withdraw('a'),
        retrains.send({ reason: 'feedback', at: '2026-03-01T09:00:00.000Z' }),
        retrains.isEmpty(),
      ];
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
        calls.map(() => 'STORE_UNAVAILABLE'),
      );
    }
  });
});

describe('createStorageClients', () => {
  it('takes the short form of the emulator', () => {
    const { container, table } = createStorageClients({ connectionString: 'UseDevelopmentStorage=true' });
    expect(container('models').url).toBe('http://127.0.0.1:10000/devstoreaccount1/models');
    expect(table('feedback').url).toBe('http://127.0.0.1:10002/devstoreaccount1');
  });

  it('reaches an account by name and identity, without asking for a token before the first call', async () => {
    let nTokens = 0;
    const credential = {
      getToken: async () => {
        nTokens += 1;
        return { token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      },
    };
    const { container, table, queue } = createStorageClients({ accountName: 'contoso', credential });
    expect(container('models').url).toBe('https://contoso.blob.core.windows.net/models');
    expect(table('feedback').url).toBe('https://contoso.table.core.windows.net');
    expect((await queue('retrains')).url).toBe('https://contoso.queue.core.windows.net/retrains');
    expect(nTokens).toBe(0);
    const uris = createStorageClients({
      blobServiceUri: 'https://a.blob.core.windows.net/',
      queueServiceUri: 'https://a.queue.core.windows.net',
      tableServiceUri: 'https://a.table.core.windows.net/',
      credential,
    });
    expect(uris.container('models').url).toBe('https://a.blob.core.windows.net/models');
  });

  it('names what is wrong with an account', () => {
    const insecure = azuriteConnectionString(1, 2, 3).replaceAll('127.0.0.1', 'storage.example');
    const cases: [StorageAccount, string][] = [
      [{ connectionString: 'nonsense' }, 'Expected `AzureWebJobsStorage` to be a storage connection string.'],
      [{ connectionString: insecure }, 'Expected `AzureWebJobsStorage` to use https'],
      [
        { connectionString: 'DefaultEndpointsProtocol=http;AccountName=contoso;AccountKey=a2V5' },
        'Expected `AzureWebJobsStorage` to use https',
      ],
      [{}, 'Expected `AzureWebJobsStorage__blobServiceUri` or `AzureWebJobsStorage__accountName`.'],
      [
        { accountName: 'contoso', tableServiceUri: 'http://contoso.example' },
        'Expected an https address of table storage',
      ],
    ];
    for (const [account, message] of cases) {
      expect(() => createStorageClients(account)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
      );
    }
  });
});
