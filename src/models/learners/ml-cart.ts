import { z } from 'zod';
import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import { fitMlCart } from '../../trees/mljs/mljs.ts';
import { defineLearner } from './learner.ts';
import { maxDepth } from './tree-settings.ts';

const settings = z.strictObject({ maxDepth: maxDepth.describe('by default 8') });

/** A single tree of ml.js, taken over into our format: what one can still read. */
export const mlCart = defineLearner({
  size: 1,
  settings,
  fit: ({ X, y, nClasses, sampleWeight, seed }, chosen) => {
    const used = { maxDepth: chosen.maxDepth ?? 8 };
    const { forest } = fitMlCart(X, y, { ...used, nClasses, sampleWeight, seed });
    const learner = RandomForestClassifier.fromForest(forest, nClasses);
    return { learner, oobProba: undefined, hyperparameters: used };
  },
  read: (bytes) => RandomForestClassifier.from(bytes),
});
