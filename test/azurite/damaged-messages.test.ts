import type { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { FEEDBACK_TABLE, RETRAIN_QUEUE } from '../../src/store/names.ts';
import { FaultyInstance, PATIENT } from '../support/faults/instance.ts';
import { Ledger } from '../support/faults/ledger.ts';
import { OPERATIONS } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';

// Messages of the queue of retrain requests: missing, cut short, with a flipped byte, of another build. Nothing that was
// judged is lost, and whoever waits for the outcome by name is told.

const MINUTE = 60_000;
let instance: FaultyInstance;
let ledger: Ledger;
let queue: QueueClient;
let feedback: TableFeedbackStore;

beforeAll(async () => {
  const storage = ownAccount();
  ledger = new Ledger(storage);
  const clients = createStorageClients({ connectionString: storage });
  queue = await clients.queue(RETRAIN_QUEUE);
  feedback = new TableFeedbackStore(clients.table(FEEDBACK_TABLE));
  instance = await FaultyInstance.start(storage, PATIENT);
  for (const name of ['first start', 'retrain'] as const)
    await (await OPERATIONS[name](instance, ledger)).ask(instance);
});
afterAll(async () => {
  await instance?.stop();
});

const half = (bytes: Buffer): number => bytes.length >> 1;
const WAYS: Readonly<Record<string, (bytes: Buffer) => Buffer | undefined>> = {
  missing: () => undefined,
  'cut short': (bytes) => bytes.subarray(0, half(bytes)),
  'with a flipped byte': (bytes) =>
    Buffer.from(bytes.map((byte, i) => (i === half(bytes) ? byte ^ 0x80 : byte))),
  'of another build': () => Buffer.from('{"format":99,"version":"99.0.0"}'),
};

/** Takes the one message out of the queue as the host does, which sets it aside where it cannot be worked on. */
async function handOn(change: (bytes: Buffer) => Buffer | undefined): Promise<void> {
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  expect(receivedMessageItems).toHaveLength(1);
  const { messageId, popReceipt, messageText } = receivedMessageItems[0]!;
  await queue.deleteMessage(messageId, popReceipt);
  const bytes = change(Buffer.from(messageText, 'base64'));
  if (bytes !== undefined) await instance.app.operations.retrainRequested(bytes.toString('utf8'));
}

/** Two judgements, and a retrain asked for by name; its message is the only one. */
async function askForRetrain(): Promise<string> {
  await (await OPERATIONS.feedback(instance, ledger)).ask(instance);
  // a reminder to count, which comes half a minute later
  await queue.clearMessages();
  const { operations } = instance.app;
  return (await operations.requestRetrain({ force: true, why: 'test', by: 'op' })).run_id;
}

it.each(Object.keys(WAYS))('a request %s', async (way) => {
  const { app } = instance;
  const runId = await askForRetrain();
  let refusal: { code?: string } | undefined;
  await handOn(WAYS[way]!).catch((error: { code?: string }) => {
    refusal = error;
  });
  // what still says the same is done; anything else is refused by name and never half done
  const state = (await app.operations.run(runId)).state;
  if (refusal === undefined && way !== 'missing') expect(state).not.toBe('running');
  else {
    if (way !== 'missing') expect(refusal?.code).toBe('REQUEST_INVALID');
    expect(state).toBe('running');
    instance.setClock(6 * MINUTE);
    await app.hourly(false);
    instance.setClock(0);
    expect(await app.operations.run(runId)).toMatchObject({
      ...{ state: 'failed', error: expect.stringContaining('has gone from the queue') },
    });
  }
  // the check has learned what the request was for
  expect(await ledger.broken()).toEqual([]);
  expect(await feedback.listPending()).toEqual([]);
});

it('a request that waits is not taken for one that has gone', async () => {
  const { app } = instance;
  const runId = await askForRetrain();
  instance.setClock(6 * MINUTE);
  await app.hourly(false);
  expect((await app.operations.run(runId)).state).toBe('running');
  // nor while it is being worked on
  const { receivedMessageItems } = await queue.receiveMessages({
    numberOfMessages: 1,
    visibilityTimeout: 600,
  });
  await app.hourly(false);
  instance.setClock(0);
  expect((await app.operations.run(runId)).state).toBe('running');
  const { messageId, popReceipt, messageText } = receivedMessageItems[0]!;
  await app.operations.retrainRequested(Buffer.from(messageText, 'base64').toString('utf8'));
  await queue.deleteMessage(messageId, popReceipt);
  // the checks have learned what it was for
  expect((await app.operations.run(runId)).state).not.toBe('running');
  expect(await ledger.broken()).toEqual([]);
});
