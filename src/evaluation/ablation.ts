import { STATELESS_FEATURES } from '../features/feature-catalog.ts';
import { FEATURE_GROUPS, type FeatureGroup } from '../features/feature-definition.ts';
import { AlertClassifier } from '../models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../models/learners/learners.ts';
import type { TrainingRows } from '../models/training-rows.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import { rowsAt } from './fit-and-score.ts';
import { measure } from './measure.ts';
import { groupSplits, type Split } from './splits.ts';

/** What one feature group is worth on the first incident-wise fold. */
export interface AblationRow {
  /** The group left out; null for the whole. */
  readonly without: FeatureGroup | null;
  readonly macro_f1: number;
  readonly roc_auc_tp: number | null;
}

/** One fit of an ablation: on the split, without the group; null for the whole. */
export interface AblationTask {
  readonly split: Split;
  readonly without: FeatureGroup | null;
}

/**
 * A fit without each feature group that varies, on the first of four incident-wise folds, uncalibrated. A group that
 * others can stand in for loses little, however much it carries alone.
 */
export function ablationTasks(set: EvaluationSet, seed: number): AblationTask[] {
  const split = groupSplits(set, 4, seed)[0];
  if (split === undefined) return [];
  const groups = [null, ...FEATURE_GROUPS.filter((group) => varies(set.rows, group))];
  return groups.map((without) => ({ split, without }));
}

export function ablationRow(
  train: TrainingRows,
  { split, without }: AblationTask,
  algorithm: ClassifierAlgorithm,
  seed: number,
): AblationRow {
  const rows = without === null ? train : withoutGroup(train, without);
  const test = rowsAt(rows, split.test);
  const classifier = AlertClassifier.fit(rowsAt(rows, split.fit), { seed, algorithm, calibrator: 'none' });
  const probabilities = classifier.probabilitiesOfRows(test);
  const { macro_f1, roc_auc_tp } = measure(probabilities, test.labels, test.groups, seed);
  return { without, macro_f1, roc_auc_tp };
}

const columnsOf = (group: FeatureGroup): number[] =>
  STATELESS_FEATURES.flatMap((feature, f) => (feature.group === group ? [f] : []));

function varies(rows: TrainingRows, group: FeatureGroup): boolean {
  if (group === 'record') return true;
  const nColumns = rows.columnNames.length;
  return columnsOf(group).some((f) =>
    rows.labels.some((_, i) => !Object.is(rows.X[i * nColumns + f], rows.X[f])),
  );
}

function withoutGroup(rows: TrainingRows, group: FeatureGroup): TrainingRows {
  if (group === 'record') return { ...rows, recordKeys: rows.recordKeys.map((keys) => keys.map(() => '')) };
  const X = rows.X.slice();
  const nColumns = rows.columnNames.length;
  for (const f of columnsOf(group)) {
    for (let i = 0; i < rows.labels.length; i++) X[i * nColumns + f] = Number.NaN;
  }
  return { ...rows, X };
}
