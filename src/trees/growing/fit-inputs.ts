import { Matrix } from '../matrix.ts';

/** Checks that every learner makes on what it is given, and the rows that take part in a fit. */

/** Called after each tree with the number of trees done and of trees in all. */
export type OnProgress = (done: number, total: number) => void;

export function checkInteger(
  name: string,
  value: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `in ${min} .. ${max}`;
    throw new RangeError(`Expected \`${name}\` to be an integer ${range}, got ${value}.`);
  }
  return value;
}

/** A number in (min, max]. */
export function checkAbove(name: string, value: number, min: number, max: number): number {
  if (!(value > min && value <= max)) {
    const range = max === Number.POSITIVE_INFINITY ? `> ${min}` : `in (${min}, ${max}]`;
    throw new RangeError(`Expected \`${name}\` ${range}, got ${value}.`);
  }
  return value;
}

export function checkSeed(seed: number): number {
  if (!Number.isFinite(seed)) throw new RangeError(`Expected \`seed\` to be a finite number, got ${seed}.`);
  return seed;
}

export function checkColumns(X: Matrix, nFeatures: number): void {
  if (X.nFeatures !== nFeatures) {
    throw new RangeError(`Expected a matrix with ${nFeatures} columns, got ${X.nFeatures}.`);
  }
}

export function checkRow(row: Float32Array, offset: number, nFeatures: number): void {
  if (!(offset >= 0 && offset + nFeatures <= row.length)) {
    throw new RangeError(`Expected ${nFeatures} values from ${offset} on, got ${row.length - offset}.`);
  }
}

/** Number of classes of labels 0, 1, 2 …: the given number, or the largest label plus one. */
export function checkLabels(y: ArrayLike<number>, nSamples: number, nClasses: number | undefined): number {
  if (y.length !== nSamples) {
    throw new RangeError(`Expected \`y\` to hold ${nSamples} labels, one per row of \`X\`, got ${y.length}.`);
  }
  if (nClasses !== undefined) checkInteger('nClasses', nClasses, 1, 65535);
  const end = nClasses ?? 65535;
  let largest = 0;
  for (let i = 0; i < y.length; i++) {
    const label = y[i];
    if (!Number.isInteger(label) || label < 0 || label >= end) {
      throw new RangeError(
        `Expected labels in \`y\` to be integers in 0 .. ${end - 1}, got ${label} in row ${i}.`,
      );
    }
    if (label > largest) largest = label;
  }
  return nClasses ?? largest + 1;
}

export function checkTargets(y: ArrayLike<number>, nSamples: number): void {
  if (y.length !== nSamples) {
    throw new RangeError(`Expected \`y\` to hold ${nSamples} values, one per row of \`X\`, got ${y.length}.`);
  }
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]))
      throw new RangeError(`Expected finite values in \`y\`, got ${y[i]} in row ${i}.`);
  }
}

/** Leaves are float32, and so must hold any sum of what goes into them. */
const LARGEST_SUM = 3.4e38;

/**
 * Refuses what would sum up to infinity.
 *
 * @param largest magnitude of the largest value that weights are multiplied with
 * @throws RangeError when the weights times `largest` exceed float32
 */
export function checkSums(weights: Float64Array | undefined, nSamples: number, largest: number): void {
  const total = weights === undefined ? nSamples : weights.reduce((sum, weight) => sum + weight, 0);
  if (total * largest <= LARGEST_SUM) return;
  throw new RangeError(
    `Expected weights and values whose sums stay below ${LARGEST_SUM}, got weights that add up to ${total} and values up to ${largest}.`,
  );
}

/** What a fit works on: the rows of positive weight. */
export interface WeightedRows {
  readonly X: Matrix;
  /** Index in the caller's matrix of each row, or undefined when all rows take part. */
  readonly rows: Int32Array | undefined;
  /** (nSamples,) weights, or undefined when all are equal. */
  readonly weights: Float64Array | undefined;
}

/**
 * Leaves out the rows of weight 0, so that such a row changes nothing: not a draw, not a bin border.
 *
 * @throws RangeError when a weight is negative or not finite, or when all are 0
 */
export function takeWeightedRows(X: Matrix, sampleWeight: ArrayLike<number> | undefined): WeightedRows {
  if (X.nSamples < 1) throw new RangeError('Expected `X` to have at least one row, got 0.');
  if (sampleWeight === undefined) return { X, rows: undefined, weights: undefined };
  const { nSamples, nFeatures, data } = X;
  if (sampleWeight.length !== nSamples) {
    throw new RangeError(
      `Expected \`sampleWeight\` to hold ${nSamples} values, one per row of \`X\`, got ${sampleWeight.length}.`,
    );
  }
  let nPositive = 0;
  let allEqual = true;
  for (let i = 0; i < nSamples; i++) {
    const weight = sampleWeight[i];
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Expected finite weights >= 0 in \`sampleWeight\`, got ${weight} in row ${i}.`);
    }
    if (weight > 0) nPositive++;
    if (weight !== sampleWeight[0]) allEqual = false;
  }
  if (nPositive === 0)
    throw new RangeError('Expected at least one positive weight in `sampleWeight`, got none.');
  if (nPositive === nSamples) {
    return {
      X,
      rows: undefined,
      weights: allEqual ? undefined : evenWeights(Float64Array.from(sampleWeight)),
    };
  }
  const rows = new Int32Array(nPositive);
  const weights = new Float64Array(nPositive);
  const taken = new Float32Array(nPositive * nFeatures);
  let kept = 0;
  allEqual = true;
  for (let i = 0; i < nSamples; i++) {
    if (sampleWeight[i] === 0) continue;
    rows[kept] = i;
    weights[kept] = sampleWeight[i];
    if (weights[kept] !== weights[0]) allEqual = false;
    taken.set(data.subarray(i * nFeatures, (i + 1) * nFeatures), kept * nFeatures);
    kept++;
  }
  return {
    X: Matrix.from(taken, nPositive, nFeatures),
    rows,
    weights: allEqual ? undefined : evenWeights(weights),
  };
}

/**
 * Rounds weights to multiples of one power of two, 2^-52 of the largest sum they can have: sums of them are exact, so
 * they do not depend on the order of the rows. The error is below 1e-9 of the largest weight for a million rows.
 */
function evenWeights(weights: Float64Array): Float64Array {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, weights[i]);
  const unit = 2 ** Math.max(-1000, Math.ceil(Math.log2(largest) + Math.log2(weights.length)) - 52);
  for (let i = 0; i < weights.length; i++) weights[i] = Math.max(1, Math.round(weights[i] / unit)) * unit;
  return weights;
}
