import { dealFolds, usableRows } from './calibration-rows.ts';
import type { Calibrator, CalibratorJson } from './calibrator.ts';
import { IsotonicCalibrator } from './isotonic-calibrator.ts';
import { TemperatureCalibrator } from './temperature-calibrator.ts';

/** Reads what `toJSON` wrote. */
export function calibratorFrom(json: CalibratorJson): Calibrator {
  return json.kind === 'isotonic' ? IsotonicCalibrator.from(json) : TemperatureCalibrator.from(json);
}

export interface CalibratorOptions {
  /** (nSamples,) weight of each row, >= 0. @default all 1 */
  readonly weights?: ArrayLike<number>;
  /** (nSamples,) group of each row; rows of one group never part between folds. @default each row its own */
  readonly groups?: ArrayLike<number | string>;
  /** Number of folds, at least 2. @default 5 */
  readonly nFolds?: number;
  /** (nSamples x nClasses) other predictions of the same rows, to be calibrated by the same calibrators. */
  readonly alike?: Float64Array;
}

export interface CalibratorChoice {
  /** The curves where they are surely better, else the temperature; fitted on all rows. */
  readonly calibrator: Calibrator;
  /**
   * (nSamples x nClasses) every row calibrated by a calibrator of the chosen kind that has not seen its fold:
   * what thresholds and conformal sets may be set on. Rows without weight, which no calibrator has
   * seen, are calibrated by the one above; NaN stays NaN.
   */
  readonly crossFitted: Float64Array;
  /** `alike`, each row by the calibrator that has not seen its fold; absent where none was given. */
  readonly alike: Float64Array | undefined;
}

/**
 * Fits both calibrators fold by fold. The curves are kept only where they are surely better on groups they have not
 * seen: by more than the standard error of the difference between groups. Else the temperature, which has one
 * parameter.
 *
 * `proba` (nSamples x nClasses) must come from rows the learner has not seen: out-of-bag or out-of-fold. Folds
 * are dealt in order of appearance, class by class, so that the same rows give the same calibrator.
 *
 * @throws RangeError when lengths disagree or fewer than two groups of usable rows are given
 */
export function fitCalibrator(
  proba: Float64Array,
  y: ArrayLike<number>,
  nClasses: number,
  options: CalibratorOptions = {},
): CalibratorChoice {
  const { weights, groups, nFolds = 5, alike } = options;
  const rows = usableRows(proba, y, nClasses, weights);
  const folds = dealFolds(rows, y, groups, nFolds);
  const onAll = {
    temperature: TemperatureCalibrator.fit(proba, y, nClasses, weights),
    isotonic: IsotonicCalibrator.fit(proba, y, nClasses, weights),
  };
  const temperature = onAll.temperature.apply(proba.slice());
  const isotonic = onAll.isotonic.apply(proba.slice());
  crossFit(TemperatureCalibrator.fit, proba, y, nClasses, weights, rows, folds, temperature);
  crossFit(IsotonicCalibrator.fit, proba, y, nClasses, weights, rows, folds, isotonic);
  const groupOf = (row: number): number | string => (groups === undefined ? row : groups[row]);
  const gain = groupGain(temperature, isotonic, y, nClasses, weights, rows, groupOf);
  const isIsotonic = gain.mean > gain.standardError;
  const calibrator = isIsotonic ? onAll.isotonic : onAll.temperature;
  const alikeCalibrated = alike && calibrator.apply(alike.slice());
  if (alike && alikeCalibrated) {
    const fitKind = isIsotonic ? IsotonicCalibrator.fit : TemperatureCalibrator.fit;
    crossFit(fitKind, proba, y, nClasses, weights, rows, folds, alikeCalibrated, alike);
  }
  return { calibrator, crossFitted: isIsotonic ? isotonic : temperature, alike: alikeCalibrated };
}

/** What a row gains in log loss from the first table to the second, with its error when groups are drawn again. */
function groupGain(
  before: Float64Array,
  after: Float64Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights: ArrayLike<number> | undefined,
  rows: Uint32Array,
  groupOf: (row: number) => number | string,
): { mean: number; standardError: number } {
  const sums = new Map<number | string, { gain: number; weight: number }>();
  let gain = 0;
  let total = 0;
  for (const row of rows) {
    const weight = weights === undefined ? 1 : weights[row];
    const own = row * nClasses + y[row];
    const gained = weight * (logOf(after[own]) - logOf(before[own]));
    const sum = sums.get(groupOf(row)) ?? { gain: 0, weight: 0 };
    sums.set(groupOf(row), { gain: sum.gain + gained, weight: sum.weight + weight });
    gain += gained;
    total += weight;
  }
  const mean = gain / total;
  let squares = 0;
  for (const sum of sums.values()) squares += (sum.gain - mean * sum.weight) ** 2;
  return { mean, standardError: Math.sqrt(squares) / total };
}

/** As the log loss takes it, so that one row alone cannot be infinitely wrong. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, Number.EPSILON));
}

type FitCalibrator = (
  proba: Float64Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights?: ArrayLike<number>,
) => Calibrator;

/** Overwrites the usable rows of `result` with what a calibrator fitted on the other folds makes of `asked` there. */
function crossFit(
  fitKind: FitCalibrator,
  proba: Float64Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights: ArrayLike<number> | undefined,
  rows: Uint32Array,
  folds: Uint8Array,
  result: Float64Array,
  asked: Float64Array = proba,
): void {
  const foldWeights = new Float64Array(y.length);
  for (const fold of new Set(folds)) {
    foldWeights.fill(0);
    for (let r = 0; r < rows.length; r++) {
      if (folds[r] !== fold) foldWeights[rows[r]] = weights === undefined ? 1 : weights[rows[r]];
    }
    const calibrator = fitKind(proba, y, nClasses, foldWeights);
    for (let r = 0; r < rows.length; r++) {
      if (folds[r] !== fold) continue;
      const row = rows[r] * nClasses;
      result.set(calibrator.apply(asked.slice(row, row + nClasses)), row);
    }
  }
}
