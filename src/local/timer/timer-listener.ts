import type { LogSink } from '../functions-app.ts';
import type { TimerSchedule } from './timer-schedule.ts';
import type { TimerStatus, TimerStatusStore } from './timer-status.ts';

export interface TimerListenerOptions {
  readonly functionName: string;
  readonly schedule: TimerSchedule;
  readonly runOnStartup: boolean;
  /** Whether missed occurrences are noticed across restarts; never for schedules under a minute. */
  readonly useMonitor: boolean;
  readonly statusStore: TimerStatusStore;
  /** Calls the function with the timer's JSON. */
  readonly invoke: (timerJson: string) => Promise<void>;
  readonly now: () => number;
  readonly log: LogSink;
}

/** setTimeout takes at most 2^31 - 1 ms; longer waits are taken in parts. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const MINUTE_MS = 60_000;

/**
 * Runs one timer function as Azure's timer extension does: one invocation at a time, the status is written after the
 * invocation, and occurrences missed while the host was away give one invocation at once with `isPastDue: true`.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  readonly #isMonitored: boolean;
  #status: TimerStatus | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
    const { schedule, now } = options;
    const first = schedule.nextMs(now());
    const second = first === undefined ? undefined : schedule.nextMs(first);
    const intervalMs = first === undefined || second === undefined ? Infinity : second - first;
    this.#isMonitored = options.useMonitor && intervalMs >= MINUTE_MS;
  }

  /** When the function is due next, ISO; undefined before `start` and for a schedule that never comes. */
  get status(): TimerStatus | undefined {
    return this.#status;
  }

  start(): void {
    const { schedule, now, runOnStartup } = this.#options;
    const nowMs = now();
    let isPastDue = false;
    if (this.#isMonitored) {
      const kept = this.#kept();
      if (kept !== undefined) {
        // Computed again rather than taken from the file: the schedule may have been changed meanwhile.
        const dueMs = schedule.nextMs(Date.parse(kept.last ?? kept.lastUpdated));
        isPastDue = dueMs !== undefined && dueMs < nowMs;
        this.#status = kept;
      }
    }
    if (isPastDue || runOnStartup) {
      this.#run(isPastDue);
      return;
    }
    this.#recordNext(this.#status?.last, nowMs);
    this.#wait(schedule.nextMs(nowMs));
  }

  /** Stops the schedule; resolves when a running invocation has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wait(dueMs: number | undefined): void {
    if (this.#isStopped || dueMs === undefined) return;
    const waitMs = Math.max(0, dueMs - this.#options.now());
    this.#timer = setTimeout(
      () => {
        if (this.#options.now() < dueMs) this.#wait(dueMs);
        else this.#run(false);
      },
      Math.min(waitMs, LONGEST_WAIT_MS),
    );
  }

  #run(isPastDue: boolean): void {
    this.#running = this.#invoke(isPastDue);
  }

  async #invoke(isPastDue: boolean): Promise<void> {
    const { invoke, schedule, now, log, functionName } = this.#options;
    const startedMs = now();
    const { last, next, lastUpdated } = this.#status ?? {};
    const timerJson = JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus:
        next === undefined ? null : { Last: last ?? NEVER, Next: next, LastUpdated: lastUpdated },
      IsPastDue: isPastDue,
    });
    try {
      await invoke(timerJson);
    } catch (error) {
      // Cut off by the end of the host: nothing is recorded, so that the next start finds the tick past due.
      if (this.#isStopped) return;
      // The schedule goes on: a failed tick is not retried before the next one.
      log(
        'error',
        'system',
        `Function \`${functionName}\` failed: ${(error as Error).message}`,
        functionName,
      );
    }
    this.#recordNext(new Date(startedMs).toISOString(), now());
    this.#wait(schedule.nextMs(now()));
  }

  #recordNext(last: string | undefined, nowMs: number): void {
    const nextMs = this.#options.schedule.nextMs(nowMs);
    if (nextMs === undefined) return;
    this.#status = {
      ...(last === undefined ? {} : { last }),
      next: new Date(nextMs).toISOString(),
      lastUpdated: new Date(nowMs).toISOString(),
    };
    if (this.#isMonitored) this.#keep(this.#status);
  }

  /** A full disk costs the memory of this tick, not the schedule: the next start may find it past due. */
  #keep(status: TimerStatus): void {
    const { statusStore, functionName, log } = this.#options;
    try {
      statusStore.write(functionName, status);
    } catch (error) {
      log('error', 'system', statusStore.trouble('keep', functionName, error), functionName);
    }
  }

  #kept(): TimerStatus | undefined {
    const { statusStore, functionName, log } = this.#options;
    try {
      return statusStore.read(functionName);
    } catch (error) {
      log('error', 'system', statusStore.trouble('read', functionName, error), functionName);
      return undefined;
    }
  }
}

/** How .NET writes the time of a run that never was. */
const NEVER = '0001-01-01T00:00:00+00:00';
