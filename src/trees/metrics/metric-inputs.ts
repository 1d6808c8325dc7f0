// Every metric takes `weights` where scikit-learn takes `sample_weight`: one per sample, >= 0, not all 0. Results
// equal scikit-learn's to the last few bits, ties included; where an edge case differs the docstring says so.

export type Weights = ArrayLike<number>;

/** Throws unless `y` and `other` describe the same, non-empty set of samples. */
export function checkPaired(y: ArrayLike<number>, other: ArrayLike<number>, name: string): void {
  if (y.length === 0) throw new RangeError('Expected at least one sample in `y`, got 0.');
  if (other.length !== y.length) {
    throw new RangeError(`Expected \`${name}\` to hold ${y.length} values, got ${other.length}.`);
  }
}

/** Throws unless every value is a class index 0, 1, 2 …; gives the largest index found plus one. */
export function countClasses(labels: ArrayLike<number>, name: string): number {
  let nClasses = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0) {
      throw new RangeError(`Expected \`${name}\` to hold class indices, got ${label} at ${i}.`);
    }
    if (label >= nClasses) nClasses = label + 1;
  }
  return nClasses;
}

/** Throws unless every value is 0 or 1. */
export function checkBinary(y: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 0 && y[i] !== 1)
      throw new RangeError(`Expected \`y\` to hold 0 and 1, got ${y[i]} at ${i}.`);
  }
}

/** Throws on a value that is not a finite number. */
export function checkFinite(values: ArrayLike<number>, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`Expected \`${name}\` to hold finite numbers, got ${values[i]} at ${i}.`);
    }
  }
}

/** Throws unless `weights`, where given, has one finite weight >= 0 per sample and a positive sum. */
export function checkWeights(weights: ArrayLike<number> | undefined, nSamples: number): void {
  if (weights === undefined) return;
  if (weights.length !== nSamples) {
    throw new RangeError(`Expected \`weights\` to hold ${nSamples} values, got ${weights.length}.`);
  }
  let sum = 0;
  for (let i = 0; i < nSamples; i++) {
    if (!(weights[i] >= 0 && weights[i] < Infinity)) {
      throw new RangeError(`Expected \`weights\` to be finite and >= 0, got ${weights[i]} at ${i}.`);
    }
    sum += weights[i];
  }
  if (!(sum > 0)) throw new RangeError(`Expected \`weights\` with a sum above 0, got ${sum}.`);
}

/**
 * Number of columns of `proba`: 1 for the probability of class 1 alone, nClasses for a row-major
 * (nSamples x nClasses) table as `predictProba` gives it.
 *
 * @throws RangeError when the length is no multiple of nSamples, a value lies outside [0, 1] or a label has no
 * column
 */
export function countColumns(y: ArrayLike<number>, proba: ArrayLike<number>): number {
  if (y.length === 0) throw new RangeError('Expected at least one sample in `y`, got 0.');
  const nColumns = proba.length / y.length;
  if (!Number.isInteger(nColumns) || nColumns === 0) {
    throw new RangeError(
      `Expected \`proba\` to hold a multiple of ${y.length} values, one row per sample, got ${proba.length}.`,
    );
  }
  for (let p = 0; p < proba.length; p++) {
    if (!(proba[p] >= 0 && proba[p] <= 1)) {
      throw new RangeError(`Expected \`proba\` to hold values in [0, 1], got ${proba[p]} at ${p}.`);
    }
  }
  const nClasses = countClasses(y, 'y');
  if (nClasses > Math.max(nColumns, 2)) {
    throw new RangeError(`Expected labels below ${Math.max(nColumns, 2)}, got ${nClasses - 1}.`);
  }
  return nColumns;
}

/** Mean of `term(i)` over the samples, each with its weight; every sample counts 1 where `weights` is absent. */
export function weightedMean(
  nSamples: number,
  weights: ArrayLike<number> | undefined,
  term: (i: number) => number,
): number {
  checkWeights(weights, nSamples);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < nSamples; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    sum += weight * term(i);
    total += weight;
  }
  return sum / total;
}

/** 0 where there is nothing to divide by. */
export function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
