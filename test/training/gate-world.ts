import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { effectiveJudgement } from '../../src/alert/judgement.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import type { SyntheticAlert } from '../../src/training/synthetic/synthetic-alerts.ts';
import type {
  ComparisonJob,
  ReleasedModel,
  TrainingJob,
  TrainingResult,
} from '../../src/training/trainer.ts';
import type { TrainingSettings } from '../../src/training/training-settings.ts';
import { createRandom } from '../../src/trees/random.ts';

const JUDGED_AT = '2026-02-01T00:00:00.000Z';

/** Judgements of `alerts`; a share of those outside the hold-out says something else than the truth. */
export function judgements(
  alerts: readonly SyntheticAlert[],
  flippedShare: number,
  seed: number,
): FeedbackSample[] {
  const random = createRandom(seed);
  return alerts.map(({ alert, disposition }) => {
    const snapshot = snapshotOf(alert, EMPTY_CONTEXT);
    const isFlipped = random.next() < flippedShare && !isHeldOut(snapshot.group);
    const other =
      DISPOSITIONS[(DISPOSITIONS.indexOf(disposition) + 1 + random.int(3)) % DISPOSITIONS.length]!;
    const votes = [
      { analyst: 'ann', disposition: isFlipped ? other : disposition, at: JUDGED_AT, verified: true },
    ];
    return { snapshot, votes, effective: effectiveJudgement(votes), rev: 1, ruling: undefined };
  });
}

/** A job over these judgements; `codeVersion` decides the seed of everything random. */
export function jobOf(
  samples: readonly FeedbackSample[],
  settings: TrainingSettings,
  codeVersion: string,
): TrainingJob {
  return {
    settings,
    policy: DEFAULT_POLICY,
    codeVersion,
    previousDataset: undefined,
    samples,
    catalogs: {},
    exclusions: [],
    previousTraffic: undefined,
    traffic: [],
    nowMs: Date.parse(JUDGED_AT),
  };
}

/** The challenger's classifier and scorer against the champion's, with earlier classifiers to match. */
export function comparisonOf(
  challenger: TrainingResult,
  champion: TrainingResult,
  settings: TrainingSettings,
  memory: readonly ReleasedModel[] = [],
): ComparisonJob {
  const released = (name: 'classifier' | 'scorer') => ({
    version: 'champion',
    bytes: champion.models[name]!.bytes,
    dataset: champion.dataset.bytes,
  });
  return {
    settings,
    policy: DEFAULT_POLICY,
    exclusions: [],
    dataset: challenger.dataset.bytes,
    traffic: undefined,
    challengers: { classifier: challenger.models.classifier!.bytes, scorer: challenger.models.scorer!.bytes },
    outOfFold: challenger.outOfFold,
    champions: { classifier: released('classifier'), scorer: released('scorer') },
    memory: { classifier: memory },
    criticalCases: [],
    nowMs: Date.parse(JUDGED_AT),
  };
}
