import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config.ts';
import type { FleetLivenessOptions } from '../monitoring/liveness.ts';
import { Lineage } from '../training/releases/lineage.ts';
import { createKeptUnseen, type KeptUnseen } from '../training/runs/read-unseen.ts';
import { createThreadTrainer } from '../training/runs/thread-trainer.ts';
import type { Trainer } from '../training/trainer.ts';
import { type AppStores, createStores } from './stores.ts';

/** What surrounds the service: a process of the platform, a laptop, a command. */
export interface Surroundings {
  /** Milliseconds since 1970. @default the clock of the machine */
  readonly now?: () => number;
  /**
   * Milliseconds of a clock that nobody sets, from any beginning: what durations are measured by. @default `now` where
   * that is given, else the monotonic clock of the process
   */
  readonly elapsed?: () => number;
  /** Takes the events outside any request, one line of JSON each. @default console.log */
  readonly writeLine?: (line: string) => void;
  /** Name of this instance among those of the service. @default a random one */
  readonly instanceId?: string;
  /** Whether an app setting switches the hourly check off. @default false */
  readonly isTimerDisabled?: boolean;
  /** As what this process is known to the others, and how it finds out whether they run. @default asks the system */
  readonly identity?: Pick<FleetLivenessOptions, 'process' | 'isRunning'>;
  /** What trains. @default a thread for each run */
  readonly trainer?: Trainer;
}

export type LogEvent = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** What every room is built from. */
export interface Base {
  readonly settings: Settings;
  readonly stores: AppStores;
  readonly lineage: Lineage;
  readonly unseen: KeptUnseen;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly startedAtMs: number;
  readonly instanceId: string;
  readonly isTimerDisabled: boolean;
  readonly identity: Pick<FleetLivenessOptions, 'process' | 'isRunning'>;
  readonly trainer: Trainer;
  readonly newRunId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Events outside any request, as docs/telemetry.md lists them. */
  readonly logEvent: LogEvent;
}

/** Costs no request. */
export function createBase(
  settings: Settings,
  {
    now: given,
    elapsed = given ?? (() => performance.now()),
    writeLine = console.log,
    instanceId = randomUUID(),
    isTimerDisabled = false,
    identity = {},
    trainer = createThreadTrainer(),
  }: Surroundings,
): Base {
  const now = given ?? Date.now;
  const stores = createStores(settings, now);
  return {
    settings,
    stores,
    lineage: new Lineage(stores.models),
    unseen: createKeptUnseen(stores.models),
    now,
    elapsed,
    startedAtMs: now(),
    instanceId,
    isTimerDisabled,
    identity,
    trainer,
    newRunId: () => randomUUID(),
    sleep: async (ms) => void (await sleep(ms)),
    logEvent: (event, details) => writeLine(JSON.stringify({ event, ...details })),
  };
}
