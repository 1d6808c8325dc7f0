import { type ClassTotals, classTotals } from '../growing/class-totals.ts';
import { checkPaired, ratio, type Weights, weightedMean } from './metric-inputs.ts';

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
