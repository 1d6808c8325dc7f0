import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as classification from '../../src/trees/metrics/classification-metrics.ts';
import * as probability from '../../src/trees/metrics/probability-metrics.ts';
import * as quantile from '../../src/trees/metrics/quantile.ts';
import * as ranking from '../../src/trees/metrics/ranking-metrics.ts';
import * as regression from '../../src/trees/metrics/regression-metrics.ts';
import { fc } from '../support/fast-check.ts';

const metrics = { ...classification, ...probability, ...quantile, ...ranking, ...regression };

interface Oracle {
  binary: Record<string, number> & { y: number[]; p: number[] };
  multiclass: Record<string, number> & {
    y: number[];
    predicted: number[];
    proba: number[][];
    confusion: number[][];
  };
  regression: Record<string, number> & { y: number[]; predicted: number[]; weights: number[] };
}

const oracle = JSON.parse(
  readFileSync(new URL('../fixtures/oracles/metrics.json', import.meta.url), 'utf8'),
) as Oracle;
const DIGITS = 9;

/** How each value that the file may list is computed; a name the table does not know fails. */
const BINARY: Record<string, (y: number[], p: number[]) => number> = {
  roc_auc: metrics.rocAuc,
  average_precision: metrics.averagePrecision,
  brier: metrics.brierScore,
  log_loss: metrics.logLoss,
  f1_at_05: (y, p) => metrics.f1Score(y, atHalf(p)),
  precision_at_05: (y, p) => metrics.precision(y, atHalf(p)),
  recall_at_05: (y, p) => metrics.recall(y, atHalf(p)),
};

const MULTICLASS: Record<string, (o: Oracle['multiclass']) => number> = {
  macro_f1: ({ y, predicted }) => metrics.macroF1(y, predicted),
  weighted_f1: ({ y, predicted }) => metrics.weightedF1(y, predicted),
  accuracy: ({ y, predicted }) => metrics.accuracy(y, predicted),
  balanced_accuracy: ({ y, predicted }) => metrics.balancedAccuracy(y, predicted),
  cohen_kappa: ({ y, predicted }) => metrics.cohenKappa(y, predicted),
  mcc: ({ y, predicted }) => metrics.matthewsCorrelation(y, predicted),
  log_loss: ({ y, proba }) => metrics.logLoss(y, proba.flat()),
  roc_auc_ovr_macro: ({ y, proba }) => metrics.rocAucOvrMacro(y, proba.flat()),
};

const REGRESSION: Record<string, (o: Oracle['regression']) => number> = {
  r2: ({ y, predicted }) => metrics.r2Score(y, predicted),
  mae: ({ y, predicted }) => metrics.meanAbsoluteError(y, predicted),
  rmse: ({ y, predicted }) => metrics.rootMeanSquaredError(y, predicted),
  r2_weighted: ({ y, predicted, weights }) => metrics.r2Score(y, predicted, weights),
};

function atHalf(p: number[]): number[] {
  return p.map((value) => (value >= 0.5 ? 1 : 0));
}

function scalarsOf(part: object): [string, number][] {
  return Object.entries(part).filter(([, value]) => typeof value === 'number');
}

describe('metrics against scikit-learn', () => {
  it.each(scalarsOf(oracle.binary))('gives the reference binary %s', (name, expected) => {
    expect(BINARY[name]!(oracle.binary.y, oracle.binary.p)).toBeCloseTo(expected, DIGITS);
  });

  it.each(scalarsOf(oracle.multiclass))('gives the reference multiclass %s', (name, expected) => {
    expect(MULTICLASS[name]!(oracle.multiclass)).toBeCloseTo(expected, DIGITS);
  });

  it('gives the reference confusion matrix', () => {
    const { y, predicted, confusion } = oracle.multiclass;
    expect(metrics.confusionMatrix(y, predicted)).toEqual(confusion);
  });

  it.each(scalarsOf(oracle.regression))('gives the reference regression %s', (name, expected) => {
    expect(REGRESSION[name]!(oracle.regression)).toBeCloseTo(expected, DIGITS);
  });
});

describe('metrics at hand-computed points', () => {
  it('counts a tie as half in the ROC-AUC', () => {
    expect(metrics.rocAuc([0, 1], [0.5, 0.5])).toBe(0.5);
    expect(metrics.rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(metrics.rocAuc([0, 1, 1], [-Infinity, Infinity, Infinity])).toBe(1);
  });

  it('gives NaN as ROC-AUC of a single class', () => {
    expect(metrics.rocAuc([1, 1], [0.2, 0.3])).toBeNaN();
    expect(metrics.rocAucOvrMacro([0, 0], [0.2, 0.8, 0.3, 0.7])).toBeNaN();
  });

  it('gives the average precision of the textbook example', () => {
    expect(metrics.averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.8333333333333333, 12);
    expect(metrics.averagePrecision([0, 0], [0.1, 0.4])).toBe(0);
  });

  it('keeps the log loss finite where a probability is 0', () => {
    expect(metrics.logLoss([0, 1], [1, 0, 1, 0])).toBeCloseTo(-Math.log(Number.EPSILON) / 2, 9);
    expect(metrics.logLoss([1], [0])).toBeCloseTo(-Math.log(Number.EPSILON), 9);
  });

  it('gives the same Brier score for one column and for two', () => {
    expect(metrics.brierScore([1, 0], [0.7, 0.4])).toBeCloseTo((0.09 + 0.16) / 2, 12);
    expect(metrics.brierScore([1, 0], [0.3, 0.7, 0.6, 0.4])).toBeCloseTo((0.09 + 0.16) / 2, 12);
    expect(metrics.brierScore([2], [0.2, 0.3, 0.5])).toBeCloseTo(0.04 + 0.09 + 0.25, 12);
  });

  it('measures the distance between stated confidence and accuracy', () => {
    expect(metrics.expectedCalibrationError([1, 0], [0.2, 0.8, 0.2, 0.8])).toBeCloseTo(0.3, 12);
    expect(metrics.expectedCalibrationError([1, 1, 0, 0], [0.5, 0.5, 0.5, 0.5])).toBe(0);
    expect(metrics.expectedCalibrationError([1, 0], [1, 0])).toBe(0);
  });

  it('answers degenerate targets as scikit-learn does', () => {
    expect(metrics.r2Score([3, 3], [3, 3])).toBe(1);
    expect(metrics.r2Score([3, 3], [3, 4])).toBe(0);
    expect(metrics.r2Score([3], [3])).toBeNaN();
    expect(metrics.precision([1, 0], [0, 0])).toBe(0);
    expect(metrics.recall([0, 0], [0, 1])).toBe(0);
    expect(metrics.f1Score([0, 0], [0, 0])).toBe(0);
    expect(metrics.matthewsCorrelation([0, 1], [0, 0])).toBe(0);
    expect(metrics.cohenKappa([0, 0], [0, 0])).toBeNaN();
  });

  it('leaves a class that is never met out of macro-F1', () => {
    expect(metrics.macroF1([0, 3], [0, 3])).toBe(1);
    expect(metrics.balancedAccuracy([0, 0], [0, 2])).toBe(0.5);
  });

  it('sizes the confusion matrix as asked', () => {
    expect(metrics.confusionMatrix([0, 1], [0, 0], 3)).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('interpolates quantiles linearly', () => {
    expect(metrics.quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect([...metrics.quantiles([10, 20], [0, 0.25, 1])]).toEqual([10, 12.5, 20]);
    expect(metrics.quantile([7], 0.99)).toBe(7);
  });
});

describe('metric weights', () => {
  const sample = fc.record({
    label: fc.integer({ min: 0, max: 2 }),
    predicted: fc.integer({ min: 0, max: 2 }),
    score: fc.integer({ min: 0, max: 8 }).map((step) => step / 8),
    copies: fc.integer({ min: 0, max: 3 }),
  });
  type Metric = (y: number[], predicted: number[], scores: number[], weights?: number[]) => number;
  const isOne = (y: number[]) => y.map((label) => (label === 1 ? 1 : 0));
  const table = (scores: number[]) => scores.flatMap((s) => [s, (1 - s) / 4, (3 * (1 - s)) / 4]);
  const weighted: [string, Metric][] = [
    ['accuracy', (y, p, _, w) => metrics.accuracy(y, p, w)],
    ['rocAuc', (y, _, s, w) => metrics.rocAuc(isOne(y), s, w)],
    ['averagePrecision', (y, _, s, w) => metrics.averagePrecision(isOne(y), s, w)],
    ['rocAucOvrMacro', (y, _, s, w) => metrics.rocAucOvrMacro(y, table(s), w)],
    ['brierScore', (y, _, s, w) => metrics.brierScore(y, table(s), w)],
    ['logLoss', (y, _, s, w) => metrics.logLoss(y, table(s), w)],
    ['expectedCalibrationError', (y, _, s, w) => metrics.expectedCalibrationError(y, table(s), 5, w)],
    ['f1Score', (y, p, _, w) => metrics.f1Score(y, p, w, 2)],
    ['precision', (y, p, _, w) => metrics.precision(y, p, w)],
    ['recall', (y, p, _, w) => metrics.recall(y, p, w)],
    ['weightedF1', (y, p, _, w) => metrics.weightedF1(y, p, w)],
    ['balancedAccuracy', (y, p, _, w) => metrics.balancedAccuracy(y, p, w)],
    ['cohenKappa', (y, p, _, w) => metrics.cohenKappa(y, p, w)],
    ['matthewsCorrelation', (y, p, _, w) => metrics.matthewsCorrelation(y, p, w)],
    ['r2Score', (y, _, s, w) => metrics.r2Score(y, s, w)],
    ['meanAbsoluteError', (y, _, s, w) => metrics.meanAbsoluteError(y, s, w)],
    ['rootMeanSquaredError', (y, _, s, w) => metrics.rootMeanSquaredError(y, s, w)],
  ];

  it.each(weighted)('%s counts a weight like so many copies of the sample', (_name, metric) => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 12 }), (samples) => {
        const copies = samples.flatMap((s) => new Array<typeof s>(s.copies).fill(s));
        fc.pre(copies.length >= 2);
        const byWeight = metric(
          samples.map((s) => s.label),
          samples.map((s) => s.predicted),
          samples.map((s) => s.score),
          samples.map((s) => s.copies),
        );
        const byCopies = metric(
          copies.map((s) => s.label),
          copies.map((s) => s.predicted),
          copies.map((s) => s.score),
        );
        if (Number.isNaN(byCopies)) expect(byWeight).toBeNaN();
        else expect(byWeight).toBeCloseTo(byCopies, 9);
      }),
    );
  });
});

describe('metric inputs', () => {
  it.each([
    ['no samples', () => metrics.accuracy([], []), 'Expected at least one sample in `y`, got 0.'],
    [
      'a length mismatch',
      () => metrics.accuracy([1], [1, 0]),
      'Expected `predicted` to hold 1 values, got 2.',
    ],
    ['a NaN score', () => metrics.rocAuc([0, 1], [0, NaN]), 'Expected `scores` without NaN, got NaN at 1.'],
    ['a label beyond 1', () => metrics.rocAuc([0, 2], [0, 1]), 'Expected `y` to hold 0 and 1, got 2 at 1.'],
    [
      'a broken label',
      () => metrics.macroF1([0.5], [0]),
      'Expected `y` to hold class indices, got 0.5 at 0.',
    ],
    ['a ragged table', () => metrics.logLoss([0, 1], [1, 0, 0]), 'Expected `proba` to hold a multiple of 2'],
    ['no probability', () => metrics.logLoss([0], [1.5]), 'Expected `proba` to hold values in [0, 1]'],
    ['a label without a column', () => metrics.logLoss([3], [0.5, 0.5]), 'Expected labels below 2, got 3.'],
    ['a negative weight', () => metrics.accuracy([1], [1], [-1]), 'Expected `weights` to be finite and >= 0'],
    ['zero weights', () => metrics.accuracy([1], [1], [0]), 'Expected `weights` with a sum above 0, got 0.'],
    ['missing weights', () => metrics.accuracy([1], [1], []), 'Expected `weights` to hold 1 values, got 0.'],
    ['a NaN target', () => metrics.r2Score([NaN, 1], [0, 1]), 'Expected `y` to hold finite numbers'],
    [
      'a small matrix',
      () => metrics.confusionMatrix([3], [0], 2),
      'Expected `nClasses` to be an integer >= 4',
    ],
    [
      'no bins',
      () => metrics.expectedCalibrationError([1], [1], 0),
      'Expected `nBins` to be an integer >= 1',
    ],
    ['a share above 1', () => metrics.quantile([1], 2), 'Expected a share in [0, 1], got 2.'],
    ['no values', () => metrics.quantile([], 0.5), 'Expected at least one value, got 0.'],
  ])('refuses %s', (_what, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
