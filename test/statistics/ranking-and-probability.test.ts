// Ranking and probability scores at the inputs where libraries differ. Values are scikit-learn 1.9.1's unless it says so.
import { describe, expect, it } from 'vitest';
import { evaluateIsotonic, fitIsotonic } from '../../src/trees/calibration/isotonic-regression.ts';
import { TemperatureCalibrator } from '../../src/trees/calibration/temperature-calibrator.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import * as classification from '../../src/trees/metrics/classification-metrics.ts';
import * as probability from '../../src/trees/metrics/probability-metrics.ts';
import * as ranking from '../../src/trees/metrics/ranking-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';

const { averagePrecision, rocAuc, rocAucOvrMacro } = ranking;
const { brierScore, logLoss } = probability;
const { cohenKappa, f1Score, matthewsCorrelation, precision } = classification;

/** (2 x 2) of two rows and one tree: a row in its bag has none. */
function outOfBagShares(): number[] {
  const X = Matrix.from(Float32Array.of(0, 1), 2, 1);
  return [...RandomForestClassifier.fit(X, Int32Array.of(0, 1), { nEstimators: 1, seed: 2 }).oobProba];
}

describe('equal to scikit-learn 1.9.1', () => {
  it.each([
    [
      'average precision where all scores are equal',
      averagePrecision([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5]),
      0.5,
    ],
    ['average precision of the textbook', averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.8333],
    ['average precision without positives', averagePrecision([0, 0], [0.1, 0.4]), 0],
    ['ROC-AUC of one class', rocAuc([1, 1], [0.1, 0.4]), Number.NaN],
    ['log loss of what cannot be, float64', logLoss([0, 1], [1, 0]), 36.0437],
    ['log loss of rows that do not sum to 1', logLoss([0, 1], [0.2, 0.2, 0.3, 0.3]), 1.4067],
    ['Brier score of two classes, halved', brierScore([0, 1], [0.8, 0.2, 0.4, 0.6]), (0.04 + 0.16) / 2],
    ['Brier score of one column', brierScore([0, 1], [0.2, 0.6]), (0.04 + 0.16) / 2],
    ['Brier score of three classes, a sum of squares', brierScore([0], [0.6, 0.2, 0.2]), 0.24],
    ['kappa where all is one class', cohenKappa([1, 1], [1, 1]), Number.NaN],
    ['Matthews correlation where all is one class', matthewsCorrelation([1, 1], [1, 1]), 0],
    ['R2 of a constant, exact', r2Score([2, 2], [2, 2]), 1],
    ['R2 of a constant, not exact', r2Score([2, 2], [2, 3]), 0],
  ])('%s', (_what, ours, expected) => {
    if (Number.isNaN(expected)) expect(ours).toBeNaN();
    else expect(ours).toBeCloseTo(expected, 4);
  });

  it.each([
    [0.1, 0.5],
    [0.5, 0.5],
    [0.9, 1],
  ])('isotonic regression with ties, at %f', (at, expected) => {
    const curve = fitIsotonic(Float64Array.of(0.1, 0.1, 0.5, 0.5, 0.9), Float64Array.of(0, 1, 0, 1, 1));
    expect(evaluateIsotonic(curve, at)).toBe(expected);
  });

  it('`method="temperature"`, which keeps 1 / T: p^(1/T), scaled to sum to 1', () => {
    const halved = TemperatureCalibrator.from({ kind: 'temperature', nClasses: 2, temperature: 0.5 });
    expect(halved.apply(Float64Array.of(0.2, 0.8))[1]).toBeCloseTo(0.64 / (0.64 + 0.04), 14);
  });
});

describe('different, as stated', () => {
  it('an out-of-bag row that no tree left out is NaN, where scikit-learn says 0 for every class', () => {
    const shares = outOfBagShares();
    expect(shares.some(Number.isNaN)).toBe(true);
    for (let row = 0; row < 4; row += 2) {
      expect(Number.isNaN(shares[row]!)).toBe(Number.isNaN(shares[row + 1]!));
      if (!Number.isNaN(shares[row]!)) expect(shares[row]! + shares[row + 1]!).toBe(1);
    }
  });

  it('log loss keeps float64 apart from 0 for float32 too, where scikit-learn stops at 15.9424', () => {
    expect(-Math.log(2 ** -23)).toBeCloseTo(15.9424, 4);
    expect(logLoss([0, 1], Float32Array.of(1, 0))).toBeCloseTo(36.0437, 4);
  });

  it('ROC-AUC over classes leaves an absent class out, where scikit-learn gives NaN for the whole', () => {
    expect(rocAucOvrMacro([0, 1], [0.7, 0.2, 0.1, 0.2, 0.7, 0.1])).toBe(1);
  });

  it('precision without a positive prediction is 0, where ml-confusion-matrix 2.0.0 gives NaN; F1 is 0 in both', () => {
    expect(precision([1, 0], [0, 0])).toBe(0);
    expect(f1Score([1, 0], [0, 0])).toBe(0);
  });

  it('no likelihood ratio is printed, which would be NaN without false positives', () => {
    const names = Object.keys({ ...classification, ...probability, ...ranking });
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => /likelihood/i.test(name))).toEqual([]);
  });
});
