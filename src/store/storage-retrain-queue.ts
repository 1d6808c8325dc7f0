import type { QueueClient } from '@azure/storage-queue';
import type { RetrainQueue, RetrainRequest } from './retrain-queue.ts';
import { Refused, StorageCaller, type StorageCallSettings } from './storage-call.ts';

/** {@link RetrainQueue} on a storage queue; messages are base64, as the queue trigger expects them. */
export class StorageRetrainQueue implements RetrainQueue {
  readonly #client: () => Promise<QueueClient>;
  readonly #caller: StorageCaller;
  #opened: Promise<QueueClient> | undefined;

  /** @param client opens the queue; asked once, with the first message */
  constructor(client: () => Promise<QueueClient>, settings: StorageCallSettings = {}) {
    this.#client = client;
    this.#caller = new StorageCaller(settings);
  }

  async send(request: RetrainRequest, delaySeconds = 0): Promise<void> {
    this.#opened ??= this.#client();
    const queue = await this.#opened;
    const text = Buffer.from(JSON.stringify(request)).toString('base64');
    const what = 'queue a retrain';
    const write = () =>
      this.#caller.call(
        what,
        ({ abortSignal }) => queue.sendMessage(text, { visibilityTimeout: delaySeconds, abortSignal }),
        [404],
      );
    if (!((await write()) instanceof Refused)) return;
    await this.#caller.call(what, ({ abortSignal }) => queue.createIfNotExists({ abortSignal }));
    const again = await write();
    if (again instanceof Refused) throw new Error('The retrain queue was removed while it was written.');
  }
}
