import { countColumns, ratio, type Weights } from './metric-inputs.ts';
import { weightPerScore } from './score-steps.ts';

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
