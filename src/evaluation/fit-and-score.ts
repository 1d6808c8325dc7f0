import type { ClassifierAlgorithm } from '../models/learners/learners.ts';
import { subsetRows, type TrainingRows } from '../models/training-rows.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import { foldOf } from '../training/dataset/holdout.ts';
import { JUDGEMENT_DELAY_MS, type LearningSet, syntheticRows } from '../training/dataset/learning-set.ts';
import type { SelectionJob } from '../training/fit/fold-plays.ts';
import { DEFAULT_TRAINING_SETTINGS, type TrainingSettings } from '../training/training-settings.ts';

export interface FitOptions {
  readonly seed: number;
  /** For the further splits: the winner of the first plays alone. */
  readonly like?: ClassifierAlgorithm;
}

/**
 * The model selection of a retrain (on grouped folds), without synthetic rows and without its own hold-out: the test set
 * is the hold-out here. An alert counts as judged a day after it occurred.
 */
export function selectionJobOf(judged: TrainingRows, { seed, like }: FitOptions): SelectionJob {
  const settings: TrainingSettings = {
    ...DEFAULT_TRAINING_SETTINGS,
    syntheticAlerts: 0,
    ...(like === undefined ? {} : { candidates: [like], selectFrom: 0 }),
  };
  return {
    set: learningSetOf(judged),
    synthetic: syntheticRows(settings),
    costs: DEFAULT_POLICY.costs,
    settings,
    seed,
  };
}

function learningSetOf(judged: TrainingRows): LearningSet {
  const judgedAtMs = judged.occurredAtMs.map((atMs) => atMs + JUDGEMENT_DELAY_MS);
  const n = judged.labels.length;
  const judgedPerClass = new Int32Array(4);
  for (const label of judged.labels) judgedPerClass[label] = (judgedPerClass[label] as number) + 1;
  return {
    rows: { ...judged, judgedAtMs },
    datasetRows: Int32Array.from({ length: n }, (_, i) => i),
    fit: Int32Array.from({ length: n }, (_, i) => i),
    heldOut: new Int32Array(0),
    judgedPerClass,
  };
}

/** Whether every fold of a selection has rows outside it to learn from. @param groups of the rows */
export const canLearn = (groups: readonly string[]): boolean =>
  new Set(groups.map((group) => foldOf(group, DEFAULT_TRAINING_SETTINGS.nFolds))).size > 1;

export function rowsAt(rows: TrainingRows, positions: ArrayLike<number>): TrainingRows {
  return subsetRows(rows, positions);
}
