import type { QueueClient } from '@azure/storage-queue';
import { AlertforestError } from '../../errors.ts';
import type { RetrainQueue, RetrainRequest } from '../retrain-queue.ts';
import { Refused, StorageCaller, type StorageCallSettings } from './storage-call.ts';

/** {@link RetrainQueue} on a storage queue, made by the first message; base64, as the queue trigger expects it. */
export class StorageRetrainQueue implements RetrainQueue {
  readonly #open: () => Promise<QueueClient>;
  readonly #caller: StorageCaller;
  #opened: Promise<QueueClient> | undefined;

  /** @param open opens the queue; asked once, when it is needed first */
  constructor(open: () => Promise<QueueClient>, settings: StorageCallSettings = {}) {
    this.#open = open;
    this.#caller = new StorageCaller(settings);
  }

  async send(request: RetrainRequest, delaySeconds = 0): Promise<void> {
    const queue = await this.#queue();
    const text = Buffer.from(JSON.stringify(request)).toString('base64');
    const put = (): Promise<unknown> =>
      this.#caller.call(
        'queue a retrain',
        ({ abortSignal }) =>
          queue.sendMessage(text, { visibilityTimeout: Math.ceil(delaySeconds), abortSignal }),
        [404],
      );
    if (!((await put()) instanceof Refused)) return;
    await this.#caller.call('create the retrain queue', ({ abortSignal }) =>
      queue.createIfNotExists({ abortSignal }),
    );
    if ((await put()) instanceof Refused) {
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot queue a retrain: the queue is being removed.', {
        retryAfterSeconds: 30,
      });
    }
  }

  /** Storage counts what is hidden too, and never fewer than there are. */
  async isEmpty(): Promise<boolean> {
    const queue = await this.#queue();
    const found = await this.#caller.call(
      'count requests for a retrain',
      ({ abortSignal }) => queue.getProperties({ abortSignal }),
      [404],
    );
    return found instanceof Refused || found.approximateMessagesCount === 0;
  }

  #queue(): Promise<QueueClient> {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
