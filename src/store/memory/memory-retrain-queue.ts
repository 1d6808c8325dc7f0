import type { RetrainQueue, RetrainRequest } from '../retrain-queue.ts';

/** {@link RetrainQueue} that only remembers what was asked, oldest first. */
export class MemoryRetrainQueue implements RetrainQueue {
  readonly sent: { readonly request: RetrainRequest; readonly delaySeconds: number }[] = [];

  async send(request: RetrainRequest, delaySeconds = 0): Promise<void> {
    this.sent.push({ request: { ...request }, delaySeconds });
  }

  async isEmpty(): Promise<boolean> {
    return this.sent.length === 0;
  }
}
