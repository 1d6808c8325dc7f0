import type { ModelStore } from '../../store/model-store.ts';
import { releasePath } from '../../store/names.ts';
import type { ReleaseRecord } from '../../store/release.ts';
import type { TrainingSettings } from '../training-settings.ts';
import type { Lineage, LineageStep } from './lineage.ts';
import { memoryCandidates } from './release-memory.ts';

/** Latest releases whose artefacts are all kept, so that each of them can be activated. */
export const KEPT_RELEASES = 30;
/** Steps walked at least. Records further back than the walk went are not looked at: they were, when they were new. */
const MIN_WALK = 500;
/** A younger blob may belong to a run that has not committed yet. */
const MIN_AGE_MS = 24 * 3_600_000;

interface GarbageDeps {
  readonly models: ModelStore;
  readonly settings: TrainingSettings;
  readonly now: () => number;
}

/**
 * Removes artefacts, training sets and release records that nothing reaches: kept is what `head.json`, what serves,
 * what is pinned, the last {@link KEPT_RELEASES} releases and the releases a challenger has to match reach. Release
 * records of the lineage are kept for ever: they are the audit log.
 *
 * @returns the removed paths
 */
export async function collectGarbage(deps: GarbageDeps, lineage: Lineage): Promise<string[]> {
  const state = await lineage.requireHead();
  const reached = new Set<string>();
  const releases = new Set<string>();
  const wanted = new Set(
    [
      ...Object.entries(state.head.serving).map(([model, { version }]) => [model, version]),
      ...Object.entries(state.head.pinned),
    ].map(([model, version]) => `${model}@${version}`),
  );
  for (const served of Object.values(state.head.serving)) reachModel(reached, served.path);

  const steps: LineageStep[] = [];
  const memoryFromMs = deps.now() - deps.settings.gate.memoryDays * 86_400_000;
  for await (const step of lineage.walk(state.head.release)) {
    releases.add(releasePath(step.id));
    if (steps.length < KEPT_RELEASES) reachRecord(reached, step.record);
    for (const [model, made] of Object.entries(step.record.models)) {
      // the training set of what serves is needed to tell which judgements are newer than it
      if (made.decision !== 'carried' && wanted.delete(`${model}@${made.version}`))
        reachRecord(reached, step.record);
    }
    steps.push(step);
    const isRecent = Date.parse(step.record.created_at) >= memoryFromMs;
    if (steps.length >= MIN_WALK && wanted.size === 0 && !isRecent) break;
  }
  const walkedTo = releasePath(steps.at(-1)?.id ?? '');
  for (const { path } of memoryCandidates(steps, deps.settings.gate, deps.now())) reachModel(reached, path);

  const unreached: string[] = [];
  const oldestKept = deps.now() - MIN_AGE_MS;
  for (const prefix of ['models/', 'datasets/', 'releases/']) {
    for await (const { path, modifiedAtMs } of deps.models.list(prefix)) {
      // release paths sort by their sequence number
      if (prefix === 'releases/' && (releases.has(path) || path < walkedTo)) continue;
      if (modifiedAtMs <= oldestKept && !isReached(reached, path)) unreached.push(path);
    }
  }
  // an activation may just have reached for something old: then the next run decides anew
  const now = await lineage.requireHead();
  if (now.etag !== state.etag) return [];
  for (const path of unreached) await deps.models.remove(path);
  return unreached;
}

function reachRecord(reached: Set<string>, record: ReleaseRecord): void {
  reached.add(record.dataset.path);
  if (record.traffic) reached.add(record.traffic.path);
  for (const { path } of Object.values(record.models)) reachModel(reached, path);
}

/** An artefact reaches its folder: the model card lies beside it. */
function reachModel(reached: Set<string>, path: string): void {
  reached.add(folderOf(path));
}

function isReached(reached: ReadonlySet<string>, path: string): boolean {
  return reached.has(path) || reached.has(folderOf(path));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
