import type { QueueClient } from '@azure/storage-queue';
import { AlertforestError } from '../../errors.ts';
import type { RetrainQueue, RetrainRequest } from '../retrain-queue.ts';
import { Refused, StorageCaller, type StorageCallSettings } from './storage-call.ts';

/** {@link RetrainQueue} on a storage queue, made by the first message; base64, as the queue trigger expects it. */
export class StorageRetrainQueue implements RetrainQueue {
  readonly #open: () => Promise<QueueClient>;
  readonly #caller: StorageCaller;
  #opened: Promise<QueueClient> | undefined;

  /** @param open opens the queue; asked once, with the first message */
  constructor(open: () => Promise<QueueClient>, settings: StorageCallSettings = {}) {
    this.#open = open;
    this.#caller = new StorageCaller(settings);
  }

  async send(request: RetrainRequest, delaySeconds = 0): Promise<void> {
    this.#opened ??= this.#open();
    const queue = await this.#opened;
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
}
