import { isDeepStrictEqual } from 'node:util';
import { hasCode } from '../../errors.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { releasePath } from '../../store/names.ts';
import type { ReleaseRecord } from '../../store/release.ts';
import type { TrainingSettings } from '../training-settings.ts';
import { folderOf, readMarks, writeMarks } from './garbage-marks.ts';
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
  /** Weeks for which verdicts are kept; 0 where nothing is logged. */
  readonly verdictWeeks: number;
  readonly now: () => number;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** What nothing has reached for this long is removed. */
const GRACE_MS = 24 * 3_600_000;

/**
 * Removes artefacts, training sets and release records that nothing has reached for a day: kept is what `head.json`,
 * what serves, what is pinned, the last {@link KEPT_RELEASES} releases, the releases a challenger has to match and those
 * that served while verdicts were given which are still kept reach, their training sets included: each of them can be
 * activated and learned on from, and a verdict can be given again by what made it. Release records of the lineage are
 * never deleted: they are the audit log.
 *
 * Marked first and removed a day later. An activation takes what it brings back out of the marks before it moves the
 * head, so that one of the two sees the other: the marks move with If-Match. Nothing is removed that is not written
 * down as being removed, and from then on nothing brings it back.
 *
 * @returns the removed paths
 */
export async function collectGarbage(deps: GarbageDeps, lineage: Lineage): Promise<string[]> {
  const before = await readMarks(deps.models);
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
  const servedFromMs = deps.now() - deps.verdictWeeks * WEEK_MS;
  // what a release leaves serving serves until the next one: the walk goes back in time
  let servesUntilMs = deps.verdictWeeks === 0 ? Number.NEGATIVE_INFINITY : deps.now();
  for await (const step of lineage.walk(state.head.release)) {
    releases.add(releasePath(step.id));
    if (servesUntilMs >= servedFromMs) {
      for (const [model, { version, path }] of Object.entries(step.record.serving_after)) {
        reachModel(reached, path);
        wanted.add(`${model}@${version}`);
      }
    }
    if (steps.length < KEPT_RELEASES) reachRecord(reached, step.record);
    for (const [model, made] of Object.entries(step.record.models)) {
      // the training set of what serves is needed to tell which judgements are newer than it
      if (made.decision !== 'carried' && wanted.delete(`${model}@${made.version}`))
        reachRecord(reached, step.record);
    }
    steps.push(step);
    servesUntilMs = Math.min(servesUntilMs, Date.parse(step.record.created_at));
    const isRecent = Date.parse(step.record.created_at) >= memoryFromMs || servesUntilMs >= servedFromMs;
    if (steps.length >= MIN_WALK && wanted.size === 0 && !isRecent) break;
  }
  const walkedTo = releasePath(steps.at(-1)?.id ?? '');
  for (const { path, dataset } of memoryCandidates(steps, deps.settings.gate, deps.now())) {
    reachModel(reached, path);
    reached.add(dataset);
  }

  const unreached: string[] = [];
  const oldestKept = deps.now() - MIN_AGE_MS;
  for (const prefix of ['models/', 'datasets/', 'releases/']) {
    for await (const { path, modifiedAtMs } of deps.models.list(prefix)) {
      // release paths sort by their sequence number
      if (prefix === 'releases/' && (releases.has(path) || path < walkedTo)) continue;
      if (modifiedAtMs <= oldestKept && !isReached(reached, path)) unreached.push(path);
    }
  }
  const since = (path: string): string => before.marks.unreached[path] ?? new Date(deps.now()).toISOString();
  const isDue = (path: string): boolean => deps.now() - Date.parse(since(path)) >= GRACE_MS;
  // what an earlier collection was about to remove when it was cut short is due as well
  const removing = unreached.filter((path) => isDue(path) || before.marks.removing.includes(path));
  const waiting = Object.fromEntries(
    unreached.filter((path) => !removing.includes(path)).map((path) => [path, since(path)]),
  );
  const marks = { unreached: waiting, removing };
  if (isDeepStrictEqual(marks, before.marks)) return [];
  try {
    // an activation may have reached for something old since this began: then the next run decides anew
    if ((await lineage.requireHead()).etag !== state.etag) return [];
    const etag = await writeMarks(deps.models, marks, before.etag);
    for (const path of removing) await deps.models.remove(path);
    if (removing.length > 0) await writeMarks(deps.models, { unreached: waiting, removing: [] }, etag);
  } catch (error) {
    if (!hasCode(error, 'STORE_CONFLICT')) throw error;
    return [];
  }
  return removing;
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
