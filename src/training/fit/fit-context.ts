import type { TrainingRows } from '../../models/training-rows.ts';
import type { JsonObject } from '../../trees/forest/forest-format.ts';
import type { LearnedWeights } from '../../triage/rules/rule-weights.ts';
import type { LearningSet } from '../dataset/learning-set.ts';
import type { OnProgress, TrainingJob } from '../trainer.ts';

/** What the steps of one job share. */
export interface FitContext {
  readonly job: TrainingJob;
  readonly set: LearningSet;
  readonly seed: number;
  readonly info: JsonObject;
  /** Learned, where they ranked unseen incidents well enough. */
  readonly ruleWeights: LearnedWeights | undefined;
  readonly synthetic: TrainingRows;
  readonly onProgress: OnProgress;
}
