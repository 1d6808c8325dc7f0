import { AlertClassifier } from '../models/alert-classifier.ts';
import { subsetRows, type TrainingRows } from '../models/training-rows.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import { JUDGEMENT_DELAY_MS, syntheticRows } from '../training/dataset/learning-set.ts';
import { runTournament, type Tournament } from '../training/fit/tournament.ts';
import { DEFAULT_TRAINING_SETTINGS, type TrainingSettings } from '../training/training-settings.ts';
import { type Promises, promisesOf } from './known-promises.ts';

export interface FittedClassifier {
  readonly classifier: AlertClassifier;
  readonly tournament: Tournament;
  readonly promises: Promises;
  readonly fitSeconds: number;
}

export interface FitOptions {
  readonly seed: number;
  /**
   * For the further splits: the winner of the first plays alone.
   */
  readonly like?: FittedClassifier;
  readonly onProgress?: (stage: string, progress: number) => void;
}

/**
 * Fits the classifier as a retrain does (tournament on grouped folds, winner calibrated by its out-of-fold
 * predictions, fitted on everything), without synthetic rows and without a hold-out of its own: the test set is the
 * hold-out here. An alert counts as judged a day after it occurred.
 */
export function fitLikeServing(rows: TrainingRows, options: FitOptions): FittedClassifier {
  const { seed, like, onProgress = () => {} } = options;
  const startedAtMs = performance.now();
  const n = rows.labels.length;
  const settings: TrainingSettings = {
    ...DEFAULT_TRAINING_SETTINGS,
    syntheticAlerts: 0,
    ...(like === undefined ? {} : { contestants: [like.classifier.algorithm], tournamentFrom: 0 }),
  };
  const judgedPerClass = new Int32Array(4);
  for (const label of rows.labels) judgedPerClass[label] = (judgedPerClass[label] as number) + 1;
  const set = {
    rows,
    datasetRows: Int32Array.from({ length: n }, (_, i) => i),
    fit: Int32Array.from({ length: n }, (_, i) => i),
    heldOut: new Int32Array(0),
    judgedPerClass,
    judgedAtMs: rows.occurredAtMs.map((atMs) => atMs + JUDGEMENT_DELAY_MS),
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
  const promises = promisesOf(tournament.forward, rows.labels);
  return { classifier, tournament, promises, fitSeconds: (performance.now() - startedAtMs) / 1000 };
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
