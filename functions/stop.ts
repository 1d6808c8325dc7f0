import { setTimeout as delay } from 'node:timers/promises';

// Kept below the 10 s that a platform gives a process between the wish to stop and the kill.
/** Time that running calls get to end. */
const DRAIN_MS = 6_000;
/** Time that what is held back gets to be written. */
const CLOSE_MS = 3_000;
const LOOK_MS = 20;
/**
 * Looks in a row that must find nothing running: an answer is still on its way when its handler has returned, and on
 * a busy machine a request waits to be read while time passes. Counted in turns of the event loop, not in time.
 */
const IDLE_LOOKS = 12;

export interface Stoppable {
  /** Writes what is held back and takes leave. */
  close(): Promise<void>;
  /** Writes what came in since. */
  flush(): Promise<void>;
}

export interface StopOptions {
  /** The service, if any call has made it. */
  readonly service: () => Stoppable | undefined;
  readonly exit: (code: number) => void;
  readonly writeLine: (line: string) => void;
  /** @default 6_000 */
  readonly drainMs?: number;
  /** @default 3_000 */
  readonly closeMs?: number;
}

/**
 * Ends the process so that nothing is lost: running calls end, what is held back is written, the fleet is told. The
 * platform stops a process in two ways: it runs the terminate hooks, or sends a signal, which would end Node at once.
 */
export class GracefulStop {
  readonly #options: Required<StopOptions>;
  #nRunning = 0;
  #closing: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor({ drainMs = DRAIN_MS, closeMs = CLOSE_MS, ...options }: StopOptions) {
    this.#options = { ...options, drainMs, closeMs };
  }

  began(): void {
    this.#nRunning++;
  }

  ended(): void {
    this.#nRunning--;
  }

  /** For the terminate hooks: the platform has let calls end, and ends the process itself. */
  close(): Promise<void> {
    this.#closing ??= this.#options.service()?.close() ?? Promise.resolve();
    return this.#closing;
  }

  /** For a signal; a second one changes nothing. */
  stop(signal: string): Promise<void> {
    this.#stopping ??= this.#stop(signal);
    return this.#stopping;
  }

  async #stop(signal: string): Promise<void> {
    const { service, exit, writeLine, drainMs, closeMs } = this.#options;
    const startedAtMs = performance.now();
    await this.#idle(drainMs);
    const unfinished = this.#nRunning;
    let isWritten = false;
    const write = async (): Promise<void> => {
      await this.close();
      // calls that came while the rest was written
      await this.#idle(closeMs / 2);
      await service()?.flush();
      isWritten = true;
    };
    await Promise.race([write().catch(() => {}), delay(closeMs, undefined, { ref: false })]);
    const durationMs = Math.round(performance.now() - startedAtMs);
    writeLine(JSON.stringify({ event: 'stopped', signal, unfinished, written: isWritten, durationMs }));
    exit(isWritten && unfinished === 0 ? 0 : 1);
  }

  /** Resolves when nothing has run for a moment, at the latest after `maxMs`. */
  async #idle(maxMs: number): Promise<void> {
    const deadlineMs = performance.now() + maxMs;
    for (let nIdle = 0; nIdle < IDLE_LOOKS && performance.now() < deadlineMs; nIdle++) {
      await delay(LOOK_MS);
      if (this.#nRunning > 0) nIdle = -1;
    }
  }
}
