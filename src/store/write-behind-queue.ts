/** What became of a batch. */
export interface BatchOutcome<T> {
  /** Given up: they would be refused permanently. */
  readonly failed: number;
  /** To be tried again, in order. */
  readonly retry: readonly T[];
}

export interface WriteBehindSettings<T> {
  /** Writes a batch; does not throw for an outage. */
  readonly write: (batch: readonly T[]) => Promise<BatchOutcome<T>>;
  /** Items that may wait; those beyond are dropped. */
  readonly maxQueued: number;
  /** How long an item waits at most before it is written, in ms; undefined writes on `flush` alone. */
  readonly flushEveryMs: number | undefined;
  /** Quiet time after an outage, in ms: `flush` returns at once, so that no caller waits for storage that is away. */
  readonly pauseMs: number;
  /** Monotonic enough: in ms. */
  readonly now: () => number;
}

/** A bounded queue in front of a slow place: one write at a time, drops counted, nothing thrown at the writer. */
export class WriteBehindQueue<T> {
  readonly #settings: WriteBehindSettings<T>;
  #waiting: T[] = [];
  #writing: Promise<void> | undefined;
  #inFlight: readonly T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #written = 0;
  #dropped = 0;
  #failed = 0;

  constructor(settings: WriteBehindSettings<T>) {
    this.#settings = settings;
  }

  get counts(): { queued: number; written: number; dropped: number; failed: number } {
    return {
      queued: this.#waiting.length + this.#inFlight.length,
      written: this.#written,
      dropped: this.#dropped,
      failed: this.#failed,
    };
  }

  /** What may not be in its place yet, in the order it was pushed. */
  get unwritten(): readonly T[] {
    return [...this.#inFlight, ...this.#waiting];
  }

  push(items: readonly T[]): void {
    const room = Math.max(0, this.#settings.maxQueued - this.#waiting.length - this.#inFlight.length);
    for (const item of items.slice(0, room)) this.#waiting.push(item);
    this.#dropped += Math.max(0, items.length - room);
    this.#schedule();
  }

  /** Resolves when what was pushed before has been written or given up, or at once during the pause after an outage. */
  async flush(): Promise<void> {
    await this.#writing;
    const isDue = this.#waiting.length > 0 && this.#settings.now() >= this.#pausedUntilMs;
    // Another flush that waited for the same write may have begun the next one and taken everything along.
    if (isDue && this.#writing === undefined) this.#writing = this.#writeAll();
    await this.#writing;
  }

  /** Writes what is left, pause or not, and stops the timer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    this.#pausedUntilMs = Number.NEGATIVE_INFINITY;
    await this.flush();
  }

  async #writeAll(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#inFlight = batch;
    try {
      const { failed, retry } = await this.#settings.write(batch);
      this.#failed += failed;
      this.#written += batch.length - failed - retry.length;
      if (retry.length > 0) {
        this.#waiting = [...retry, ...this.#waiting];
        this.#pausedUntilMs = this.#settings.now() + this.#settings.pauseMs;
      }
    } catch {
      // Not an outage but a batch that cannot be turned into rows; it is counted, and predictions go on.
      this.#failed += batch.length;
    } finally {
      this.#inFlight = [];
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  #schedule(): void {
    const { flushEveryMs } = this.#settings;
    if (flushEveryMs === undefined || this.#timer !== undefined || this.#isClosed) return;
    const pauseMs = this.#pausedUntilMs - this.#settings.now();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.flush();
      },
      Math.max(flushEveryMs, pauseMs),
    );
    // Waiting rows must not keep a process alive that is done; closing the log writes them.
    this.#timer.unref();
  }
}
