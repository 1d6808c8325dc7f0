import { z } from 'zod';
import { defineLearner } from '../../src/models/learners/learner.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';

/** What a file in src/models/learners holds, for a learner that we do not have: a few trees of one split each. */
export const stumps = defineLearner({
  size: 0,
  settings: z.strictObject({ nEstimators: z.int().min(1).optional() }),
  fit: ({ X, y, nClasses, sampleWeight, seed }, chosen) => {
    const used = { nEstimators: chosen.nEstimators ?? 5 };
    const learner = RandomForestClassifier.fit(X, y, { ...used, maxDepth: 1, nClasses, sampleWeight, seed });
    return { learner, oobProba: undefined, hyperparameters: used };
  },
  read: (bytes) => RandomForestClassifier.from(bytes),
});
