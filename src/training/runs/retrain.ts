import { AlertforestError } from '../../errors.ts';
import type { RunRecord } from '../../store/run-log.ts';
import { collectGarbage } from '../releases/collect-garbage.ts';
import { type HeadState, Lineage, type LineageStep } from '../releases/lineage.ts';
import type { ComparisonResult } from '../trainer.ts';
import { type Gathered, gatherPending } from './gather.ts';
import { readJobInputs } from './job-inputs.ts';
import { gate, type ReleaseDraft, recordOf, writeArtefacts } from './publish.ts';
import type { RetrainCommand, RetrainDeps } from './retrain-command.ts';
import { keepRenewed, takeRetrainLease } from './retrain-lease.ts';
import { RunProgress } from './run-progress.ts';

/** Commits tried again when an activation came between; a retrain that came between ends the run. */
const MAX_COMMITS = 6;
/** How far clocks of instances may be apart: storage refuses those that are 15 minutes off. */
const CLOCKS_APART_MS = 30 * 60_000;

/**
 * One retrain, from counting to the release. Whatever is killed or lost on the way, the lineage gets one release per
 * commit and no judgement is lost or counted twice: nothing is visible before the one conditional write of
 * `head.json`, and everything after it is redone by the next run.
 *
 * @throws the error that stopped it, after the run log has it; `busy`, `below`, `superseded` are answers, not errors
 */
export async function retrain(deps: RetrainDeps, command: RetrainCommand): Promise<RunRecord> {
  const run = new RunProgress(deps, command.runId ?? deps.newRunId(), command.trigger);
  try {
    return await attempt(deps, command, run);
  } catch (error) {
    await run.fail(error);
    throw error;
  }
}

async function attempt(deps: RetrainDeps, command: RetrainCommand, run: RunProgress): Promise<RunRecord> {
  const lineage = deps.lineage ?? new Lineage(deps.models);
  await run.begin();
  // 1. the lease: it only saves work
  const lease = await takeRetrainLease(deps);
  if (lease === undefined) return run.finish('busy', ['another retrain is under way']);
  const stopRenewing = keepRenewed(lease, run.runId, deps);
  try {
    await run.closeAbandoned();
    return await underLease(deps, command, run, lineage);
  } finally {
    stopRenewing();
    await lease.release().catch((error) => {
      deps.onEvent?.('retrain_lease_not_released', { run_id: run.runId, reason: String(error) });
    });
  }
}

async function underLease(
  deps: RetrainDeps,
  command: RetrainCommand,
  run: RunProgress,
  lineage: Lineage,
): Promise<RunRecord> {
  // 2. where the lineage stands
  const head = await lineage.requireHead();
  const tip = await lineage.tip(head.head.release);
  // a queue message may be delivered twice, with any number of moves of the head in between
  const earlier =
    command.runId &&
    (await lineage.findRun(head.head.release, command.runId, (command.askedAtMs ?? 0) - CLOCKS_APART_MS));
  // 3. and 4. redo a cleanup that a crash cut short, then count and read what is new
  run.stage('collecting', 0);
  const gathered = await gatherPending(deps, tip.record);
  run.pending(gathered.pending);
  if (earlier)
    return run.finish(stateOf(earlier.record.models), ['this run has made its release before'], earlier.id);
  const needed = neededFor(deps, command);
  if (gathered.newlyJudged < needed) {
    return run.finish('below', [
      `${gathered.newlyJudged} newly judged alerts, ${needed} are needed`,
      ...gathered.notes,
    ]);
  }

  // 5. and 6. train on the state, not on a delta
  const exclusions = command.exclusions?.(tip.record.exclusions) ?? tip.record.exclusions;
  const inputs = await readJobInputs(deps, tip.record, gathered);
  const result = await deps.trainer.train({ ...inputs.job, exclusions }, (stage, progress) =>
    run.stage(stage, 0.05 + 0.7 * progress),
  );

  // 7. artefacts, under names that only their content decides
  run.stage('writing artefacts', 0.75);
  const paths = await writeArtefacts(deps.models, result);
  const draft: ReleaseDraft = {
    deps,
    command,
    runId: run.runId,
    gathered,
    result,
    paths,
    exclusions,
    inputs,
  };
  return commit(draft, run, lineage, head, tip);
}

async function commit(
  draft: ReleaseDraft,
  run: RunProgress,
  lineage: Lineage,
  firstHead: HeadState,
  tip: LineageStep,
): Promise<RunRecord> {
  const { deps, gathered } = draft;
  let head = firstHead;
  for (let tries = 0; tries < MAX_COMMITS; tries++) {
    // 8. against what serves now
    run.stage('comparing with what serves', 0.78);
    const reports: ComparisonResult = await gate(draft, lineage, head, (stage, progress) =>
      run.stage(stage, 0.78 + 0.15 * progress),
    );
    const record = await recordOf(draft, lineage, head, tip, reports);
    // 9. the one commit point
    run.stage('publishing', 0.94);
    const release = await lineage.commit(head, record);
    if (release !== undefined) {
      await cleanUp(deps, run, gathered, lineage);
      const notes = [...draft.inputs.notes, ...gathered.notes];
      return run.finish(stateOf(record.models), [...summaryOf(record.models), ...notes], release);
    }
    head = await lineage.requireHead();
    const newTip = await lineage.tip(head.head.release);
    if (newTip.id !== tip.id) {
      return run.finish('superseded', ['another retrain was published first; its release stands']);
    }
  }
  throw new AlertforestError(
    'STORE_CONFLICT',
    'The serving pointer kept moving while the release was published.',
    {
      retryAfterSeconds: 30,
    },
  );
}

/** 10. and 11.: what the next run would do as well, so a failure here is told and not thrown. */
async function cleanUp(
  deps: RetrainDeps,
  run: RunProgress,
  gathered: Gathered,
  lineage: Lineage,
): Promise<void> {
  try {
    run.stage('clearing markers', 0.96);
    await deps.feedback.consume(gathered.markers);
    run.stage('collecting garbage', 0.98);
    const removed = await collectGarbage(deps, lineage);
    if (removed.length > 0) deps.onEvent?.('garbage_collected', { blobs: removed.length });
  } catch (error) {
    if (!(error instanceof AlertforestError)) throw error;
    deps.onEvent?.('retrain_cleanup_failed', { run_id: run.runId, code: error.code, reason: error.message });
  }
}

function neededFor(deps: RetrainDeps, command: RetrainCommand): number {
  if (command.force || command.exclusions) return 0;
  if (command.trigger === 'manual') return 1;
  return command.trigger === 'timer' ? deps.retrainAfter.timer : deps.retrainAfter.queue;
}

type Models = Readonly<
  Record<string, { readonly version: string; readonly decision: string; readonly reasons: readonly string[] }>
>;

function stateOf(models: Models): 'promoted' | 'refused' {
  return Object.values(models).some((model) => model.decision === 'promoted') ? 'promoted' : 'refused';
}

function summaryOf(models: Models): string[] {
  return Object.entries(models).map(([name, { version, decision, reasons }]) =>
    [`${name} ${version} ${decision}`, ...reasons.slice(0, 3)].join(': '),
  );
}
