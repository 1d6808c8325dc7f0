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

/** What an inspection of everything that learning and serving need has found. */
export interface InspectionRecord {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** A sentence for each thing that is missing or damaged, with its name; empty where all is well. */
  readonly damage: readonly string[];
}

/** The retrain log. An outage throws `STORE_UNAVAILABLE`. */
export interface RunLog {
  /** Creates or overwrites the record of `run.runId`. */
  put(run: RunRecord): Promise<void>;
  get(runId: string): Promise<RunRecord | undefined>;
  /** Newest first. A record that cannot be read is set aside. */
  list(limit: number): Promise<readonly RunRecord[]>;
  /** Removes all but the newest `keep` runs; returns how many went. */
  prune(keep: number): Promise<number>;
  putTick(tick: TickRecord): Promise<void>;
  lastTick(): Promise<TickRecord | undefined>;
  putInspection(inspection: InspectionRecord): Promise<void>;
  lastInspection(): Promise<InspectionRecord | undefined>;
  /** Removes the rows that cannot be read; returns how many went. */
  dropUnreadable(): Promise<number>;
}
