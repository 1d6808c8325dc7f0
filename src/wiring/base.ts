import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config.ts';
import { Lineage } from '../training/releases/lineage.ts';
import { type AppStores, createStores } from './stores.ts';

/** What surrounds the service: a process of the platform, a laptop, a command. */
export interface Surroundings {
  /** Milliseconds since 1970. @default the clock of the machine */
  readonly now?: () => number;
  /** Takes the events outside any request, one line of JSON each. @default console.log */
  readonly writeLine?: (line: string) => void;
  /** Name of this instance among those of the service. @default a random one */
  readonly instanceId?: string;
  /** Whether an app setting switches the hourly check off. @default false */
  readonly isTimerDisabled?: boolean;
}

export type LogEvent = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** What every room is built from. */
export interface Base {
  readonly settings: Settings;
  readonly stores: AppStores;
  readonly lineage: Lineage;
  readonly now: () => number;
  readonly startedAtMs: number;
  readonly instanceId: string;
  readonly isTimerDisabled: boolean;
  readonly newRunId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Events outside any request, as docs/telemetry.md lists them. */
  readonly logEvent: LogEvent;
}

/** Costs no request. */
export function createBase(
  settings: Settings,
  {
    now = Date.now,
    writeLine = console.log,
    instanceId = randomUUID(),
    isTimerDisabled = false,
  }: Surroundings,
): Base {
  const stores = createStores(settings, now);
  return {
    settings,
    stores,
    lineage: new Lineage(stores.models),
    now,
    startedAtMs: now(),
    instanceId,
    isTimerDisabled,
    newRunId: () => randomUUID(),
    sleep: async (ms) => void (await sleep(ms)),
    logEvent: (event, details) => writeLine(JSON.stringify({ event, ...details })),
  };
}
