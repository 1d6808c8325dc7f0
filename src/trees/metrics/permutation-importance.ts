import { Matrix } from '../matrix.ts';
import { createRandom, deriveSeed } from '../random.ts';

export interface PermutationImportanceOptions {
  /** Times each group of columns is shuffled. @default 5 */
  readonly nRepeats?: number;
  /** Same data and seed give the same shuffles; a group's shuffles do not depend on the others. @default 0 */
  readonly seed?: number;
  /**
   * Columns that are shuffled together, by the same permutation: what one source column became, say.
   * @default every column on its own
   */
  readonly groups?: readonly (readonly number[])[];
  /** False for a loss, so that importances of useful columns are positive either way. @default true */
  readonly greaterIsBetter?: boolean;
}

export interface PermutationImportance {
  /** Value of the metric on the rows as they are. */
  readonly baseline: number;
  /** (nGroups,) mean worsening of the metric; around 0, of either sign, for a column that does not matter. */
  readonly mean: Float64Array;
  /** (nGroups,) standard deviation over the repeats (divided by nRepeats, as numpy). */
  readonly sd: Float64Array;
  /** (nGroups x nRepeats) each single worsening. */
  readonly drops: Float64Array;
}

/**
 * How much worse `metric` gets when a column is shuffled between the rows, which breaks its tie to the target and
 * to the other columns.
 *
 * `metric` scores the estimator on a matrix of the shape of `X`: any estimator and any function of its predictions.
 * It is called 1 + nGroups x nRepeats times, on one scratch matrix that it must not keep. Measure on rows the
 * estimator has not seen; correlated columns hide each other unless they are grouped.
 *
 * @throws RangeError when an option or a column is out of range
 * @see Breiman. Random Forests. Machine Learning 45, 2001, section 10.
 */
export function permutationImportance(
  X: Matrix,
  metric: (X: Matrix) => number,
  options: PermutationImportanceOptions = {},
): PermutationImportance {
  const { nRepeats = 5, seed = 0, greaterIsBetter = true } = options;
  const groups = options.groups ?? Array.from({ length: X.nFeatures }, (_, f) => [f]);
  if (!Number.isInteger(nRepeats) || nRepeats < 1) {
    throw new RangeError(`Expected \`nRepeats\` to be an integer >= 1, got ${nRepeats}.`);
  }
  for (const column of groups.flat()) {
    if (!Number.isInteger(column) || column < 0 || column >= X.nFeatures) {
      throw new RangeError(`Expected \`groups\` to hold columns below ${X.nFeatures}, got ${column}.`);
    }
  }

  const baseline = metric(X);
  const scratch = Matrix.from(X.data.slice(), X.nSamples, X.nFeatures);
  const mean = new Float64Array(groups.length);
  const sd = new Float64Array(groups.length);
  const drops = new Float64Array(groups.length * nRepeats);
  for (let g = 0; g < groups.length; g++) {
    // A group is known by its first column, so that adding a group leaves the shuffles of the others alone.
    const own = shuffledDrops(
      X.nSamples,
      (order) => {
        for (const column of groups[g]) copyColumn(X, scratch, column, order);
        return metric(scratch);
      },
      { baseline, nRepeats, greaterIsBetter, seed: deriveSeed(seed, groups[g][0] ?? 0) },
    );
    drops.set(own, g * nRepeats);
    for (const column of groups[g]) copyColumn(X, scratch, column);
    mean[g] = own.reduce((sum, drop) => sum + drop, 0) / nRepeats;
    sd[g] = Math.sqrt(own.reduce((sum, drop) => sum + (drop - mean[g]) ** 2, 0) / nRepeats);
  }
  return { baseline, mean, sd, drops };
}

/**
 * How much worse a metric gets in each of `nRepeats` shuffles of something that belongs to the rows, positive when worse:
 * the step that {@link permutationImportance} repeats, for what does not lie in columns of a matrix.
 *
 * @param metric its value when row `i` is given what row `order[i]` had; `order` must not be kept
 */
export function shuffledDrops(
  nRows: number,
  metric: (order: Uint32Array) => number,
  options: {
    readonly baseline: number;
    readonly nRepeats: number;
    readonly seed: number;
    readonly greaterIsBetter: boolean;
  },
): Float64Array {
  const random = createRandom(options.seed);
  const sign = options.greaterIsBetter ? 1 : -1;
  const order = new Uint32Array(nRows);
  return Float64Array.from({ length: options.nRepeats }, () => {
    for (let i = 0; i < nRows; i++) order[i] = i;
    random.shuffle(order);
    return sign * (options.baseline - metric(order));
  });
}

/** Writes a column of `from` into `to`, row `i` from row `order[i]`; in its own order where none is given. */
function copyColumn(from: Matrix, to: Matrix, column: number, order?: Uint32Array): void {
  const { nSamples, nFeatures } = from;
  for (let i = 0; i < nSamples; i++) {
    const source = order === undefined ? i : order[i];
    to.data[i * nFeatures + column] = from.data[source * nFeatures + column];
  }
}
