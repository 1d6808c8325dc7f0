import { z } from 'zod';
import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import { defineLearner } from './learner.ts';
import { maxDepth, minSamplesLeaf, nEstimators } from './tree-settings.ts';

const settings = z.strictObject({
  nEstimators: nEstimators.describe('trees; by default 64, where more gain nothing'),
  maxDepth: maxDepth.describe('by default 14'),
  minSamplesLeaf: minSamplesLeaf.describe(
    'by default 2, and one more per 4,000 rows: leaves, and with them explanations, stay affordable',
  ),
  maxFeatures: z
    .union([z.enum(['sqrt', 'all']), z.number().positive()])
    .optional()
    .describe('columns looked at in each node; by default a quarter of them'),
});

/** Bagged trees of ours; the one learner with predictions out of bag. */
export const randomForest = defineLearner({
  size: 3,
  settings,
  fit: ({ X, y, ...shared }, chosen) => {
    const used = {
      nEstimators: chosen.nEstimators ?? 64,
      maxDepth: chosen.maxDepth ?? 14,
      minSamplesLeaf: chosen.minSamplesLeaf ?? 2 + Math.floor(X.nSamples / 4000),
      maxFeatures: chosen.maxFeatures ?? Math.ceil(X.nFeatures / 4),
    };
    const learner = RandomForestClassifier.fit(X, y, { ...used, ...shared });
    return { learner, oobProba: () => learner.oobProba, hyperparameters: used };
  },
  read: (bytes) => RandomForestClassifier.from(bytes),
});
