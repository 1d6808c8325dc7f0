import type { ContestantResult } from '../training/fit/tournament.ts';
import { type AblationRow, ablation } from './ablation.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import { type FittedClassifier, fitLikeServing, rowsAt, scoreRows } from './fit-and-score.ts';
import { type KeptPromises, keptPromises } from './known-promises.ts';
import { type Measures, measure } from './measure.ts';
import { groupSplits, randomSplits, ruleSplits, type Split, tenantSplits, timeSplit } from './splits.ts';

/** Figures of one test set, or of one kind of split with its folds put together. */
export interface EvaluatedSplit extends Measures {
  readonly name: string;
  readonly folds: number;
  readonly fit_alerts: number;
  /** At the cut and with the sets that were known before any tested alert. */
  readonly known_before: KeptPromises;
}

export interface Evaluation extends Measures {
  readonly model: string;
  readonly seed: number;
  readonly fit_seconds: number;
  readonly score_us_per_alert: number;
  readonly fit_alerts: number;
  readonly known_before: KeptPromises;
  /** Test and training set are one: the figures at the top only say how well it remembers; the splits count. */
  readonly tested_on_training: boolean;
  readonly tournament: readonly ContestantResult[];
  /** Of the training set: at random, by incident, time ordered, tenants held out. */
  readonly splits: readonly EvaluatedSplit[];
  /** Empty unless asked for. */
  readonly ablation: readonly AblationRow[];
}

export interface EvaluateOptions {
  readonly seed: number;
  /** Kinds of splits of the training set. @default all */
  readonly splits?: readonly SplitKind[];
  /** Folds of each kind. @default 4 */
  readonly nFolds?: number;
  /** Fit again without each feature group. @default false */
  readonly withAblation?: boolean;
  readonly onProgress?: (stage: string, progress: number) => void;
}

export const SPLIT_KINDS = ['random', 'incident', 'time', 'tenant', 'rule'] as const;
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** Trains on `train` as the service would and reports what it says of `test`; then the same on splits of `train`. */
export function evaluate(train: EvaluationSet, test: EvaluationSet, options: EvaluateOptions): Evaluation {
  const { seed, nFolds = 4, splits = SPLIT_KINDS, onProgress = () => {} } = options;
  const nKinds = splits.length + 1;
  const fitted = fitLikeServing(train.rows, {
    seed,
    onProgress: (stage, progress) => onProgress(stage, progress / nKinds),
  });
  const { probabilities, usPerAlert } = scoreRows(fitted.classifier, test.rows);
  const evaluated = splits.flatMap((kind, at) => {
    const made = splitsOf(kind, train, nFolds, seed);
    return made.length === 0
      ? []
      : [
          evaluateSplits(kind, made, train, fitted, seed, (stage, progress) =>
            onProgress(stage, (at + 1 + progress) / nKinds),
          ),
        ];
  });
  return {
    model: fitted.classifier.algorithm,
    seed,
    fit_seconds: fitted.fitSeconds,
    score_us_per_alert: usPerAlert,
    fit_alerts: train.rows.labels.length,
    tested_on_training: train === test,
    ...measure(probabilities, test.rows.labels, test.rows.groups, seed),
    known_before: keptPromises([{ promises: fitted.promises, probabilities, labels: test.rows.labels }]),
    tournament: fitted.tournament.table,
    splits: evaluated,
    ablation: options.withAblation ? ablation(train, fitted.classifier.algorithm, seed, onProgress) : [],
  };
}

function splitsOf(kind: SplitKind, set: EvaluationSet, nFolds: number, seed: number): Split[] {
  switch (kind) {
    case 'random':
      return randomSplits(set, nFolds, seed);
    case 'incident':
      return groupSplits(set, nFolds, seed);
    case 'time':
      return timeSplit(set);
    case 'rule':
      return ruleSplits(set, nFolds, seed);
    case 'tenant':
      return tenantSplits(set, nFolds, seed);
  }
}

/** Fits per fold and measures the predictions of all folds together: every alert is tested at most once. */
function evaluateSplits(
  kind: SplitKind,
  splits: readonly Split[],
  set: EvaluationSet,
  like: FittedClassifier,
  seed: number,
  onProgress: (stage: string, progress: number) => void,
): EvaluatedSplit {
  const parts: Parameters<typeof keptPromises>[0][number][] = [];
  const tested: number[] = [];
  splits.forEach(({ name, fit, test }, at) => {
    onProgress(name, at / splits.length);
    const { classifier, promises } = fitLikeServing(rowsAt(set.rows, fit), { seed, like });
    const rows = rowsAt(set.rows, test);
    parts.push({ promises, probabilities: scoreRows(classifier, rows).probabilities, labels: rows.labels });
    tested.push(...test);
  });
  const all = new Float64Array(tested.length * 4);
  let at = 0;
  for (const { probabilities } of parts) {
    all.set(probabilities, at);
    at += probabilities.length;
  }
  const rows = rowsAt(set.rows, tested);
  return {
    name: kind,
    folds: splits.length,
    fit_alerts: Math.round(splits.reduce((sum, { fit }) => sum + fit.length, 0) / splits.length),
    ...measure(all, rows.labels, rows.groups, seed),
    known_before: keptPromises(parts),
  };
}
