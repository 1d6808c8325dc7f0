import { AlertforestError } from '../../errors.ts';
import type { Liveness } from '../../store/owner.ts';
import type { RetrainQueue } from '../../store/retrain-queue.ts';
import type { RunLog, RunRecord, RunState, RunTrigger } from '../../store/run-log.ts';
import { cutOff, isCutOff, lostMessage } from './cut-off.ts';

/** Least time between two writes of progress. */
const WRITE_EVERY_MS = 1_000;
/** Stages of a run that does not hold the lease yet. */
const WAITING = new Set(['queued', 'starting']);
/** A run of an owner nobody knows that has waited for this long, while the lease is free, has died. */
const ABANDONED_AFTER_MS = 120_000;
/** A request waits in the queue for its turn, however long others take; by then its message has expired. */
const EXPIRED_AFTER_MS = 7 * 86_400_000;
/** Until then the message of a request may be on its way into the queue. */
const SENT_AFTER_MS = 5 * 60_000;
/** Runs looked through for those that were killed: at one every 6 s, those of the last twenty minutes. */
const LOOKED_THROUGH = 200;

interface ProgressDeps {
  readonly runs: RunLog;
  readonly now: () => number;
  readonly liveness?: Liveness | undefined;
  readonly queue?: Pick<RetrainQueue, 'isEmpty'> | undefined;
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

  constructor(deps: ProgressDeps, runId: string, trigger: RunTrigger) {
    this.runId = runId;
    this.#deps = deps;
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

  stage(stage: string, progress: number): void {
    const nowMs = this.#deps.now();
    const isNew = stage !== this.#record.stage;
    this.#record = {
      ...this.#record,
      stage,
      progress: Math.max(this.#record.progress, Math.min(1, progress)),
    };
    if (isNew || nowMs - this.#writtenAtMs >= WRITE_EVERY_MS) this.#write();
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
      for (const run of await this.#deps.runs.list(LOOKED_THROUGH)) {
        if (run.state !== 'running' || run.runId === this.runId) continue;
        if (await this.#hasLostMessage(run)) {
          await this.#deps.runs.put(lostMessage(run, this.#deps.now()));
          continue;
        }
        if (!this.#isAbandoned(run) && !(await isCutOff(run, this.#deps.liveness))) continue;
        await this.#deps.runs.put(cutOff(run, this.#deps.now()));
      }
    } catch (error) {
      this.#tell(error);
    }
  }

  /** A request that waits while nothing is in the queue: it was removed there, or could not be read and was set aside. */
  async #hasLostMessage({ runId, stage, startedAt }: RunRecord): Promise<boolean> {
    const { queue, runs, now } = this.#deps;
    if (stage !== 'queued' || queue === undefined || now() - Date.parse(startedAt) < SENT_AFTER_MS)
      return false;
    if (!(await queue.isEmpty())) return false;
    // it may have had its turn between the list and the count
    const run = await runs.get(runId);
    return run?.state === 'running' && run.stage === 'queued';
  }

  /** Past its first stage a run holds the lease, which is ours now. Before it, a run may still wait for its turn. */
  #isAbandoned({ stage, startedAt, owner }: RunRecord): boolean {
    if (!WAITING.has(stage)) return true;
    const ageMs = this.#deps.now() - Date.parse(startedAt);
    if (stage === 'queued') return ageMs >= EXPIRED_AFTER_MS;
    // whether its owner lives is known better than how late it is: clocks of instances differ
    const isAsked = owner !== undefined && this.#deps.liveness !== undefined;
    return !isAsked && ageMs >= ABANDONED_AFTER_MS;
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
