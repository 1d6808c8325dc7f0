import { randomUUID } from 'node:crypto';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type HostJson, parseHostJson } from '../../src/local/host-json.ts';
import { buildFixtureApp, type FixtureApp, type FixtureHost, until } from '../support/fixture-app.ts';

const connectionString = inject('storage');
const service = QueueServiceClient.fromConnectionString(connectionString);
let app: FixtureApp;
let queue: QueueClient;
let poison: QueueClient;
let host: FixtureHost | undefined;
let nRecords = 0;

const hostJson = (queues: Record<string, unknown>): HostJson =>
  parseHostJson({ version: '2.0', extensions: { queues: { visibilityTimeout: '00:00:00', ...queues } } });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const newRecords = () => app.records().slice(nRecords);
const attempts = () =>
  newRecords().filter((entry) => entry['function'] === 'work' && entry['message'] !== undefined);
const done = () => newRecords().filter((entry) => entry['done'] !== undefined);
const nWaiting = async (client: QueueClient): Promise<number> =>
  (await client.getProperties()).approximateMessagesCount ?? 0;

async function start(queues: Record<string, unknown> = {}): Promise<FixtureHost> {
  host = await app.start({
    hostJson: hostJson(queues),
    maxPollingIntervalMs: 100,
    settings: { FIXTURE_QUEUE: queue.name, AzureWebJobsStorage: connectionString },
  });
  return host;
}

beforeAll(async () => {
  app = await buildFixtureApp();
});
beforeEach(async () => {
  nRecords = app.records().length;
  const name = `work-${randomUUID()}`;
  queue = service.getQueueClient(name);
  poison = service.getQueueClient(`${name}-poison`);
  await queue.create();
});
afterEach(async () => {
  await host?.kill();
  host = undefined;
});
afterAll(async () => {
  await app.remove();
});

describe('a queue function', () => {
  it('gets each message with its metadata and removes it', async () => {
    await queue.sendMessage(encode({ n: 1 }));
    await queue.sendMessage(encode({ n: 2 }));
    await start();
    await until('two messages', () => done().length === 2);
    expect(attempts()).toContainEqual({ function: 'work', message: { n: 1 }, dequeueCount: 1, hasId: true });
    await until('an empty queue', async () => (await nWaiting(queue)) === 0);
  });

  it('gets a text that is no JSON as it is', async () => {
    await queue.sendMessage(Buffer.from('plain text').toString('base64'));
    await start();
    await until('the message', () => done().length === 1);
    expect(done()[0]).toMatchObject({ done: 'plain text' });
  });

  it('gets unencoded messages when host.json says so', async () => {
    await queue.sendMessage('{"n":3}');
    await start({ messageEncoding: 'none' });
    await until('the message', () => done().length === 1);
    expect(done()[0]).toMatchObject({ done: { n: 3 } });
  });

  it('is tried maxDequeueCount times before the message goes to the poison queue', async () => {
    await queue.sendMessage(encode({ fail: true }));
    await start({ maxDequeueCount: 3 });
    const message = await until('a poison message', async () => {
      const response = await poison.peekMessages().catch(() => undefined);
      return response?.peekedMessageItems[0];
    });
    expect(JSON.parse(Buffer.from(message.messageText, 'base64').toString())).toEqual({ fail: true });
    expect(attempts().map((entry) => entry['dequeueCount'])).toEqual([1, 2, 3]);
    await until('an empty queue', async () => (await nWaiting(queue)) === 0);
  });

  it('waits for visibilityTimeout before the next try', async () => {
    await queue.sendMessage(encode({ fail: true }));
    await start({ maxDequeueCount: 3, visibilityTimeout: '01:00:00' });
    await until('the first try', () => attempts().length === 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(attempts()).toHaveLength(1);
    expect(await nWaiting(queue)).toBe(1);
  });

  it('runs at most batchSize messages at once', async () => {
    for (let n = 0; n < 3; n++) await queue.sendMessage(encode({ n, sleepMs: 150 }));
    await start({ batchSize: 1, newBatchThreshold: 0 });
    await until('three messages', () => done().length === 3);
    const order = newRecords().filter((entry) => entry['function'] === 'work');
    expect(order.map((entry) => (entry['done'] === undefined ? 'begin' : 'end'))).toEqual([
      'begin',
      'end',
      'begin',
      'end',
      'begin',
      'end',
    ]);
  });

  it('runs a batch side by side', async () => {
    for (let n = 0; n < 3; n++) await queue.sendMessage(encode({ n, together: 3 }));
    await start({ batchSize: 16 });
    await until('three messages, none of which ends before all three run', () => done().length === 3);
  });

  it('is called again after the process died over a message', async () => {
    await queue.sendMessage(encode({ crash: true }));
    const { nRestarts } = await start({ maxDequeueCount: 2 });
    expect(nRestarts).toBe(0);
    await until('a poison message', async () => {
      const response = await poison.peekMessages().catch(() => undefined);
      return response?.peekedMessageItems.length;
    });
    expect(attempts().map((entry) => entry['dequeueCount'])).toEqual([1, 2]);
    expect(host?.nRestarts).toBeGreaterThanOrEqual(1);
  });

  it('finishes its message before the host stops', async () => {
    await queue.sendMessage(encode({ sleepMs: 500 }));
    await start();
    await until('the message to be running', () => attempts().length === 1);
    await host?.stop();
    expect(done()).toHaveLength(1);
    expect(await nWaiting(queue)).toBe(0);
  });

  it('leaves its message to the next host when it takes longer than the stop allows', async () => {
    await queue.sendMessage(encode({ hangs: true }));
    await start();
    await until('the message to be running', () => attempts().length === 1);
    await host?.stop(100);
    expect(done()).toHaveLength(0);
    await start();
    await until('the second try', () => done().length === 1);
    expect(attempts().map((entry) => entry['dequeueCount'])).toEqual([1, 2]);
  });

  it('is started by name with an input', async () => {
    const { url } = await start();
    const body = JSON.stringify({ input: '{"n":9}' });
    expect((await fetch(`${url}/admin/functions/work`, { method: 'POST', body })).status).toBe(202);
    await until('the call', () => done().length === 1);
    expect(done()[0]).toMatchObject({ done: { n: 9 } });
  });

  it('waits for a queue that is made later', async () => {
    await queue.delete();
    await start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await until('the queue to be free again', () =>
      queue.create().then(
        () => true,
        () => false,
      ),
    );
    await queue.sendMessage(encode({ n: 1 }));
    await until('the message', () => done().length === 1);
    expect(host?.lines.filter((line) => line.includes('Cannot read queue'))).toEqual([]);
  });

  it('goes on when storage cannot be reached, and says so once', async () => {
    host = await app.start({
      hostJson: hostJson({}),
      maxPollingIntervalMs: 100,
      settings: {
        FIXTURE_QUEUE: queue.name,
        AzureWebJobsStorage: connectionString.replace(
          /QueueEndpoint=[^;]*/,
          'QueueEndpoint=http://127.0.0.1:9/x',
        ),
      },
    });
    const warnings = () => host?.lines.filter((line) => line.includes('Cannot read queue')) ?? [];
    await until('the warning', () => warnings().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(warnings()).toHaveLength(1);
    expect((await fetch(`${host.url}/api/pid`)).status).toBe(200);
  });
});

describe('starting a host with a queue function', () => {
  it('rejects when its connection is no setting', async () => {
    await expect(app.start({ settings: { FIXTURE_QUEUE: 'work' } })).rejects.toThrow(
      'Expected app setting `AzureWebJobsStorage`',
    );
  });
});
