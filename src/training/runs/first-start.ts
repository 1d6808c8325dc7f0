import { CATALOG_ID } from '../../features/feature-catalog.ts';
import { MODEL_NAMES } from '../../models/model-name.ts';
import type { ReleaseModel, ReleaseRecord, ServedModel } from '../../store/release.ts';
import { type HeadState, Lineage } from '../releases/lineage.ts';
import { lostHead, signOfLineage } from '../releases/lost-head.ts';
import { writeArtefacts } from './publish.ts';
import type { RetrainDeps } from './retrain-command.ts';
import { LEASE_SECONDS, takeRetrainLease } from './retrain-lease.ts';
import { RunProgress } from './run-progress.ts';

export interface FirstStartDeps
  extends Pick<
    RetrainDeps,
    | 'models'
    | 'feedback'
    | 'runs'
    | 'trainer'
    | 'settings'
    | 'policy'
    | 'codeVersion'
    | 'now'
    | 'newRunId'
    | 'onEvent'
    | 'lineage'
    | 'liveness'
  > {
  /** Resolves after so many milliseconds: used to wait for another instance that is already at it. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface FirstStartOutcome {
  /** 'exists': there was a release, or another instance made it first. */
  readonly state: 'created' | 'exists';
  readonly release: string;
}

const POLL_MS = 250;
/** Looks at the head between two looks at the lease. */
const POLLS_OF_LEASE = 20;

/**
 * Makes the first release from synthetic alerts, where storage says that there is none. Safe when many instances
 * start at once: one is waited for, and if several work all the same, they make the same bytes and one wins the
 * conditional write of `head.json`. Storage that cannot be reached throws; it never means "no release". Neither does a
 * head that has gone: where anything was learned before, a second lineage would hide it.
 *
 * @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT, TRAINING_FAILED
 */
export async function firstStart(deps: FirstStartDeps): Promise<FirstStartOutcome> {
  const lineage = deps.lineage ?? new Lineage(deps.models);
  const existing = await headBefore(deps, lineage);
  if (existing !== undefined) return { state: 'exists', release: existing.head.release };

  let lease = await takeRetrainLease(deps);
  if (lease === undefined) {
    // another instance trains: wait for it as long as its lease could last, then do without it; should it die
    // meanwhile, its lease is taken over
    for (let waitedMs = 0; waitedMs < LEASE_SECONDS * 1000; waitedMs += POLL_MS) {
      await deps.sleep(POLL_MS);
      const made = await lineage.readHead();
      if (made !== undefined) return { state: 'exists', release: made.head.release };
      if ((waitedMs / POLL_MS) % POLLS_OF_LEASE !== POLLS_OF_LEASE - 1) continue;
      lease = await takeRetrainLease(deps);
      if (lease !== undefined) break;
    }
  }
  const run = new RunProgress(deps, deps.newRunId(), 'bootstrap');
  try {
    await run.begin();
    return await makeFirst(deps, run, lineage);
  } catch (error) {
    await run.fail(error);
    throw error;
  } finally {
    await lease?.release().catch((error) => {
      deps.onEvent?.('retrain_lease_not_released', { run_id: run.runId, reason: String(error) });
    });
  }
}

/** The head, `undefined` where this is a first start. @throws AlertforestError STORE_CORRUPT where it is neither */
async function headBefore(deps: FirstStartDeps, lineage: Lineage): Promise<HeadState | undefined> {
  const state = await lineage.readHead();
  if (state !== undefined) return state;
  const sign = await signOfLineage(deps);
  if (sign === undefined) return undefined;
  // another instance may have made the first release, and the next one, between the two looks
  const made = await lineage.readHead();
  if (made === undefined) throw lostHead(sign);
  return made;
}

async function makeFirst(
  deps: FirstStartDeps,
  run: RunProgress,
  lineage: Lineage,
): Promise<FirstStartOutcome> {
  // under the lease the head is looked at again: it may have come between
  const made = await headBefore(deps, lineage);
  if (made !== undefined) {
    await run.finish('superseded', ['another instance made the first release']);
    return { state: 'exists', release: made.head.release };
  }
  const result = await deps.trainer.train(
    {
      settings: deps.settings,
      policy: await deps.policy(),
      codeVersion: deps.codeVersion,
      previousDataset: undefined,
      samples: [],
      catalogs: {},
      exclusions: [],
      previousTraffic: undefined,
      traffic: [],
      nowMs: deps.now(),
    },
    (stage, progress) => run.stage(stage, 0.9 * progress),
  );
  run.stage('writing artefacts', 0.9);
  const paths = await writeArtefacts(deps.models, result);

  const models: Record<string, ReleaseModel> = {};
  const serving: Record<string, ServedModel> = {};
  for (const name of MODEL_NAMES) {
    const trained = result.models[name];
    const path = paths.models[name];
    if (trained === undefined || path === undefined) continue;
    const served = { version: '1.0.0', path, sha256: trained.sha256 };
    serving[name] = { ...served, provisional: true };
    models[name] = {
      ...served,
      metrics: { ...trained.metrics, catalog_id: CATALOG_ID },
      decision: 'promoted',
      provisional: true,
      reasons: ['first start: trained on synthetic alerts alone'],
    };
  }
  const record: ReleaseRecord = {
    seq: 1,
    parent: null,
    kind: 'bootstrap',
    by: 'bootstrap',
    why: 'there was no release',
    run_id: run.runId,
    created_at: new Date(deps.now()).toISOString(),
    dataset: { path: paths.dataset, sha256: result.dataset.sha256, samples: 0, synthetic: true },
    counts: { ...result.counts },
    consumed: {},
    exclusions: [],
    quarantined: {},
    models,
    serving_before: null,
    serving_after: serving,
    pinned_after: {},
  };
  run.stage('publishing', 0.97);
  const release = await lineage.commit(undefined, record);
  if (release !== undefined) {
    await run.finish('promoted', ['the first release, from synthetic alerts'], release);
    return { state: 'created', release };
  }
  await run.finish('superseded', ['another instance made the first release']);
  return { state: 'exists', release: (await lineage.requireHead()).head.release };
}
