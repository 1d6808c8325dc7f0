import { checkWeights, countColumns, type Weights, weightedMean } from './metric-inputs.ts';

/** Smallest probability the log loss accepts: the gap between 1 and the next float64. */
const PROBABILITY_FLOOR = Number.EPSILON;

/**
 * Mean negative log likelihood in nats, lower is better.
 *
 * `proba` is the probability of class 1 (nSamples,) or a table (nSamples x nClasses). Values are kept at least
 * 2^-52 away from 0 and 1 and taken as stated: a row that does not sum to 1 is not scaled, as in scikit-learn from 1.9.
 */
export function logLoss(y: ArrayLike<number>, proba: ArrayLike<number>, weights?: Weights): number {
  const nColumns = countColumns(y, proba);
  return weightedMean(y.length, weights, (i) => {
    if (nColumns === 1) {
      const p = clipped(proba[i]);
      return -Math.log(y[i] === 1 ? p : 1 - p);
    }
    return -Math.log(clipped(proba[i * nColumns + y[i]]));
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
 * row and the first of equals; for one column it is that of class 1. A value on an edge belongs to the bin above it, 1
 * to the last (scikit-learn's `calibration_curve` puts it into the one below). Forest shares k/64 lie on the edges of 8,
 * 16 and 32 bins: use other numbers.
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
