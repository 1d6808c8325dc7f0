import type { QueueClient } from '@azure/storage-queue';
import type { FailedRequests } from '../failed-requests.ts';
import { Refused, StorageCaller, type StorageCallSettings } from './storage-call.ts';

/** {@link FailedRequests} in the queue that the host makes beside the one it reads, once a message fails for good. */
export class PoisonQueue implements FailedRequests {
  readonly #open: () => Promise<QueueClient>;
  readonly #caller: StorageCaller;

  constructor(open: () => Promise<QueueClient>, settings: StorageCallSettings = {}) {
    this.#open = open;
    this.#caller = new StorageCaller(settings);
  }

  async count(): Promise<number> {
    const queue = await this.#open();
    // a queue that was never made holds nothing
    const found = await this.#caller.call(
      'count what failed',
      ({ abortSignal }) => queue.getProperties({ abortSignal }),
      [404],
    );
    return found instanceof Refused ? 0 : (found.approximateMessagesCount ?? 0);
  }

  async clear(): Promise<void> {
    const queue = await this.#open();
    await this.#caller.call(
      'remove what failed',
      ({ abortSignal }) => queue.clearMessages({ abortSignal }),
      [404],
    );
  }
}
