import { fitCalibrator } from '../../trees/calibration/calibration.ts';
import type { Calibrator } from '../../trees/calibration/calibrator.ts';
import { GradientBoostingClassifier } from '../../trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import { Matrix } from '../../trees/matrix.ts';

/** Two classes: no attack, attack. */
const N_CLASSES = 2;
const FOREST = { nEstimators: 400, minSamplesLeaf: 3 } as const;
const BOOSTED = { nEstimators: 150, maxDepth: 4, minSamplesLeaf: 10 } as const;

export const CANDIDATES = ['random_forest', 'boosted'] as const;
export type Candidate = (typeof CANDIDATES)[number];

/** A fitted learner before its probabilities are calibrated. */
export type RowLearner = RandomForestClassifier | GradientBoostingClassifier;

export function fitLearner(name: Candidate, X: Matrix, y: Int32Array, seed: number): RowLearner {
  return name === 'random_forest'
    ? RandomForestClassifier.fit(X, y, { ...FOREST, nClasses: N_CLASSES, seed })
    : GradientBoostingClassifier.fit(X, y, { ...BOOSTED, nClasses: N_CLASSES, seed });
}

/** A learner with the curve that makes its probabilities match observed shares; the curve never changes an order. */
export interface RowModel {
  readonly name: Candidate;
  readonly learner: RowLearner;
  readonly calibrator: Calibrator;
}

/**
 * Calibrates on rows that a learner has not seen.
 *
 * @param unseen (n x 2) probabilities of the fit rows by trees, or learners, that had not seen them
 */
export function calibrated(
  name: Candidate,
  learner: RowLearner,
  unseen: Float64Array,
  y: Int32Array,
): RowModel {
  return { name, learner, calibrator: fitCalibrator(unseen, y, N_CLASSES).calibrator };
}

/** (n,) attack probabilities. */
export function attackScores({ learner, calibrator }: Omit<RowModel, 'name'>, X: Matrix): Float64Array {
  return attackColumn(calibrator.apply(learner.predictProba(X)));
}

/** (n,) of an (n x 2) table of probabilities. */
export function attackColumn(proba: Float64Array): Float64Array {
  return Float64Array.from(
    { length: proba.length / N_CLASSES },
    (_, i) => proba[N_CLASSES * i + 1] as number,
  );
}

/** Rows of a matrix, copied. */
export function rowsOf(X: Float32Array, width: number, rows: Int32Array): Matrix {
  const copy = new Float32Array(rows.length * width);
  rows.forEach((i, at) => {
    copy.set(X.subarray(i * width, (i + 1) * width), at * width);
  });
  return Matrix.from(copy, rows.length, width);
}
