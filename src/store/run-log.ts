import type { Owner } from './owner.ts';

export type RunTrigger = 'timer' | 'queue' | 'manual' | 'bootstrap';
export type RunState = 'running' | 'promoted' | 'refused' | 'below' | 'busy' | 'superseded' | 'failed';

/** One retrain, from the moment it was asked for. */
export interface RunRecord {
  readonly runId: string;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** What it is doing now: 'collecting', 'training classifier' and so on. */
  readonly stage: string;
  /** 0-1. */
  readonly progress: number;
  readonly pending: number | undefined;
  readonly release: string | undefined;
  readonly reasons: readonly string[];
  readonly error: string | undefined;
  /** The process at work on it; absent while it waits in the queue. */
  readonly owner?: Owner | undefined;
}

/** When the hourly timer last ran and what came of it. */
export interface TickRecord {
  readonly at: string;
  readonly isPastDue: boolean;
  readonly result: RunState;
}

/** The retrain log. An outage throws `STORE_UNAVAILABLE`. */
export interface RunLog {
  /** Creates or overwrites the record of `run.runId`. */
  put(run: RunRecord): Promise<void>;
  get(runId: string): Promise<RunRecord | undefined>;
  /** Newest first. */
  list(limit: number): Promise<readonly RunRecord[]>;
  putTick(tick: TickRecord): Promise<void>;
  lastTick(): Promise<TickRecord | undefined>;
}
