import { z } from 'zod';
import { AlertforestError, hasCode } from '../errors.ts';
import { MODEL_NAMES, type ModelName } from '../models/model-name.ts';
import type { FeedbackStore } from '../store/feedback-store.ts';
import type { HeardInstance } from '../store/fleet-store.ts';
import type { Liveness } from '../store/owner.ts';
import type { RetrainQueue, RetrainRequest } from '../store/retrain-queue.ts';
import type { RunLog, RunRecord } from '../store/run-log.ts';
import { sideBySide } from '../training/feedback/side-by-side.ts';
import {
  type ActivateDeps,
  type ActivateRequest,
  type Activation,
  activate,
  unpin,
} from '../training/releases/activate.ts';
import { learningFrom } from '../training/releases/learning-from.ts';
import type { Lineage } from '../training/releases/lineage.ts';
import {
  listAudit,
  listVersions,
  readArtefact,
  readCard,
  servingImportances,
  type VersionArtefact,
} from '../training/releases/versions.ts';
import { cutOff, isCutOff } from '../training/runs/cut-off.ts';
import { checkSince, type ReplayRequest, replay, withExclusion } from '../training/runs/replay.ts';
import { retrain } from '../training/runs/retrain.ts';
import type { RetrainDeps } from '../training/runs/retrain-command.ts';
import type { WaitingTurn } from '../training/runs/waiting-turn.ts';
import type { auditSchema, importancesSchema } from './versions/audit.ts';
import type { retrainAcceptedSchema, runsSchema, WireRun } from './versions/retrain.ts';
import type { activationSchema, versionCardSchema, versionsSchema } from './versions/versions.ts';
import { wireAudit, wireRun, wireVersions } from './versions/versions-report.ts';

const MAX_LISTED_RUNS = 50;
/** How long an activation waits for the instances to say that they serve the new version. */
const CONFIRM_MS = 2_000;
const CONFIRM_POLL_MS = 200;
/** Until a retrain that found another one at work is tried again. */
const BUSY_RETRY_SECONDS = 30;

export interface OperationsDeps {
  readonly lineage: Lineage;
  readonly activation: ActivateDeps;
  readonly retraining: RetrainDeps;
  readonly runs: RunLog;
  readonly queue: RetrainQueue;
  readonly feedback: FeedbackStore;
  /** Instances that live now. */
  readonly living: () => Promise<readonly HeardInstance[]>;
  readonly liveness: Liveness;
  /** Swaps the models of this instance for what is published by now, and tells the fleet. */
  readonly refresh: () => Promise<void>;
  /** Versions that this instance serves. */
  readonly servedHere: () => Readonly<Record<string, string>> | undefined;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly newRunId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Merges requests that ask for the same while a retrain is under way. */
  readonly turn: Pick<WaitingTurn, 'isWaitedFor' | 'waits' | 'hasTurn'>;
  /** Where a run can be asked for: `/api/v1/ml/retrain`. */
  readonly runsPath: string;
}

/** A message of the queue of retrain requests. */
export const retrainRequestSchema: z.ZodType<RetrainRequest> = z.object({
  reason: z.string(),
  at: z.string(),
  force: z.boolean().optional(),
  why: z.string().optional(),
  by: z.string().optional(),
  runId: z.string().optional(),
  replay: z
    .object({ analyst: z.string(), action: z.enum(['exclude', 'lift']), since: z.string().optional() })
    .optional(),
  turn: z.string().optional(),
});

/** What operators ask of a running service, from versions and retrains to the audit. */
export class OperationsService {
  readonly #deps: OperationsDeps;

  constructor(deps: OperationsDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError NOT_FOUND for a model that does not exist */
  async versions(model?: string): Promise<z.infer<typeof versionsSchema>> {
    return wireVersions(
      await listVersions(this.#deps.lineage, model === undefined ? {} : { model: knownModel(model) }),
    );
  }

  /** @throws AlertforestError NOT_FOUND for a model that does not exist, MODEL_NOT_FOUND for a version */
  async versionCard(model: string, version: string): Promise<z.infer<typeof versionCardSchema>> {
    const { lineage, retraining } = this.#deps;
    const { reasons, ...card } = await readCard(retraining.models, lineage, knownModel(model), version);
    return { ...card, reasons: [...reasons] };
  }

  /** @throws AlertforestError NOT_FOUND for a model that does not exist, MODEL_NOT_FOUND for a version */
  artefact(model: string, version: string): Promise<VersionArtefact> {
    const { lineage, retraining } = this.#deps;
    return readArtefact(retraining.models, lineage, knownModel(model), version);
  }

  async activate(request: ActivateRequest): Promise<z.infer<typeof activationSchema>> {
    knownModel(request.model);
    return this.#confirmed(await activate(this.#deps.activation, request));
  }

  async unpin(request: Omit<ActivateRequest, 'version'>): Promise<z.infer<typeof activationSchema>> {
    knownModel(request.model);
    return this.#confirmed(await unpin(this.#deps.activation, request));
  }

  /** Asks for a retrain and says where to look for it. The record is there before the answer is. */
  async requestRetrain(asked: {
    force: boolean;
    why: string | undefined;
    by: string;
  }): Promise<z.infer<typeof retrainAcceptedSchema>> {
    requireWhy(asked);
    return this.#queued({
      reason: 'asked for by an operator',
      force: asked.force,
      by: asked.by,
      ...(asked.why === undefined ? {} : { why: asked.why }),
    });
  }

  /**
   * Asks for a retrain without an analyst's votes, or with them again.
   *
   * @throws AlertforestError REQUEST_INVALID where there is nothing to leave out or to let in again
   */
  async requestReplay(asked: ReplayRequest): Promise<z.infer<typeof retrainAcceptedSchema>> {
    const { analyst, action, since, by, why } = asked;
    await this.#checkReplay(asked);
    return this.#queued({
      reason: 'a replay was asked for by an operator',
      by,
      replay: { analyst, action, ...(since === undefined ? {} : { since }) },
      ...(why === undefined ? {} : { why }),
    });
  }

  async #queued(
    request: Omit<RetrainRequest, 'at' | 'runId'>,
  ): Promise<z.infer<typeof retrainAcceptedSchema>> {
    const { runs, queue, now, newRunId, runsPath } = this.#deps;
    const runId = newRunId();
    const at = new Date(now()).toISOString();
    await runs.put({
      runId,
      trigger: 'manual',
      state: 'running',
      startedAt: at,
      finishedAt: undefined,
      stage: 'queued',
      progress: 0,
      pending: undefined,
      release: undefined,
      reasons: [],
      error: undefined,
    });
    await queue.send({ ...request, at, runId });
    return { run_id: runId, status_url: `${runsPath}/${runId}` };
  }

  async runs(): Promise<z.infer<typeof runsSchema>> {
    const runs = await this.#deps.runs.list(MAX_LISTED_RUNS);
    return { runs: await sideBySide(runs, async (run) => this.#wireRun(await this.#asItIs(run))) };
  }

  /** @throws AlertforestError NOT_FOUND */
  async run(runId: string): Promise<WireRun> {
    const run = /^[\w-]{1,64}$/.test(runId) ? await this.#deps.runs.get(runId) : undefined;
    if (run === undefined) throw new AlertforestError('NOT_FOUND', `No retrain has the id ${runId}.`);
    return this.#wireRun(await this.#asItIs(run));
  }

  /** The hourly check. */
  async retrainTick(isPastDue: boolean): Promise<Record<string, unknown>> {
    const { retraining, runs, now, refresh } = this.#deps;
    let result: RunRecord | undefined;
    try {
      result = await retrain(retraining, { trigger: 'timer' });
      return { isPastDue, runId: result.runId, state: result.state, pending: result.pending };
    } finally {
      await runs.putTick({ at: new Date(now()).toISOString(), isPastDue, result: result?.state ?? 'failed' });
      await refresh();
    }
  }

  /**
   * A message of the retrain queue.
   *
   * @throws AlertforestError REQUEST_INVALID for a message that is none of ours: the host then sets it aside
   */
  async retrainRequested(message: unknown): Promise<Record<string, unknown>> {
    const parsed = retrainRequestSchema.safeParse(
      typeof message === 'string' ? parseMessage(message) : message,
    );
    if (!parsed.success) {
      throw new AlertforestError('REQUEST_INVALID', 'The queue message is no retrain request.');
    }
    const { force, by, why, runId, reason, at, turn, replay: replayed } = parsed.data;
    const askedAtMs = Date.parse(at);
    // before it runs: what comes from here on is no longer done by it
    if (turn !== undefined) await this.#deps.turn.hasTurn(turn);
    const asked = Number.isNaN(askedAtMs) ? {} : { askedAtMs };
    const result =
      replayed === undefined
        ? await retrain(this.#deps.retraining, {
            trigger: runId === undefined ? 'queue' : 'manual',
            runId,
            force,
            by,
            why: why ?? reason,
            ...asked,
          })
        : await replay(this.#deps.retraining, { ...replayed, runId, by: by ?? '', why, ...asked });
    if (result.state === 'busy') await this.#waitForTurn(parsed.data);
    await this.#deps.refresh();
    return { runId: result.runId, state: result.state, release: result.release, pending: result.pending };
  }

  /**
   * A request is not done because another retrain held the lease, which may be that of a process that has died: it waits
   * for its turn, whoever asked. Of those that nobody waits for by name, one waits for all.
   */
  async #waitForTurn(request: RetrainRequest): Promise<void> {
    const { queue, turn, newRunId } = this.#deps;
    if (request.runId !== undefined) return queue.send(request, BUSY_RETRY_SECONDS);
    const id = request.turn ?? newRunId();
    if (await turn.isWaitedFor(id)) return;
    // sent before it is said: who ends in between leaves one too many
    await queue.send({ ...request, turn: id }, BUSY_RETRY_SECONDS);
    await turn.waits(id);
  }

  /** Retrains in this process; for the command line and for jobs larger than one instance of the service. */
  async retrainNow(asked: { force: boolean; why: string | undefined; by: string }): Promise<WireRun> {
    requireWhy(asked);
    return this.#wireRun(await retrain(this.#deps.retraining, { trigger: 'manual', ...asked }));
  }

  /**
   * Learns again without an analyst's votes, or with them again, in this process.
   *
   * @throws AlertforestError REQUEST_INVALID where there is nothing to leave out or to let in again
   */
  async replay(request: ReplayRequest): Promise<WireRun> {
    await this.#checkReplay(request);
    return this.#wireRun(await replay(this.#deps.retraining, request));
  }

  /** A name with a slip would exclude nobody, and cost a retrain. */
  async #checkReplay(request: ReplayRequest): Promise<void> {
    const { analyst, action } = request;
    checkSince(request);
    if (action === 'lift') {
      const { lineage } = this.#deps;
      const { head } = await lineage.requireHead();
      withExclusion((await lineage.tip(head.release)).record.exclusions, request, this.#deps.now());
      return;
    }
    for await (const { votes } of this.#deps.feedback.samples())
      if (votes.some((vote) => vote.analyst === analyst)) return;
    const message = `No judgement of ${analyst} is stored.`;
    throw new AlertforestError('REQUEST_INVALID', message, { issues: [{ path: 'without', message }] });
  }

  /** With what became of each model, where the run made a release that is still kept. */
  async #wireRun(run: RunRecord): Promise<WireRun> {
    if (run.release === undefined) return wireRun(run);
    try {
      return wireRun(run, await this.#deps.lineage.release(run.release));
    } catch (error) {
      // a release that lost its commit is in no lineage; the run tells what it knows
      if (hasCode(error, 'STORE_CORRUPT')) return wireRun(run);
      throw error;
    }
  }

  async audit(limit: number, before: string | undefined): Promise<z.infer<typeof auditSchema>> {
    return wireAudit(await listAudit(this.#deps.lineage, limit, before));
  }

  async importances(): Promise<z.infer<typeof importancesSchema>> {
    const models = await servingImportances(this.#deps.lineage);
    return {
      models: Object.fromEntries(
        Object.entries(models).map(([model, { version, importances }]) => [
          model,
          { version, importances: importances.map(({ feature, importance }) => ({ feature, importance })) },
        ]),
      ),
    };
  }

  /** A run whose process has died is shown as failed at once, and kept as that. */
  async #asItIs(run: RunRecord): Promise<RunRecord> {
    const { runs, liveness, now } = this.#deps;
    if (!(await isCutOff(run, liveness))) return run;
    const failed = cutOff(run, now());
    // what is shown does not wait for what is kept: the next look, or the next run, keeps it
    await runs.put(failed).catch(() => {});
    return failed;
  }

  /**
   * Adds how many instances say that they serve the version now; the others follow at their next look. It is in force by
   * then: whatever fails here takes nothing of that back.
   */
  async #confirmed({ wasPinned, ...activation }: Activation): Promise<z.infer<typeof activationSchema>> {
    await this.#deps.refresh();
    const { model, after, pinned } = activation;
    const [confirmed, learning] = await Promise.all([
      this.#confirmations(activation).catch(() => null),
      this.#learningFrom(model),
    ]);
    const note = pinned
      ? `Pinned: retrains go on, but none replaces ${model} ${after} until POST /versions/${model}/unpin.`
      : `Not pinned: ${model} ${after} serves until a retrain brings a better one.`;
    const servedHere = { ...this.#deps.servedHere() };
    return {
      ...activation,
      was_pinned: wasPinned,
      note,
      instances_confirmed: confirmed,
      served_here: servedHere,
      learning,
    };
  }

  async #learningFrom(model: string): Promise<string[]> {
    const { lineage, retraining } = this.#deps;
    try {
      return await learningFrom(retraining.models, lineage, model);
    } catch (error) {
      if (!(error instanceof AlertforestError)) throw error;
      return [`What the next retrain learns from could not be looked at: ${error.message}`];
    }
  }

  async #confirmations({ model, after }: Pick<Activation, 'model' | 'after'>): Promise<number> {
    const { living, elapsed, sleep } = this.#deps;
    const startedAtMs = elapsed();
    for (;;) {
      const instances = (await living()).filter(({ release }) => release !== undefined);
      const confirmed = instances.filter(({ versions }) => versions[model] === after).length;
      if (confirmed === instances.length || elapsed() - startedAtMs > CONFIRM_MS) return confirmed;
      await sleep(CONFIRM_POLL_MS);
    }
  }
}

function knownModel(model: string): ModelName {
  const known = MODEL_NAMES.find((name) => name === model);
  if (known === undefined) {
    throw new AlertforestError('NOT_FOUND', `Expected a model of ${MODEL_NAMES.join(', ')}, got ${model}.`);
  }
  return known;
}

function requireWhy(asked: { readonly force: boolean; readonly why: string | undefined }): void {
  if (!asked.force || asked.why) return;
  throw new AlertforestError('REQUEST_INVALID', 'A forced retrain needs `why`.', {
    issues: [{ path: 'why', message: 'Expected the reason why the gate is overruled.' }],
  });
}

function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
