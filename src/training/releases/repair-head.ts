import { AlertforestError, hasCode } from '../../errors.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { HEAD_BLOB, releasePath } from '../../store/names.ts';
import type { Head, ReleaseRecord } from '../../store/release.ts';
import { sha256Of } from '../dataset/dataset-format.ts';
import { encodeJson, headOf, type Lineage, type LineageStep, releaseId } from './lineage.ts';

/** Steps looked at, from the newest back, for one that is whole. */
const MAX_STEPS = 100;
const RELEASES = 'releases/';

interface RepairDeps {
  readonly models: ModelStore;
  readonly feedback: Pick<FeedbackStore, 'listPending'>;
}

/**
 * The newest release whose record and everything that it serves are stored with the bytes that they were published
 * with: behind the head where it names a record, else among all records. Records of commits that lost their race are in no
 * lineage and cannot be told by themselves from the one that won: see {@link chooseTip}.
 */
export async function lastWholeRelease(
  models: ModelStore,
  lineage: Lineage,
  feedback?: RepairDeps['feedback'],
): Promise<LineageStep | undefined> {
  const state = await lineage.readHead().catch(ignoreDamage);
  const isNamed =
    state !== undefined && (await lineage.release(state.head.release).catch(ignoreDamage)) !== undefined;
  let passed = 0;
  for await (const ids of isNamed ? behind(lineage, state.head.release) : newestFirst(models)) {
    const whole: LineageStep[] = [];
    for (const id of ids) {
      const step = await wholeStep(models, lineage, id);
      if (step !== undefined) whole.push(step);
    }
    const [first] = whole;
    if (first !== undefined)
      return whole.length === 1 || feedback === undefined ? first : chooseTip(whole, feedback);
    if (++passed >= MAX_STEPS) break;
  }
  return undefined;
}

/**
 * Of several records of one number, the one that was published: only its judgements have lost their markers. Where
 * that tells nothing apart, every judgement that any of them consumed is still pending or in all of them, so that
 * nothing is lost either way; the one written last is taken.
 */
async function chooseTip(
  steps: readonly LineageStep[],
  feedback: Pick<FeedbackStore, 'listPending'>,
): Promise<LineageStep> {
  const pending = new Map((await feedback.listPending()).map(({ alertKey, rev }) => [alertKey, rev]));
  const nCleared = ({ record }: LineageStep): number =>
    Object.entries(record.consumed).filter(([key, rev]) => (pending.get(key) ?? 0) < rev).length;
  return steps.reduce((best, step) => (nCleared(step) > nCleared(best) ? step : best));
}

/** Ids of release records by number, the highest first; of one number those written last first. */
async function* newestFirst(models: ModelStore): AsyncGenerator<string[]> {
  const byNumber = new Map<number, { id: string; atMs: number }[]>();
  for await (const { path, modifiedAtMs } of models.list(RELEASES)) {
    const id = path.slice(RELEASES.length).replace(/\.json$/, '');
    const seq = Number.parseInt(id, 10);
    byNumber.set(seq, [...(byNumber.get(seq) ?? []), { id, atMs: modifiedAtMs }]);
  }
  for (const seq of [...byNumber.keys()].sort((a, b) => b - a)) {
    const records = byNumber.get(seq) ?? [];
    yield records.sort((a, b) => b.atMs - a.atMs).map(({ id }) => id);
  }
}

async function* behind(lineage: Lineage, id: string): AsyncGenerator<string[]> {
  let next: string | null = id;
  while (next !== null) {
    yield [next];
    const record: ReleaseRecord | undefined = await lineage.release(next).catch(ignoreDamage);
    if (record === undefined) return;
    next = record.parent;
  }
}

/** The step, where its record, what it serves and its training set are stored as they were published. */
async function wholeStep(models: ModelStore, lineage: Lineage, id: string): Promise<LineageStep | undefined> {
  const record = await lineage.release(id).catch(ignoreDamage);
  const stored = record && (await models.read(releasePath(id)));
  // the id holds the hash of the bytes as they were written
  if (record === undefined || stored === undefined || releaseId(record, stored.bytes) !== id)
    return undefined;
  for (const { path, sha256 } of [record.dataset, ...Object.values(record.serving_after)]) {
    const blob = await models.read(path);
    if (blob === undefined || sha256Of(blob.bytes) !== sha256) return undefined;
  }
  return { id, record };
}

/** Damage is passed over; an outage is not damage. */
function ignoreDamage(error: unknown): undefined {
  if (hasCode(error, 'STORE_CORRUPT')) return undefined;
  throw error;
}

/**
 * Points `head.json` at the newest whole release, where it is missing, cannot be read or names a record that is not
 * stored. A head that is right is left alone.
 *
 * @returns the head that stands now
 * @throws AlertforestError NOT_FOUND where no whole release is stored, STORE_CONFLICT where another writer was first
 */
export async function repairHead({ models, feedback }: RepairDeps, lineage: Lineage): Promise<Head> {
  const stored = await models.read(HEAD_BLOB);
  const state = await lineage.readHead().catch(ignoreDamage);
  if (state !== undefined && (await lineage.release(state.head.release).catch(ignoreDamage)) !== undefined)
    return state.head;
  const tip = await lastWholeRelease(models, lineage, feedback);
  if (tip === undefined) {
    throw new AlertforestError(
      'NOT_FOUND',
      `There is no whole release that ${HEAD_BLOB} could be pointed at.`,
    );
  }
  const head = headOf(tip.id, tip.record);
  await models.replace(HEAD_BLOB, encodeJson(head), stored?.etag);
  return head;
}
