import { checkBinary, checkPaired, checkWeights } from './metric-inputs.ts';

/** Weight that each distinct score adds to either class, scores falling: the steps of a ROC curve. */
export interface ScoreSteps {
  /** (nScores,) weight of the samples of class 1 with that score. */
  readonly positives: Float64Array;
  /** (nScores,) weight of the samples of class 0 with that score. */
  readonly negatives: Float64Array;
}

/**
 * Groups samples by score. Tied samples form one step, since no order within a tie is better than another.
 *
 * @throws RangeError when labels are not 0 and 1, or a score is NaN, which has no place in an order
 */
export function weightPerScore(
  y: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): ScoreSteps {
  checkPaired(y, scores, 'scores');
  checkBinary(y);
  checkWeights(weights, y.length);
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new RangeError(`Expected \`scores\` without NaN, got NaN at ${i}.`);
  }
  const order = Uint32Array.from({ length: y.length }, (_, i) => i);
  order.sort((a, b) => (scores[a] > scores[b] ? -1 : scores[a] < scores[b] ? 1 : a - b));

  const positives = new Float64Array(y.length);
  const negatives = new Float64Array(y.length);
  let nScores = 0;
  for (let p = 0; p < order.length; p++) {
    const i = order[p];
    if (p === 0 || scores[i] !== scores[order[p - 1]]) nScores++;
    const weight = weights === undefined ? 1 : weights[i];
    if (y[i] === 1) positives[nScores - 1] += weight;
    else negatives[nScores - 1] += weight;
  }
  return { positives: positives.subarray(0, nScores), negatives: negatives.subarray(0, nScores) };
}
