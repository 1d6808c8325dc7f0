import { DISPOSITIONS } from '../alert/alert.ts';
import { foldOfGroup } from '../features/out-of-fold-record.ts';
import { fitCalibrator } from '../trees/calibration/calibration.ts';
import type { Calibrator } from '../trees/calibration/calibrator.ts';
import { TemperatureCalibrator } from '../trees/calibration/temperature-calibrator.ts';
import { subsetRows, type TrainingRows } from './training-rows.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_FOLDS = 3;
/** Fewer unseen rows, or groups, than this cannot choose a calibrator. */
const LEAST_ROWS = 40;
/** From this many real rows on, synthetic ones take no part in calibration. */
const LEAST_REAL_ROWS = 200;

/** Fits on the first rows and gives uncalibrated probabilities of the second, (n x 4). */
export type FitAndPredict = (fitRows: TrainingRows, otherRows: TrainingRows) => Float64Array;

/**
 * Calibrator for a classifier from probabilities of rows it has not seen: those out of bag where the learner has
 * them, else from grouped folds. Real rows only, as soon as there are {@link LEAST_REAL_ROWS} of them. With too few
 * rows the probabilities stay as they are.
 */
export function calibrateOnUnseen(
  rows: TrainingRows,
  oobProba: Float64Array | undefined,
  seed: number,
  fitAndPredict: FitAndPredict,
): Calibrator {
  const n = rows.labels.length;
  const nReal = n - rows.synthetic.reduce((sum, isSynthetic) => sum + isSynthetic, 0);
  const weights = Float64Array.from(rows.weights, (weight, i) =>
    nReal >= LEAST_REAL_ROWS && rows.synthetic[i] === 1 ? 0 : weight,
  );
  const proba = oobProba ?? outOfFoldProbabilities(rows, seed, fitAndPredict);
  const groups = new Set<string>();
  let nUsable = 0;
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0 || Number.isNaN(proba[i * N_CLASSES])) continue;
    nUsable++;
    groups.add(rows.groups[i]!);
  }
  if (nUsable < LEAST_ROWS || groups.size < LEAST_ROWS) return TemperatureCalibrator.identity(N_CLASSES);
  return fitCalibrator(proba, rows.labels, N_CLASSES, { weights, groups: rows.groups }).calibrator;
}

/** (n x 4) each row predicted by a model that has not seen its group; NaN where no model could be fitted. */
function outOfFoldProbabilities(
  rows: TrainingRows,
  seed: number,
  fitAndPredict: FitAndPredict,
): Float64Array {
  const folds = rows.groups.map((group) => foldOfGroup(group, N_FOLDS, seed));
  const proba = new Float64Array(rows.labels.length * N_CLASSES).fill(Number.NaN);
  for (let fold = 0; fold < N_FOLDS; fold++) {
    const inside: number[] = [];
    const outside: number[] = [];
    folds.forEach((own, i) => {
      (own === fold ? inside : outside).push(i);
    });
    if (inside.length === 0 || outside.length === 0) continue;
    const predicted = fitAndPredict(subsetRows(rows, outside), subsetRows(rows, inside));
    inside.forEach((i, at) => {
      proba.set(predicted.subarray(at * N_CLASSES, (at + 1) * N_CLASSES), i * N_CLASSES);
    });
  }
  return proba;
}
