import { AlertforestError } from '../../errors.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { HEAD_BLOB, releasePath } from '../../store/names.ts';

/** Where the record of a first release lies: a first start that was killed leaves one without a head. */
const FIRST_RELEASES = releasePath('000001-').replace(/\.json$/, '');
const RELEASES = 'releases/';

interface LearnedDeps {
  readonly models: ModelStore;
  readonly feedback: Pick<FeedbackStore, 'listPending' | 'samples'>;
}

/** A release after the first one, by its path: where it is stored there has been a head. */
export async function laterRelease(models: Pick<ModelStore, 'list'>): Promise<string | undefined> {
  for await (const { path } of models.list(RELEASES)) if (!path.startsWith(FIRST_RELEASES)) return path;
  return undefined;
}

/**
 * Whether storage without `head.json` has been learned on before: a release later than the first is there, or an alert
 * whose judgement some release has consumed. Judgements that still wait are no sign: they may come before the first
 * start has ended, and lose nothing by it.
 *
 * @returns the sign, in words; `undefined` where this is a first start
 */
export async function signOfLineage({ models, feedback }: LearnedDeps): Promise<string | undefined> {
  const later = await laterRelease(models);
  if (later !== undefined) return `${later} is stored`;
  const pending = new Set((await feedback.listPending()).map(({ alertKey }) => alertKey));
  for await (const { snapshot } of feedback.samples()) {
    if (!pending.has(snapshot.alertKey)) return 'judged alerts have been learned from';
  }
  return undefined;
}

export function lostHead(sign: string): AlertforestError {
  return new AlertforestError(
    'STORE_CORRUPT',
    `${HEAD_BLOB} has gone from storage, and this is no first start: ${sign}. Nothing is trained or changed until \`alertforest doctor --fix\` has pointed it at the newest release again, or the blob is restored.`,
  );
}
