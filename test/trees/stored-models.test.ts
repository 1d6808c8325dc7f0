import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';

type Name = 'randomForest' | 'isolationForest' | 'regressor' | 'classifier';

describe('models stored by format version 1', () => {
  const file = new URL('../fixtures/models/v1.json', import.meta.url);
  const stored = JSON.parse(readFileSync(file, 'utf8')) as {
    probes: (number | null)[];
    models: Record<Name, string>;
    predictions: Record<Name, number[]>;
  };
  const probes = Matrix.from(
    Float32Array.from(stored.probes, (value) => value ?? Number.NaN),
    6,
    4,
  );
  const predict: Record<Name, (bytes: Uint8Array) => number[]> = {
    randomForest: (bytes) => [...RandomForestClassifier.from(bytes).predictProba(probes)],
    isolationForest: (bytes) => {
      const model = IsolationForest.from(bytes);
      return [...model.scoreSamples(probes), model.decisionThreshold];
    },
    regressor: (bytes) => [...GradientBoostingRegressor.from(bytes).predict(probes)],
    classifier: (bytes) => [...GradientBoostingClassifier.from(bytes).predictProba(probes)],
  };

  it.each(Object.keys(predict) as Name[])('are read and predict what was recorded: %s', (name) => {
    expect(predict[name](Buffer.from(stored.models[name], 'base64'))).toEqual(stored.predictions[name]);
  });
});
