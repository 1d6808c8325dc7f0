import { z } from 'zod';
import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import { fitMlRandomForest } from '../../trees/mljs/mljs.ts';
import { defineLearner } from './learner.ts';
import { maxDepth, nEstimators } from './tree-settings.ts';

const settings = z.strictObject({
  nEstimators: nEstimators.describe('trees; by default 25'),
  maxDepth: maxDepth.describe('by default 12'),
});

/** The random forest of ml.js, its trees taken over into our format. */
export const mlRandomForest = defineLearner({
  size: 4,
  settings,
  fit: ({ X, y, nClasses, sampleWeight, seed }, chosen) => {
    const used = { nEstimators: chosen.nEstimators ?? 25, maxDepth: chosen.maxDepth ?? 12 };
    const { forest } = fitMlRandomForest(X, y, { ...used, nClasses, sampleWeight, seed });
    const learner = RandomForestClassifier.fromForest(forest, nClasses);
    return { learner, oobProba: undefined, hyperparameters: used };
  },
  read: (bytes) => RandomForestClassifier.from(bytes),
});
