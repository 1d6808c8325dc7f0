import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.ts';
import { quickTrainer } from './quick-trainer.ts';

/** Fast training, short timeouts; rounds and hourly checks are made by hand. */
const SETTINGS = {
  TOURNAMENT: 'random_forest',
  SYNTHETIC_ALERTS: '200',
  RETRAIN_AFTER: '1000000',
  RETRAIN_AFTER_HOURLY: '1',
  FEEDBACK_RATE_PER_MINUTE: '1000000',
  RETRAIN_SCHEDULE: '0 0 * * * *',
  HEAD_POLL_SECONDS: '3600',
  // a busy machine, on which storage itself is slow, needs more
  STORAGE_TIMEOUT_SECONDS: process.env['FAULTS_TIMEOUT_SECONDS'] ?? '1.5',
};

/** For tests in which storage always answers, or is cut off: a busy machine is not taken for an outage. */
export const PATIENT = { env: { STORAGE_TIMEOUT_SECONDS: '60' } } as const;

/** Local copies, as a machine keeps them from process to process. */
const folder = mkdtempSync(join(tmpdir(), 'faulty-instances-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Process ids of the instances that run, as the system would tell them. */
const running = new Set<number>();
let nStarted = 0;

export interface InstanceOptions {
  /** What the machine's clock is ahead of the real one, in ms. @default 0 */
  readonly clockAheadMs?: number;
  /** As the platform names the place it runs in: who is started there anew has the same name. @default one of its own */
  readonly instanceId?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * One instance of the service in this process, with its own way to storage: nothing of it is replaced but the thread that
 * trains and what the system says of processes. Ending it as `kill -9` does is to cut that way, in the middle of whatever
 * it does: storage never hears of it again.
 */
export class FaultyInstance {
  readonly app: App;
  readonly proxy: FaultProxy;
  /** Events outside any request. */
  readonly events: string[] = [];
  readonly instanceId: string;
  readonly #pid: number;
  #clockAheadMs: number;
  #passedMs = 0;

  private constructor(proxy: FaultProxy, { clockAheadMs = 0, env = {}, instanceId }: InstanceOptions) {
    this.proxy = proxy;
    this.#pid = ++nStarted;
    running.add(this.#pid);
    this.instanceId = instanceId ?? `instance-${this.#pid}`;
    this.#clockAheadMs = clockAheadMs;
    const settings = readConfig({
      ...SETTINGS,
      AzureWebJobsStorage: proxy.connectionString,
      ALERTFOREST_CACHE_DIR: join(folder, instanceId ?? String(this.#pid)),
      ...env,
    });
    this.app = new App(settings, {
      now: () => Date.now() + this.#clockAheadMs,
      elapsed: () => performance.now() + this.#passedMs,
      writeLine: (line) => this.events.push(line),
      instanceId: this.instanceId,
      identity: {
        process: { machine: 'one machine', pid: this.#pid, processMark: undefined },
        isRunning: (pid) => running.has(pid),
      },
      trainer: quickTrainer,
    });
  }

  static async start(storage: string, options: InstanceOptions = {}): Promise<FaultyInstance> {
    return new FaultyInstance(await startFaultProxy(storage), options);
  }

  get isRunning(): boolean {
    return running.has(this.#pid);
  }

  /** Sets the machine's clock. @param aheadMs from the right time */
  setClock(aheadMs: number): void {
    this.#clockAheadMs = aheadMs;
  }

  /** Lets so much time pass, in ms, by the clock that nobody sets. */
  passTime(ms: number): void {
    this.#passedMs += ms;
  }

  /** Storage hears nothing of it from the `from`-th call on that it makes from now; `when` is that call itself. */
  killAt(from: number, when: 'before' | 'after'): Promise<void> {
    return new Promise((resolve) => {
      const cutFrom = when === 'before' ? from : from + 1;
      let nSeen = 0;
      if (when === 'after')
        this.proxy.break({ matches: () => true, from, times: 1, fault: { kind: 'lost-answer' } });
      this.proxy.break({
        matches: () => {
          if (++nSeen === from) {
            running.delete(this.#pid);
            resolve();
          }
          return true;
        },
        from: cutFrom,
        times: Number.POSITIVE_INFINITY,
        fault: { kind: 'cut' },
      });
    });
  }

  /** Ends it, with a goodbye where storage can still be reached. */
  async stop(): Promise<void> {
    await this.app.close();
    running.delete(this.#pid);
    await this.proxy.stop();
  }
}
