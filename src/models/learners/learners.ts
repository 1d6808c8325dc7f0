import { boosted } from './boosted.ts';
import type { Learner } from './learner.ts';
import { mlCart } from './ml-cart.ts';
import { mlRandomForest } from './ml-random-forest.ts';
import { randomForest } from './random-forest.ts';

/**
 * What model selection may choose from. The key is the learner's name in settings, artefacts and model cards: it never
 * changes. All compete by default, in this order of fitting.
 */
export const LEARNERS = {
  random_forest: randomForest,
  boosted,
  ml_random_forest: mlRandomForest,
  ml_cart: mlCart,
} satisfies Readonly<Record<string, Learner>>;

export type ClassifierAlgorithm = keyof typeof LEARNERS;
