import { z } from 'zod';
import { GradientBoostingClassifier } from '../../trees/learners/gradient-boosting-classifier.ts';
import { defineLearner } from './learner.ts';
import { maxDepth, minSamplesLeaf, nEstimators } from './tree-settings.ts';

const settings = z.strictObject({
  nEstimators: nEstimators.describe('rounds of boosting; by default 80'),
  learningRate: z.number().positive().max(1).optional().describe('by default 0.1'),
  maxDepth: maxDepth.describe('by default 4'),
  minSamplesLeaf: minSamplesLeaf.describe('by default 10'),
});

/** Gradient boosting of ours, one tree a class and round. */
export const boosted = defineLearner({
  size: 2,
  settings,
  fit: ({ X, y, ...shared }, chosen) => {
    const used = {
      nEstimators: chosen.nEstimators ?? 80,
      learningRate: chosen.learningRate ?? 0.1,
      maxDepth: chosen.maxDepth ?? 4,
      minSamplesLeaf: chosen.minSamplesLeaf ?? 10,
      subsample: 0.8,
    };
    const learner = GradientBoostingClassifier.fit(X, y, { ...used, ...shared });
    return { learner, oobProba: undefined, hyperparameters: used };
  },
  read: (bytes) => GradientBoostingClassifier.from(bytes),
});
