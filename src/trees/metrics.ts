import { type ClassTotals, classTotals } from './class-totals.ts';
import { checkFinite, checkPaired, checkWeights, countColumns, weightedMean } from './metric-inputs.ts';
import { weightPerScore } from './score-steps.ts';

// Every metric takes `weights` where scikit-learn takes `sample_weight`: one per sample, >= 0, not all 0. Results
// equal scikit-learn's to the last few bits, ties included; where an edge case differs the docstring says so.

type Weights = ArrayLike<number>;

/** Smallest probability the log loss accepts: the gap between 1 and the next float64. */
const PROBABILITY_FLOOR = Number.EPSILON;

/** Share of samples whose predicted label is right, in [0, 1]. */
export function accuracy(y: ArrayLike<number>, predicted: ArrayLike<number>, weights?: Weights): number {
  checkPaired(y, predicted, 'predicted');
  return weightedMean(y.length, weights, (i) => (y[i] === predicted[i] ? 1 : 0));
}

/**
 * Weight of the samples of class r (row) that were predicted as class c (column).
 *
 * `nClasses` defaults to the largest label met plus one; give it where a class may be absent.
 */
export function confusionMatrix(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  nClasses?: number,
  weights?: Weights,
): number[][] {
  return classTotals(y, predicted, weights, nClasses).matrix;
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function f1OfClass({ hits, actual, guessed }: ClassTotals, c: number): number {
  return c < hits.length ? ratio(2 * hits[c], actual[c] + guessed[c]) : 0;
}

/** Share of the samples predicted as `positive` that are; 0 when none is predicted so. */
export function precision(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
  positive = 1,
): number {
  const { hits, guessed } = classTotals(y, predicted, weights);
  return positive < hits.length ? ratio(hits[positive], guessed[positive]) : 0;
}

/** Share of the samples of class `positive` that are predicted so; 0 when there is none. */
export function recall(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
  positive = 1,
): number {
  const { hits, actual } = classTotals(y, predicted, weights);
  return positive < hits.length ? ratio(hits[positive], actual[positive]) : 0;
}

/** Harmonic mean of precision and recall of class `positive`; 0 when it is neither met nor predicted. */
export function f1Score(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
  positive = 1,
): number {
  return f1OfClass(classTotals(y, predicted, weights), positive);
}

/** Plain mean of the F1 of every class that is met or predicted, with whatever weight. */
export function macroF1(y: ArrayLike<number>, predicted: ArrayLike<number>, weights?: Weights): number {
  const totals = classTotals(y, predicted, weights);
  let sum = 0;
  for (const c of totals.present) sum += f1OfClass(totals, c);
  return sum / totals.present.length;
}

/** Mean of the F1 of the classes, each weighted by how often it is met. */
export function weightedF1(y: ArrayLike<number>, predicted: ArrayLike<number>, weights?: Weights): number {
  const totals = classTotals(y, predicted, weights);
  let sum = 0;
  for (let c = 0; c < totals.hits.length; c++) sum += totals.actual[c] * f1OfClass(totals, c);
  return sum / totals.total;
}

/** Mean recall over the classes that are met; a class that is only predicted takes no part. */
export function balancedAccuracy(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
): number {
  const { hits, actual } = classTotals(y, predicted, weights);
  let sum = 0;
  let nMet = 0;
  for (let c = 0; c < hits.length; c++) {
    if (actual[c] === 0) continue;
    sum += hits[c] / actual[c];
    nMet++;
  }
  return sum / nMet;
}

/** Cohen's kappa: agreement beyond chance, 1 for perfect, 0 for chance; NaN when chance alone explains all. */
export function cohenKappa(y: ArrayLike<number>, predicted: ArrayLike<number>, weights?: Weights): number {
  const { hits, actual, guessed, total } = classTotals(y, predicted, weights);
  let observed = 0;
  let expected = 0;
  for (let c = 0; c < hits.length; c++) {
    observed += hits[c];
    expected += (actual[c] * guessed[c]) / total;
  }
  return 1 - (total - observed) / (total - expected);
}

/** Matthews correlation over any number of classes, in [-1, 1]; 0 when one side has a single class. */
export function matthewsCorrelation(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
): number {
  const { hits, actual, guessed, total } = classTotals(y, predicted, weights);
  let correct = 0;
  let chance = 0;
  let actualSquares = 0;
  let guessedSquares = 0;
  for (let c = 0; c < hits.length; c++) {
    correct += hits[c];
    chance += actual[c] * guessed[c];
    actualSquares += actual[c] * actual[c];
    guessedSquares += guessed[c] * guessed[c];
  }
  const spread = (total * total - actualSquares) * (total * total - guessedSquares);
  return ratio(correct * total - chance, Math.sqrt(spread));
}

/**
 * Area under the ROC curve for labels 0 and 1 and any score that rises with class 1. Ties count half.
 *
 * NaN when only one class is present; scikit-learn before 1.6 raises there.
 */
export function rocAuc(y: ArrayLike<number>, scores: ArrayLike<number>, weights?: Weights): number {
  const { positives, negatives } = weightPerScore(y, scores, weights);
  let area = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let step = 0; step < positives.length; step++) {
    area += negatives[step] * (truePositives + positives[step] / 2);
    truePositives += positives[step];
    falsePositives += negatives[step];
  }
  return area / (truePositives * falsePositives);
}

/**
 * Average precision: precision at every distinct score, weighted by the rise in recall, without interpolation.
 * 0 when class 1 is absent.
 */
export function averagePrecision(y: ArrayLike<number>, scores: ArrayLike<number>, weights?: Weights): number {
  const { positives, negatives } = weightPerScore(y, scores, weights);
  let sum = 0;
  let truePositives = 0;
  let total = 0;
  for (let step = 0; step < positives.length; step++) {
    truePositives += positives[step];
    total += positives[step] + negatives[step];
    sum += positives[step] * ratio(truePositives, total);
  }
  return ratio(sum, truePositives);
}

/**
 * Mean over the classes of the ROC-AUC of each class against the rest, from a (nSamples x nClasses) table.
 *
 * Classes with no sample, or with all of them, take no part (scikit-learn raises); NaN when none is left.
 */
export function rocAucOvrMacro(y: ArrayLike<number>, proba: ArrayLike<number>, weights?: Weights): number {
  const nClasses = countColumns(y, proba);
  const nSamples = y.length;
  const isClass = new Uint8Array(nSamples);
  const scores = new Float64Array(nSamples);
  let sum = 0;
  let nCounted = 0;
  for (let c = 0; c < nClasses; c++) {
    for (let i = 0; i < nSamples; i++) {
      isClass[i] = y[i] === c ? 1 : 0;
      scores[i] = proba[i * nClasses + c];
    }
    const area = rocAuc(isClass, scores, weights);
    if (Number.isNaN(area)) continue;
    sum += area;
    nCounted++;
  }
  return sum / nCounted;
}

/**
 * Mean negative log likelihood in nats, lower is better.
 *
 * `proba` is the probability of class 1 (nSamples,) or a table (nSamples x nClasses). Values are kept at least
 * 2^-52 away from 0 and 1 and rows are scaled to sum to 1, as scikit-learn does.
 */
export function logLoss(y: ArrayLike<number>, proba: ArrayLike<number>, weights?: Weights): number {
  const nColumns = countColumns(y, proba);
  return weightedMean(y.length, weights, (i) => {
    if (nColumns === 1) {
      const p = clipped(proba[i]);
      return -Math.log(y[i] === 1 ? p : 1 - p);
    }
    const row = i * nColumns;
    let rowSum = 0;
    for (let c = 0; c < nColumns; c++) rowSum += clipped(proba[row + c]);
    return -Math.log(clipped(proba[row + y[i]]) / rowSum);
  });
}

function clipped(probability: number): number {
  return Math.min(Math.max(probability, PROBABILITY_FLOOR), 1 - PROBABILITY_FLOOR);
}

/**
 * Mean squared distance between the probabilities and what happened, lower is better.
 *
 * In [0, 1] for one column or two classes, where both forms agree; for more classes the squares of a row are
 * summed, in [0, 2], as in Brier's paper.
 */
export function brierScore(y: ArrayLike<number>, proba: ArrayLike<number>, weights?: Weights): number {
  const nColumns = countColumns(y, proba);
  return weightedMean(y.length, weights, (i) => {
    if (nColumns === 1) return (proba[i] - y[i]) ** 2;
    const row = i * nColumns;
    let squares = 0;
    for (let c = 0; c < nColumns; c++) squares += (proba[row + c] - (y[i] === c ? 1 : 0)) ** 2;
    return nColumns === 2 ? squares / 2 : squares;
  });
}

/**
 * Expected calibration error over `nBins` bins of equal width, in [0, 1], lower is better: how far the stated
 * probability lies from the observed share, bin by bin, weighted by the weight of the bin.
 *
 * For a table (nSamples x nClasses) the stated probability is that of the predicted class, the largest of the
 * row; for one column it is that of class 1.
 *
 * @see Guo et al. On Calibration of Modern Neural Networks. ICML 2017. https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError(
  y: ArrayLike<number>,
  proba: ArrayLike<number>,
  nBins = 10,
  weights?: Weights,
): number {
  if (!Number.isInteger(nBins) || nBins < 1) {
    throw new RangeError(`Expected \`nBins\` to be an integer >= 1, got ${nBins}.`);
  }
  const nColumns = countColumns(y, proba);
  checkWeights(weights, y.length);
  const gap = new Float64Array(nBins);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const row = i * nColumns;
    let best = 0;
    for (let c = 1; c < nColumns; c++) if (proba[row + c] > proba[row + best]) best = c;
    const stated = proba[row + best];
    const happened = y[i] === (nColumns === 1 ? 1 : best) ? 1 : 0;
    const weight = weights === undefined ? 1 : weights[i];
    gap[Math.min(Math.floor(stated * nBins), nBins - 1)] += weight * (stated - happened);
    total += weight;
  }
  let error = 0;
  for (let bin = 0; bin < nBins; bin++) error += Math.abs(gap[bin]);
  return error / total;
}

/**
 * Coefficient of determination, 1 for perfect, 0 for the mean, negative for worse. Of a constant target: 1 when
 * every prediction is exact, else 0. NaN below two samples.
 */
export function r2Score(y: ArrayLike<number>, predicted: ArrayLike<number>, weights?: Weights): number {
  checkRegression(y, predicted);
  const mean = weightedMean(y.length, weights, (i) => y[i]);
  const residual = weightedMean(y.length, weights, (i) => (y[i] - predicted[i]) ** 2);
  const spread = weightedMean(y.length, weights, (i) => (y[i] - mean) ** 2);
  if (y.length < 2) return NaN;
  if (spread === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / spread;
}

/** Mean absolute error, in the unit of the target. */
export function meanAbsoluteError(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
): number {
  checkRegression(y, predicted);
  return weightedMean(y.length, weights, (i) => Math.abs(y[i] - predicted[i]));
}

/** Root of the mean squared error, in the unit of the target. */
export function rootMeanSquaredError(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Weights,
): number {
  checkRegression(y, predicted);
  return Math.sqrt(weightedMean(y.length, weights, (i) => (y[i] - predicted[i]) ** 2));
}

function checkRegression(y: ArrayLike<number>, predicted: ArrayLike<number>): void {
  checkPaired(y, predicted, 'predicted');
  checkFinite(y, 'y');
  checkFinite(predicted, 'predicted');
}

/** Value below which the share `q` in [0, 1] of `values` lies, linear between neighbours as in numpy. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantiles(values, [q])[0];
}

/** `quantile` for several shares over one sort. */
export function quantiles(values: ArrayLike<number>, shares: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new RangeError('Expected at least one value, got 0.');
  checkFinite(values, 'values');
  const sorted = Float64Array.from(values).sort();
  const result = new Float64Array(shares.length);
  for (let s = 0; s < shares.length; s++) {
    if (!(shares[s] >= 0 && shares[s] <= 1)) {
      throw new RangeError(`Expected a share in [0, 1], got ${shares[s]}.`);
    }
    const position = shares[s] * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    result[s] = sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
  return result;
}
