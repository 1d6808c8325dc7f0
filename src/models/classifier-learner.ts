import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import type { Forest } from '../trees/forest/forest.ts';
import type { JsonObject } from '../trees/forest/forest-format.ts';
import { GradientBoostingClassifier } from '../trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../trees/learners/random-forest.ts';
import type { Matrix } from '../trees/matrix.ts';
import { fitMlCart, fitMlRandomForest } from '../trees/mljs/mljs.ts';

/** What the tournament may choose from. */
export const CLASSIFIER_ALGORITHMS = ['random_forest', 'boosted', 'ml_random_forest', 'ml_cart'] as const;
export type ClassifierAlgorithm = (typeof CLASSIFIER_ALGORITHMS)[number];

/** Left-out values take the defaults of the algorithm. */
export interface ClassifierHyperparameters {
  /** Trees, or rounds of boosting. @default 64, where more gain nothing; boosted 80; ml_random_forest 25 */
  readonly nEstimators?: number;
  /** @default 14; boosted 4; ml_random_forest 12; ml_cart 8 */
  readonly maxDepth?: number;
  /** @default 2, and one more per 4,000 rows: leaves, and with them explanations, stay affordable; boosted 10 */
  readonly minSamplesLeaf?: number;
  /** Boosting only. @default 0.1 */
  readonly learningRate?: number;
  /** Random forest only: columns looked at in each node. @default a quarter of them */
  readonly maxFeatures?: 'sqrt' | 'all' | number;
}

/** A fitted learner behind the classifier, whatever the algorithm. */
export interface ClassifierLearner {
  readonly forest: Forest;
  readonly nFeatures: number;
  readonly nClasses: number;
  /** (nClasses,) margins before the first tree; only where leaves hold margins. */
  readonly baseScores?: Float64Array;
  /** (nSamples x nClasses), rows sum to 1. */
  predictProba(X: Matrix): Float64Array;
  predictProbaRow(row: Float32Array, offset: number, out: Float64Array, outOffset?: number): void;
  toBuffer(): Uint8Array;
}

export interface FittedLearner {
  readonly learner: ClassifierLearner;
  /** (nSamples x nClasses) of the rows out of bag, NaN elsewhere; where the algorithm has them. */
  readonly oobProba: (() => Float64Array) | undefined;
  /** As used, defaults included. */
  readonly hyperparameters: JsonObject;
}

export interface LearnerOptions {
  readonly hyperparameters?: ClassifierHyperparameters;
  readonly sampleWeight: ArrayLike<number>;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const N_CLASSES = DISPOSITIONS.length;

/** Fits `algorithm` on labels that index DISPOSITIONS. No class weights: they would spoil the probabilities. */
export function fitLearner(
  algorithm: ClassifierAlgorithm,
  X: Matrix,
  y: Int32Array,
  options: LearnerOptions,
): FittedLearner {
  const { sampleWeight, seed } = options;
  const chosen = options.hyperparameters ?? {};
  const shared = { nClasses: N_CLASSES, sampleWeight, seed, onProgress: options.onProgress };
  switch (algorithm) {
    case 'random_forest': {
      const used = {
        nEstimators: chosen.nEstimators ?? 64,
        maxDepth: chosen.maxDepth ?? 14,
        minSamplesLeaf: chosen.minSamplesLeaf ?? 2 + Math.floor(X.nSamples / 4000),
        maxFeatures: chosen.maxFeatures ?? Math.ceil(X.nFeatures / 4),
      };
      const learner = RandomForestClassifier.fit(X, y, { ...used, ...shared });
      return { learner, oobProba: () => learner.oobProba, hyperparameters: used };
    }
    case 'boosted': {
      const used = {
        nEstimators: chosen.nEstimators ?? 80,
        learningRate: chosen.learningRate ?? 0.1,
        maxDepth: chosen.maxDepth ?? 4,
        minSamplesLeaf: chosen.minSamplesLeaf ?? 10,
        subsample: 0.8,
      };
      const learner = GradientBoostingClassifier.fit(X, y, { ...used, ...shared });
      return { learner, oobProba: undefined, hyperparameters: used };
    }
    case 'ml_random_forest': {
      const used = { nEstimators: chosen.nEstimators ?? 25, maxDepth: chosen.maxDepth ?? 12 };
      const { forest } = fitMlRandomForest(X, y, { ...used, nClasses: N_CLASSES, sampleWeight, seed });
      const learner = RandomForestClassifier.fromForest(forest, N_CLASSES);
      return { learner, oobProba: undefined, hyperparameters: used };
    }
    case 'ml_cart': {
      const used = { maxDepth: chosen.maxDepth ?? 8 };
      const { forest } = fitMlCart(X, y, { ...used, nClasses: N_CLASSES, sampleWeight, seed });
      const learner = RandomForestClassifier.fromForest(forest, N_CLASSES);
      return { learner, oobProba: undefined, hyperparameters: used };
    }
  }
}

/** @throws AlertforestError MODEL_FORMAT_UNSUPPORTED for an algorithm this build does not know */
export function readLearner(algorithm: string, bytes: Uint8Array): ClassifierLearner {
  if (algorithm === 'boosted') return GradientBoostingClassifier.from(bytes);
  if ((CLASSIFIER_ALGORITHMS as readonly string[]).includes(algorithm)) {
    return RandomForestClassifier.from(bytes);
  }
  throw new AlertforestError(
    'MODEL_FORMAT_UNSUPPORTED',
    `Expected a classifier of ${CLASSIFIER_ALGORITHMS.join(', ')}, got ${algorithm}.`,
  );
}
