import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError, inputIssues } from '../errors.ts';
import type { Matrix } from '../trees/matrix.ts';
import type { ClassifierLearner, FitInput, FittedLearner, Learner } from './learners/learner.ts';
import { type ClassifierAlgorithm, LEARNERS } from './learners/learners.ts';

/** Names of the learners, as settings and artefacts write them. */
export const CLASSIFIER_ALGORITHMS = Object.keys(LEARNERS) as [ClassifierAlgorithm, ...ClassifierAlgorithm[]];

/** The same from the one with the fewest nodes to store, score and explain on. */
export const BY_SIMPLICITY: readonly ClassifierAlgorithm[] = CLASSIFIER_ALGORITHMS.toSorted(
  (a, b) => LEARNERS[a].size - LEARNERS[b].size,
);

export interface LearnerOptions extends Pick<FitInput, 'sampleWeight' | 'seed' | 'onProgress'> {
  /** Left-out values take the defaults of the algorithm. */
  readonly hyperparameters?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Fits `algorithm` on labels that index DISPOSITIONS.
 *
 * @throws RangeError that names a hyperparameter which is out of range or which the algorithm does not have
 */
export function fitLearner(
  algorithm: ClassifierAlgorithm,
  X: Matrix,
  y: Int32Array,
  { hyperparameters = {}, ...options }: LearnerOptions,
): FittedLearner {
  const learner: Learner = LEARNERS[algorithm];
  const parsed = learner.settings.safeParse(hyperparameters);
  if (!parsed.success) {
    const issues = inputIssues(parsed.error).map(({ path, message }) => `${path || 'settings'}: ${message}`);
    throw new RangeError(`Expected hyperparameters of ${algorithm}: ${issues.join('; ')}`);
  }
  return learner.fit({ X, y, nClasses: DISPOSITIONS.length, ...options }, parsed.data);
}

/** @throws AlertforestError MODEL_FORMAT_UNSUPPORTED for an algorithm this build does not know */
export function readLearner(algorithm: string, bytes: Uint8Array): ClassifierLearner {
  if (Object.hasOwn(LEARNERS, algorithm)) return LEARNERS[algorithm as ClassifierAlgorithm].read(bytes);
  throw new AlertforestError(
    'MODEL_FORMAT_UNSUPPORTED',
    `Expected a classifier of ${CLASSIFIER_ALGORITHMS.join(', ')}, got ${algorithm}.`,
  );
}
