import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { logLoss } from '../../src/trees/metrics/probability-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { argmaxRows, readTabular } from '../support/tree-data.ts';

interface ReferenceSet {
  task: 'classification' | 'regression';
  rows: number;
  features: number;
  classes?: number;
  random_forest_100?: { macro_f1_mean: number; macro_f1_sd: number; log_loss_mean: number };
  gradient_boosting_100_d3_lr01?: { r2_mean: number };
}

const file = new URL('../fixtures/oracles/tabular/reference.json', import.meta.url);
const { sets } = JSON.parse(readFileSync(file, 'utf8')) as { sets: Record<string, ReferenceSet> };
const SEEDS = Array.from({ length: 10 }, (_, seed) => seed);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Margins: a mean of ten seeds on a few hundred test rows moves by about one standard deviation; log loss moves more.
describe.each(Object.entries(sets))('on %s, mean of ten seeds,', (name, reference) => {
  const { train, test } = readTabular(name);

  it('has the rows and columns that the reference was measured on', () => {
    expect(train.X.nSamples + test.X.nSamples).toBe(reference.rows);
    expect(train.X.nFeatures).toBe(reference.features);
  });

  const forest = reference.random_forest_100;
  if (forest !== undefined) {
    it('the random forest is as good as the one of scikit-learn', () => {
      const nClasses = reference.classes!;
      const runs = SEEDS.map((seed) => {
        const model = RandomForestClassifier.fit(train.X, Int32Array.from(train.y), { nClasses, seed });
        const proba = model.predictProba(test.X);
        return { f1: macroF1(test.y, argmaxRows(proba, nClasses)), loss: logLoss(test.y, proba) };
      });
      const margin = Math.max(forest.macro_f1_sd, 0.01);
      expect(mean(runs.map((run) => run.f1))).toBeGreaterThanOrEqual(forest.macro_f1_mean - margin);
      expect(mean(runs.map((run) => run.loss))).toBeLessThanOrEqual(forest.log_loss_mean * 1.05);
    });
  }

  const boosting = reference.gradient_boosting_100_d3_lr01;
  if (boosting !== undefined) {
    it('boosting is as good as that of scikit-learn', () => {
      const runs = SEEDS.map((seed) => {
        const model = GradientBoostingRegressor.fit(train.X, train.y, { seed });
        return r2Score(test.y, model.predict(test.X));
      });
      expect(mean(runs)).toBeGreaterThanOrEqual(boosting.r2_mean - 0.005);
    });
  }
});
