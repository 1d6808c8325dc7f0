import { checkFinite, checkPaired, type Weights, weightedMean } from './metric-inputs.ts';

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
