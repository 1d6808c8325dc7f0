/** Rows of equal length, one after the other: (nRows, nColumns), no value missing. */
export interface LogisticRows {
  readonly values: Float64Array;
  readonly nColumns: number;
}

/**
 * Weights (nColumns,) of a logistic regression of `labels` (nRows,), 1 or 0 each: `nSteps` steps of gradient descent
 * from zero over all rows, `stepSize` times the sum of their gradients. No intercept of its own and no penalty.
 */
export function fitLogistic(
  rows: LogisticRows,
  labels: ArrayLike<number>,
  { nSteps, stepSize }: { readonly nSteps: number; readonly stepSize: number },
): Float64Array {
  const { values, nColumns } = rows;
  const nRows = labels.length;
  const weights = new Float64Array(nColumns);
  const gradient = new Float64Array(nColumns);
  for (let step = 0; step < nSteps; step++) {
    gradient.fill(0);
    // a row adds to the gradient as soon as its score is known: it is read from memory once a step
    for (let i = 0, at = 0; i < nRows; i++, at += nColumns) {
      const error = (labels[i] as number) - probabilityAt(values, at, weights);
      for (let f = 0; f < nColumns; f++) {
        gradient[f] = (gradient[f] as number) + (values[at + f] as number) * error;
      }
    }
    for (let f = 0; f < nColumns; f++) {
      weights[f] = (weights[f] as number) + (gradient[f] as number) * stepSize;
    }
  }
  return weights;
}

/** (nRows,) probabilities of the label 1. */
export function logisticProbabilities(
  { values, nColumns }: LogisticRows,
  weights: Float64Array,
): Float64Array {
  return Float64Array.from({ length: values.length / nColumns }, (_, i) =>
    probabilityAt(values, i * nColumns, weights),
  );
}

function probabilityAt(values: Float64Array, at: number, weights: Float64Array): number {
  let score = 0;
  for (let f = 0; f < weights.length; f++) score += (values[at + f] as number) * (weights[f] as number);
  return 1 / (1 + Math.exp(-score));
}
