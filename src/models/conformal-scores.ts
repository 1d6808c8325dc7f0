import { DISPOSITIONS } from '../alert/alert.ts';

/** Most scores kept per class; more are thinned to evenly spaced ones. */
export const MAX_CONFORMAL_SCORES = 2_000;

/**
 * How far off the classifier was about judged alerts of each class, out of fold: the data behind conformal sets.
 * Travels in the classifier's artefact, so that a set always belongs to the model that made the probabilities.
 */
export interface ConformalScores {
  /** (nClasses,) judged alerts per class. */
  readonly counts: readonly number[];
  /** Per class 1 - p(own class), ascending; at most {@link MAX_CONFORMAL_SCORES}. */
  readonly scores: readonly Float32Array[];
}

export const NO_CONFORMAL_SCORES: ConformalScores = {
  counts: DISPOSITIONS.map(() => 0),
  scores: DISPOSITIONS.map(() => new Float32Array(0)),
};

/**
 * @param proba (n x nClasses) calibrated, from predictions out of fold
 * @param labels (n,)
 */
export function conformalScores(proba: ArrayLike<number>, labels: ArrayLike<number>): ConformalScores {
  const nClasses = DISPOSITIONS.length;
  if (proba.length !== labels.length * nClasses) {
    throw new RangeError(`Expected ${labels.length} x ${nClasses} probabilities, got ${proba.length}.`);
  }
  const byClass: number[][] = DISPOSITIONS.map(() => []);
  for (let i = 0; i < labels.length; i++) {
    const own = proba[i * nClasses + labels[i]!]!;
    if (!(own >= 0 && own <= 1)) throw new RangeError(`Expected probabilities in [0, 1], got ${own}.`);
    byClass[labels[i]!]!.push(1 - own);
  }
  return {
    counts: byClass.map((scores) => scores.length),
    scores: byClass.map((scores) => thinned(Float32Array.from(scores).sort())),
  };
}

/** Evenly spaced order statistics, each rounded up to the next one kept, so that no quantile becomes smaller. */
function thinned(sorted: Float32Array): Float32Array {
  if (sorted.length <= MAX_CONFORMAL_SCORES) return sorted;
  return Float32Array.from({ length: MAX_CONFORMAL_SCORES }, (_, k) => {
    return sorted[Math.ceil(((k + 1) * sorted.length) / MAX_CONFORMAL_SCORES) - 1]!;
  });
}
