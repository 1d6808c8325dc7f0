import { AlertforestError } from '../../errors.ts';
import { CATALOG_ID } from '../../features/feature-catalog.ts';
import { MODEL_NAMES, type ModelName } from '../../models/model-name.ts';
import { createExact } from '../../store/create-exact.ts';
import type { ModelStore } from '../../store/model-store.ts';
import {
  artefactPath,
  datasetPath,
  modelCardPath,
  neighboursPath,
  trafficPath,
  unseenPath,
} from '../../store/names.ts';
import { type Exclusion, type ReleaseModel, type ReleaseRecord, servedModelOf } from '../../store/release.ts';
import { finishRemoval, folderOf, unmark } from '../releases/garbage-marks.ts';
import {
  type HeadState,
  highestVersions,
  type Lineage,
  type LineageStep,
  nextVersion,
  type OnDamage,
} from '../releases/lineage.ts';
import { memoryCandidates } from '../releases/release-memory.ts';
import { readVerified, readWhole } from '../releases/stored-blob.ts';
import type {
  ComparisonJob,
  ComparisonResult,
  OnProgress,
  ReleasedModel,
  StoredBytes,
  TrainingResult,
} from '../trainer.ts';
import { type Gathered, publishCatalog } from './gather.ts';
import type { JobInputs } from './job-inputs.ts';
import type { RetrainCommand, RetrainDeps } from './retrain-command.ts';

/** Where the artefacts of one run lie. */
export interface ArtefactPaths {
  readonly dataset: string;
  readonly traffic: string | undefined;
  readonly models: Readonly<Partial<Record<ModelName, string>>>;
}

/** A trained run on its way to a release. */
export interface ReleaseDraft {
  readonly deps: RetrainDeps;
  readonly command: RetrainCommand;
  readonly runId: string;
  readonly gathered: Gathered;
  readonly inputs: JobInputs;
  readonly exclusions: readonly Exclusion[];
  readonly result: TrainingResult;
  readonly paths: ArtefactPaths;
}

/**
 * Writes everything the release will name, under paths that do not depend on who writes: two runs over the same
 * state write the same blobs, and the second finds them there.
 */
export async function writeArtefacts(models: ModelStore, result: TrainingResult): Promise<ArtefactPaths> {
  await finishRemoval(models);
  await publishCatalog(models);
  const written: Partial<Record<ModelName, string>> = {};
  for (const name of MODEL_NAMES) {
    const model = result.models[name];
    if (model === undefined) continue;
    const path = await createOnce(models, artefactPath(name, result.hash12), model, (hash12) =>
      artefactPath(name, hash12),
    );
    written[name] = path;
    const folder = path.split('/').at(-2) ?? result.hash12;
    await createExact(models, modelCardPath(name, folder), new TextEncoder().encode(model.card));
    if (model.unseen !== undefined) await createExact(models, unseenPath(name, folder), model.unseen);
    if (model.neighbours !== undefined)
      await createExact(models, neighboursPath(name, folder), model.neighbours);
  }
  const { dataset, traffic } = result;
  const paths: ArtefactPaths = {
    models: written,
    // one that was damaged stands in its own place
    dataset: await createOnce(models, datasetPath(dataset.sha256.slice(0, 12)), dataset, () =>
      datasetPath(dataset.sha256),
    ),
    traffic:
      traffic &&
      (await createOnce(models, trafficPath(traffic.sha256.slice(0, 12)), traffic, () =>
        trafficPath(traffic.sha256),
      )),
  };
  // an earlier run may have left the same bytes, which nothing has reached since
  const named = [...Object.values(written).map(folderOf), paths.dataset, paths.traffic ?? paths.dataset];
  if ((await unmark(models, named)).length > 0)
    throw new AlertforestError('STORE_CONFLICT', 'What was written is being collected as garbage.', {
      retryAfterSeconds: 30,
    });
  return paths;
}

/**
 * Creates the blob, or finds the same bytes there. Other bytes under the same name (a machine whose arithmetic
 * differs in the last bit) are never overwritten: the blob then goes by the hash of its own content.
 */
async function createOnce(
  models: ModelStore,
  path: string,
  blob: StoredBytes,
  elsewhere: (hash12: string) => string,
): Promise<string> {
  if ((await createExact(models, path, blob.bytes)) !== 'other') return path;
  const other = elsewhere(blob.sha256.slice(0, 12));
  if (other === '' || other === path) {
    throw new AlertforestError('STORE_CORRUPT', `Expected ${path} to hold sha256 ${blob.sha256}.`);
  }
  return createOnce(models, other, blob, () => '');
}

/** Compares the challengers with what `head` serves. */
export async function gate(
  draft: ReleaseDraft,
  lineage: Lineage,
  head: HeadState,
  onProgress: OnProgress,
): Promise<ComparisonResult> {
  const { deps, result } = draft;
  const champions: { -readonly [name in ModelName]?: ComparisonJob['champions'][name] } = {};
  /** What the comparison of each model had to do without. */
  const without: { [name in ModelName]: string[] } = { classifier: [], anomaly: [], scorer: [] };
  const memory: Partial<Record<ModelName, ReleasedModel[]>> = {};
  const recent = await recentSteps(deps, lineage, head);
  const earlier = memoryCandidates(recent.steps, deps.settings.gate, deps.now());
  const datasets = new Map<string, Uint8Array>();
  for (const name of MODEL_NAMES) {
    const served = head.head.serving[name];
    if (served === undefined || result.models[name] === undefined) continue;
    const maker = await lineage.makerOf(head.head.release, name, served.version);
    const { dataset } = maker.record;
    const known = datasets.get(dataset.path) ?? (await readWhole(deps.models, dataset)).bytes;
    if (known === undefined) without[name].push(LOST_DATASET);
    else datasets.set(dataset.path, known);
    champions[name] = {
      version: served.version,
      bytes: await readVerified(deps.models, served),
      dataset: known,
    };

    const others = earlier.filter(({ model, version }) => model === name && version !== served.version);
    const read: ReleasedModel[] = [];
    for (const other of others) {
      const { version } = other;
      const stored = await readWhole(deps.models, other);
      if (stored.bytes !== undefined) read.push({ version, bytes: stored.bytes });
      else without[name].push(`${name} ${version} is not matched: ${stored.says}`);
    }
    memory[name] = read;
  }
  const challengers = Object.fromEntries(
    Object.entries(result.models).map(([name, { bytes }]) => [name, bytes]),
  );
  const reports = await deps.trainer.compare(
    {
      settings: deps.settings,
      policy: draft.inputs.job.policy,
      exclusions: draft.exclusions,
      dataset: result.dataset.bytes,
      traffic: result.traffic?.bytes,
      challengers,
      outOfFold: result.outOfFold,
      champions,
      memory,
      criticalCases: await deps.criticalCases(),
      nowMs: draft.inputs.job.nowMs,
    },
    onProgress,
  );
  return Object.fromEntries(
    Object.entries(reports).map(([name, report]) => [
      name,
      {
        ...report,
        reasons: [...report.reasons, ...without[name as ModelName], ...recent.damage],
      },
    ]),
  );
}

const LOST_DATASET =
  'the training set of what serves is no longer stored: compared on held-out alerts alone, whatever it was fitted on';

interface RecentSteps {
  readonly steps: readonly LineageStep[];
  /** Sentences: releases that cannot be read, which no challenger is matched with. */
  readonly damage: readonly string[];
}

async function recentSteps(deps: RetrainDeps, lineage: Lineage, head: HeadState): Promise<RecentSteps> {
  const fromMs = deps.now() - deps.settings.gate.memoryDays * 86_400_000;
  const steps: LineageStep[] = [];
  const damage: string[] = [];
  const onDamage: OnDamage = (id, says) => {
    damage.push(`the versions of release ${id} are not matched: ${says}`);
  };
  for await (const step of lineage.walk(head.head.release, onDamage)) {
    if (Date.parse(step.record.created_at) < fromMs) break;
    steps.push(step);
  }
  return { steps, damage };
}

/** The release record over `head`: every challenger with its number and what became of it. */
export async function recordOf(
  draft: ReleaseDraft,
  lineage: Lineage,
  head: HeadState,
  tip: LineageStep,
  reports: ComparisonResult,
): Promise<ReleaseRecord> {
  const { deps, command, gathered, result, paths } = draft;
  const highest = await highestVersions(lineage, head.head.release, MODEL_NAMES);
  const models: Record<string, ReleaseModel> = {};
  const servingAfter = { ...head.head.serving };
  for (const name of MODEL_NAMES) {
    const made = challengerOf(draft, head, name, highest[name], reports);
    if (made === undefined) continue;
    models[name] = made;
    if (made.decision === 'promoted') {
      servingAfter[name] = servedModelOf(made);
    }
  }
  return {
    seq: head.head.seq + 1,
    parent: head.head.release,
    kind: command.exclusions ? 'replay' : command.force ? 'force' : 'retrain',
    by: command.by ?? command.trigger,
    why: command.why ?? `${gathered.newlyJudged} newly judged alerts`,
    run_id: draft.runId,
    created_at: new Date(deps.now()).toISOString(),
    dataset: {
      path: paths.dataset,
      sha256: result.dataset.sha256,
      samples: result.dataset.samples,
      synthetic: result.dataset.samples === 0,
    },
    ...trafficOf(draft, tip),
    counts: { ...result.counts, pending: gathered.pending },
    consumed: Object.fromEntries(gathered.markers.map(({ alertKey, rev }) => [alertKey, rev])),
    exclusions: [...draft.exclusions],
    quarantined: { ...result.quarantined },
    models,
    serving_before: head.head.serving,
    serving_after: servingAfter,
    pinned_after: head.head.pinned,
  };
}

function trafficOf(
  { result, paths, inputs }: ReleaseDraft,
  tip: LineageStep,
): Pick<ReleaseRecord, 'traffic'> {
  if (result.traffic && paths.traffic) {
    return { traffic: { path: paths.traffic, sha256: result.traffic.sha256, rows: result.traffic.rows } };
  }
  if (inputs.job.previousTraffic === undefined) return {};
  return tip.record.traffic ? { traffic: tip.record.traffic } : {};
}

function challengerOf(
  draft: ReleaseDraft,
  head: HeadState,
  name: ModelName,
  highest: ReleaseModel | undefined,
  reports: ComparisonResult,
): ReleaseModel | undefined {
  const { command, result, paths } = draft;
  const served = head.head.serving[name];
  const trained = result.models[name];
  const path = paths.models[name];
  const carried = (reason: string): ReleaseModel | undefined =>
    served && { ...served, metrics: {}, decision: 'carried', reasons: [reason] };
  if (trained === undefined || path === undefined) return carried(result.notTrained[name] ?? 'not trained');
  if (trained.sha256 === served?.sha256) return carried('nothing new: the same bytes as what serves');

  const report = reports[name];
  const metrics: Record<string, unknown> = { ...trained.metrics, catalog_id: CATALOG_ID };
  if (report) metrics['gate'] = report.measures;
  if (report?.rank !== undefined) metrics['rank'] = report.rank;
  const version = nextVersion(
    highest?.version,
    (highest?.metrics['catalog_id'] ?? CATALOG_ID) !== CATALOG_ID,
  );
  const base = { version, path, sha256: trained.sha256, metrics, provisional: report?.provisional ?? true };
  const reasons = [...(report?.reasons ?? ['there is nothing to compare with'])];
  const pinned = head.head.pinned[name];
  if (pinned !== undefined) {
    return { ...base, decision: 'refused', reasons: [`${name} is pinned at ${pinned}`, ...reasons] };
  }
  if (command.force && report?.passes !== true) {
    const forced = `forced by ${command.by ?? 'unnamed'}: ${command.why ?? 'no reason given'}`;
    return { ...base, decision: 'promoted', reasons: [forced, ...reasons] };
  }
  return { ...base, decision: (report?.passes ?? served === undefined) ? 'promoted' : 'refused', reasons };
}
