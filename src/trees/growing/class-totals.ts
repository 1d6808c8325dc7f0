import { checkPaired, checkWeights, countClasses } from '../metrics/metric-inputs.ts';

/** A confusion matrix with its sums: what every metric over predicted labels is made of. */
export interface ClassTotals {
  /** [r][c] weight of the samples of class r predicted as c. */
  readonly matrix: number[][];
  /** (nClasses,) weight on the diagonal. */
  readonly hits: Float64Array;
  /** (nClasses,) weight of the samples of each class. */
  readonly actual: Float64Array;
  /** (nClasses,) weight of the samples predicted as each class. */
  readonly guessed: Float64Array;
  /** Weight of all samples. */
  readonly total: number;
  /** Classes met or predicted at least once. One counts even where all its weights are 0, as in scikit-learn. */
  readonly present: readonly number[];
}

/** Counts labels against predictions; `nClasses` defaults to the largest label met plus one. */
export function classTotals(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: ArrayLike<number>,
  nClasses?: number,
): ClassTotals {
  checkPaired(y, predicted, 'predicted');
  checkWeights(weights, y.length);
  const found = Math.max(countClasses(y, 'y'), countClasses(predicted, 'predicted'));
  const size = nClasses ?? found;
  if (!Number.isInteger(size) || size < found) {
    throw new RangeError(`Expected \`nClasses\` to be an integer >= ${found}, got ${size}.`);
  }
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const hits = new Float64Array(size);
  const actual = new Float64Array(size);
  const guessed = new Float64Array(size);
  const isPresent = new Uint8Array(size);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    matrix[y[i]][predicted[i]] += weight;
    if (y[i] === predicted[i]) hits[y[i]] += weight;
    actual[y[i]] += weight;
    guessed[predicted[i]] += weight;
    total += weight;
    isPresent[y[i]] = 1;
    isPresent[predicted[i]] = 1;
  }
  const present = matrix.map((_, c) => c).filter((c) => isPresent[c] === 1);
  return { matrix, hits, actual, guessed, total, present };
}
