import { setTimeout as delay } from 'node:timers/promises';
import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { LogSink } from './functions-app.ts';
import type { QueueSettings } from './host-json.ts';

/** A queue message on its way to a function: its text and the metadata in the names of Azure's host. */
export interface QueueInvocation {
  readonly text: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

export interface QueueListenerOptions {
  readonly functionName: string;
  readonly queueName: string;
  readonly service: QueueServiceClient;
  readonly settings: QueueSettings;
  readonly invoke: (message: QueueInvocation) => Promise<void>;
  readonly log: LogSink;
}

/** How long a message stays hidden while its function runs. It is hidden again at half of that. */
const HIDDEN_SECONDS = 600;
const SHORTEST_POLL_MS = 100;

/**
 * Runs one queue function as Azure's queue extension does: up to `batchSize` messages are fetched and run at once,
 * more when no more than `newBatchThreshold` are left; a message is deleted on success, shown again after
 * `visibilityTimeout` on failure, and moved to `<queue>-poison` at the `maxDequeueCount`-th failure.
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #queue: QueueClient;
  readonly #poison: QueueClient;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #polling: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: QueueListenerOptions) {
    this.#options = options;
    this.#queue = options.service.getQueueClient(options.queueName);
    this.#poison = options.service.getQueueClient(`${options.queueName}-poison`);
  }

  start(): void {
    this.#polling = this.#poll();
  }

  /** Stops fetching; resolves when the messages in flight have ended and their fate is stored. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    await Promise.all(this.#running);
  }

  async #poll(): Promise<void> {
    const { settings } = this.#options;
    const { signal } = this.#stopping;
    let waitMs = SHORTEST_POLL_MS;
    while (!signal.aborted) {
      const messages = await this.#receive();
      for (const message of messages) this.#begin(message);
      // An empty or failing queue is asked ever less often, up to `maxPollingInterval`.
      waitMs = messages.length > 0 ? SHORTEST_POLL_MS : Math.min(waitMs * 1.5, settings.maxPollingIntervalMs);
      if (messages.length === 0) await delay(waitMs, undefined, { signal }).catch(() => {});
      while (this.#running.size > settings.newBatchThreshold && !signal.aborted) {
        await Promise.race([...this.#running, aborted(signal)]);
      }
    }
  }

  async #receive(): Promise<readonly DequeuedMessageItem[]> {
    const { settings, functionName, queueName, log } = this.#options;
    try {
      const response = await this.#queue.receiveMessages({
        numberOfMessages: settings.batchSize,
        visibilityTimeout: HIDDEN_SECONDS,
        abortSignal: this.#stopping.signal,
      });
      if (this.#isFailing)
        log('information', 'system', `Queue ${queueName} can be read again.`, functionName);
      this.#isFailing = false;
      return response.receivedMessageItems;
    } catch (error) {
      if (this.#stopping.signal.aborted || isMissingQueue(error)) return [];
      if (!this.#isFailing) {
        log('warning', 'system', `Cannot read queue ${queueName}: ${(error as Error).message}`, functionName);
      }
      this.#isFailing = true;
      return [];
    }
  }

  #begin(message: DequeuedMessageItem): void {
    const running = this.#process(message).catch((error: unknown) => {
      const { functionName, queueName, log } = this.#options;
      log(
        'error',
        'system',
        `Cannot settle message ${message.messageId} of queue ${queueName}, it will come again: ${String(error)}`,
        functionName,
      );
    });
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    const { settings, functionName, invoke, log } = this.#options;
    // Counted up by receives whose host died: such a message is not run again.
    if (message.dequeueCount > settings.maxDequeueCount) {
      await this.#moveToPoison(message, message.popReceipt);
      return;
    }
    let popReceipt = message.popReceipt;
    let hiding: Promise<void> = Promise.resolve();
    const hide = setInterval(
      () => {
        hiding = this.#queue
          .updateMessage(message.messageId, popReceipt, undefined, HIDDEN_SECONDS)
          .then((response) => {
            popReceipt = response.popReceipt ?? popReceipt;
          })
          .catch((error: unknown) => {
            log(
              'warning',
              'system',
              `Cannot keep message ${message.messageId} hidden: ${String(error)}`,
              functionName,
            );
          });
      },
      (HIDDEN_SECONDS * 1000) / 2,
    );
    const stopHiding = async (): Promise<void> => {
      clearInterval(hide);
      // Each update gives a new receipt, and only the newest settles the message.
      await hiding;
    };
    try {
      await invoke(this.#toInvocation(message));
    } catch (error) {
      await stopHiding();
      log(
        'error',
        'system',
        `Function \`${functionName}\` failed: ${(error as Error).message}`,
        functionName,
      );
      if (message.dequeueCount >= settings.maxDequeueCount) await this.#moveToPoison(message, popReceipt);
      else {
        const seconds = Math.round(settings.visibilityTimeoutMs / 1000);
        await this.#queue.updateMessage(message.messageId, popReceipt, undefined, seconds);
      }
      return;
    }
    await stopHiding();
    await this.#queue.deleteMessage(message.messageId, popReceipt);
  }

  async #moveToPoison(message: DequeuedMessageItem, popReceipt: string): Promise<void> {
    const { functionName, log } = this.#options;
    await this.#poison.createIfNotExists();
    await this.#poison.sendMessage(message.messageText);
    await this.#queue.deleteMessage(message.messageId, popReceipt);
    log(
      'error',
      'system',
      `Message ${message.messageId} failed ${message.dequeueCount} times and went to ${this.#poison.name}.`,
      functionName,
    );
  }

  #toInvocation(message: DequeuedMessageItem): QueueInvocation {
    const text =
      this.#options.settings.messageEncoding === 'base64'
        ? Buffer.from(message.messageText, 'base64').toString('utf8')
        : message.messageText;
    return {
      text,
      metadata: {
        QueueTrigger: text,
        DequeueCount: message.dequeueCount,
        Id: message.messageId,
        PopReceipt: message.popReceipt,
        InsertionTime: message.insertedOn.toISOString(),
        ExpirationTime: message.expiresOn.toISOString(),
        NextVisibleTime: message.nextVisibleOn.toISOString(),
      },
    };
  }
}

function isMissingQueue(error: unknown): boolean {
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  return statusCode === 404 && (code === undefined || code === 'QueueNotFound');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
