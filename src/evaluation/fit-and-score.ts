import { AlertClassifier } from '../models/alert-classifier.ts';
import { subsetRows, type TrainingRows } from '../models/training-rows.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import { syntheticRows } from '../training/dataset/learning-set.ts';
import { runTournament, type Tournament } from '../training/fit/tournament.ts';
import { DEFAULT_TRAINING_SETTINGS, type TrainingSettings } from '../training/training-settings.ts';

export interface FittedClassifier {
  readonly classifier: AlertClassifier;
  /** `undefined` where the algorithm was given. */
  readonly tournament: Tournament | undefined;
  readonly fitSeconds: number;
}

export interface FitOptions {
  readonly seed: number;
  /**
   * Skips the tournament: for the further splits, where the winner of the first is taken and calibrated on rows it
   * has not seen (out of bag, or grouped folds), at a fraction of the time.
   */
  readonly like?: FittedClassifier;
  readonly onProgress?: (stage: string, progress: number) => void;
}

/**
 * Fits the classifier as a retrain does (tournament on grouped folds, winner calibrated by its out-of-fold
 * predictions, fitted on everything), without synthetic rows and without a hold-out of its own: the test set is the
 * hold-out here.
 */
export function fitLikeServing(rows: TrainingRows, options: FitOptions): FittedClassifier {
  const { seed, like, onProgress = () => {} } = options;
  const startedAtMs = performance.now();
  if (like !== undefined) {
    const algorithm = like.classifier.algorithm;
    const classifier = AlertClassifier.fit(rows, { seed, algorithm, calibrator: 'fit' });
    return { classifier, tournament: undefined, fitSeconds: (performance.now() - startedAtMs) / 1000 };
  }
  const n = rows.labels.length;
  const settings: TrainingSettings = { ...DEFAULT_TRAINING_SETTINGS, syntheticAlerts: 0 };
  const judgedPerClass = new Int32Array(4);
  for (const label of rows.labels) judgedPerClass[label] = (judgedPerClass[label] as number) + 1;
  const set = {
    rows,
    datasetRows: Int32Array.from({ length: n }, (_, i) => i),
    fit: Int32Array.from({ length: n }, (_, i) => i),
    heldOut: new Int32Array(0),
    judgedPerClass,
  };
  const tournament = runTournament(
    {
      set,
      synthetic: syntheticRows(settings),
      costs: DEFAULT_POLICY.costs,
      settings,
      seed,
    },
    onProgress,
  );
  const classifier = AlertClassifier.fit(rows, {
    seed,
    algorithm: tournament.winner,
    calibrator: tournament.calibrator,
    onProgress: (done, total) => onProgress(`fitting ${tournament.winner}`, done / total),
  });
  return { classifier, tournament, fitSeconds: (performance.now() - startedAtMs) / 1000 };
}

/** (n x nClasses) calibrated probabilities, and microseconds an alert. */
export function scoreRows(
  classifier: AlertClassifier,
  rows: TrainingRows,
): { readonly probabilities: Float64Array; readonly usPerAlert: number } {
  const startedAtMs = performance.now();
  const probabilities = classifier.probabilitiesOfRows(rows);
  return { probabilities, usPerAlert: ((performance.now() - startedAtMs) * 1000) / rows.labels.length };
}

export function rowsAt(rows: TrainingRows, positions: ArrayLike<number>): TrainingRows {
  return subsetRows(rows, positions);
}
