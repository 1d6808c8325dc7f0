import { AlertforestError } from '../../errors.ts';
import type { Liveness } from '../../store/owner.ts';
import type { RunLog, RunRecord, RunState, RunTrigger } from '../../store/run-log.ts';
import { cutOff, isCutOff } from './cut-off.ts';

/** Least time between two writes of progress. */
const WRITE_EVERY_MS = 1_000;
/** Stages of a run that does not hold the lease yet. */
const WAITING = new Set(['queued', 'starting']);
/** A run that has waited for this long, while the lease is free, has died. */
const ABANDONED_AFTER_MS = 120_000;

interface ProgressDeps {
  readonly runs: RunLog;
  readonly now: () => number;
  readonly liveness?: Liveness | undefined;
  readonly onEvent?: ((event: string, details: Readonly<Record<string, unknown>>) => void) | undefined;
}

/**
 * Keeps the run's record up to date. The log informs, it decides nothing: a write that fails is told to `onEvent`
 * and never stops a run.
 */
export class RunProgress {
  readonly runId: string;
  readonly #deps: ProgressDeps;
  #record: RunRecord;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  /** Writes follow each other, so that an old state never overwrites a newer one. */
  #writing: Promise<void> = Promise.resolve();
  #everyMs = Number.POSITIVE_INFINITY;
  #action: (() => Promise<void>) | undefined;
  #actedAtMs: number;

  constructor(deps: ProgressDeps, runId: string, trigger: RunTrigger) {
    this.runId = runId;
    this.#deps = deps;
    this.#actedAtMs = deps.now();
    this.#record = {
      runId,
      trigger,
      state: 'running',
      startedAt: new Date(deps.now()).toISOString(),
      finishedAt: undefined,
      stage: 'starting',
      progress: 0,
      pending: undefined,
      release: undefined,
      reasons: [],
      error: undefined,
      ...(deps.liveness === undefined ? {} : { owner: deps.liveness.self }),
    };
  }

  async begin(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  /** Runs `action` whenever progress is reported and this much time has passed: no timer outlives the run. */
  every(ms: number, action: () => Promise<void>): void {
    this.#everyMs = ms;
    this.#action = action;
    this.#actedAtMs = this.#deps.now();
  }

  stage(stage: string, progress: number): void {
    const nowMs = this.#deps.now();
    const isNew = stage !== this.#record.stage;
    this.#record = {
      ...this.#record,
      stage,
      progress: Math.max(this.#record.progress, Math.min(1, progress)),
    };
    if (isNew || nowMs - this.#writtenAtMs >= WRITE_EVERY_MS) this.#write();
    if (this.#action !== undefined && nowMs - this.#actedAtMs >= this.#everyMs) {
      this.#actedAtMs = nowMs;
      const action = this.#action;
      this.#writing = this.#writing.then(action).catch((error) => this.#tell(error));
    }
  }

  pending(pending: number): void {
    this.#record = { ...this.#record, pending };
  }

  async finish(state: RunState, reasons: readonly string[], release?: string): Promise<RunRecord> {
    this.#record = {
      ...this.#record,
      state,
      reasons,
      release,
      stage: 'done',
      progress: 1,
      finishedAt: new Date(this.#deps.now()).toISOString(),
    };
    this.#write();
    await this.#writing;
    return this.#record;
  }

  async fail(error: unknown): Promise<void> {
    const message = error instanceof AlertforestError ? `${error.code}: ${error.message}` : String(error);
    this.#record = {
      ...this.#record,
      state: 'failed',
      error: message,
      finishedAt: new Date(this.#deps.now()).toISOString(),
    };
    this.#write();
    await this.#writing;
  }

  /** Marks runs that were killed: called under the lease, where no other run should be alive. */
  async closeAbandoned(): Promise<void> {
    try {
      for (const run of await this.#deps.runs.list(20)) {
        if (run.state !== 'running' || run.runId === this.runId) continue;
        if (!this.#isAbandoned(run) && !(await isCutOff(run, this.#deps.liveness))) continue;
        await this.#deps.runs.put(cutOff(run, this.#deps.now()));
      }
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Past its first stage a run holds the lease, which is ours now. Before it, a run may still wait for its turn. */
  #isAbandoned({ stage, startedAt }: RunRecord): boolean {
    return !WAITING.has(stage) || this.#deps.now() - Date.parse(startedAt) >= ABANDONED_AFTER_MS;
  }

  #write(): void {
    this.#writtenAtMs = this.#deps.now();
    const record = this.#record;
    this.#writing = this.#writing.then(() => this.#deps.runs.put(record)).catch((error) => this.#tell(error));
  }

  #tell(error: unknown): void {
    this.#deps.onEvent?.('run_log_failed', { run_id: this.runId, reason: String(error) });
  }
}
