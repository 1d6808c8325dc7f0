import type { z } from 'zod';
import type { Forest } from '../../trees/forest/forest.ts';
import type { JsonObject } from '../../trees/forest/forest-format.ts';
import type { Matrix } from '../../trees/matrix.ts';

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

/** What every learner fits on. No class weights: they would spoil the probabilities. */
export interface FitInput {
  readonly X: Matrix;
  /** (nSamples,) classes, 0 to nClasses - 1. */
  readonly y: Int32Array;
  readonly nClasses: number;
  readonly sampleWeight: ArrayLike<number>;
  readonly seed: number;
  /** Called per tree. */
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/** One algorithm that the classifier may be made of: a file beside this one and an entry in learners.ts. */
export interface Learner<Settings extends z.ZodObject = z.ZodObject> {
  /**
   * Rank by nodes to store, score and explain on, fitted on some thousand judged alerts; any number. Where model
   * selection finds two candidates equal, the smaller wins.
   */
  readonly size: number;
  /** Hyperparameters that may be set; each one is optional, and left out it takes the learner's own default. */
  readonly settings: Settings;
  fit(input: FitInput, settings: z.output<Settings>): FittedLearner;
  /** Reads what `toBuffer` of its fitted learner wrote. */
  read(bytes: Uint8Array): ClassifierLearner;
}

/** Gives `learner` back: it ties the type of the settings to their schema. */
export const defineLearner = <Settings extends z.ZodObject>(learner: Learner<Settings>): Learner =>
  learner as unknown as Learner;
