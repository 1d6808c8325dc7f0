import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../../src/models/learners/learners.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import { judge } from '../../src/training/dataset/judgements.ts';
import { learningSetOf, syntheticRows } from '../../src/training/dataset/learning-set.ts';
import { selectModel } from '../../src/training/fit/model-selection.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_GUARDS, DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { judgements } from '../training/gate-world.ts';
import { rowsOf, snapshotsOf } from './fitted-models.ts';

// the entry in learners.ts
vi.mock('../../src/models/learners/learners.ts', async (original) => {
  const { LEARNERS } = await original<typeof import('../../src/models/learners/learners.ts')>();
  const { stumps } = await import('./made-up-stumps.ts');
  return { LEARNERS: { ...LEARNERS, made_up_stumps: stumps } };
});

const name = 'made_up_stumps' as ClassifierAlgorithm;

describe('a learner that is one file and one entry', () => {
  it('competes by default and can be chosen in the settings', () => {
    const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    expect(readConfig(storage).TOURNAMENT.at(-1)).toBe(name);
    expect(DEFAULT_TRAINING_SETTINGS.candidates.at(-1)).toBe(name);
    expect(readConfig({ ...storage, TOURNAMENT: `${name}, ml_cart` }).TOURNAMENT).toEqual([name, 'ml_cart']);
  });

  it('is fitted, stored and read back by its name', () => {
    const model = AlertClassifier.fit(rowsOf(120, 1), { seed: 1, algorithm: name, calibrator: 'none' });
    expect(model.header).toMatchObject({ algorithm: name, hyperparameters: { nEstimators: 5 } });
    const [snapshot] = snapshotsOf(1, 2);
    expect(AlertClassifier.from(model.toBuffer()).probabilities(snapshot!)).toEqual(
      model.probabilities(snapshot!),
    );
  });

  it('plays in model selection, first among equals where it is the smallest', () => {
    const { dataset } = overlay(emptyDataset(1_000), judgements(generateSyntheticAlerts(80, 3), 0, 1), 1_000);
    const settings = {
      ...DEFAULT_TRAINING_SETTINGS,
      syntheticAlerts: 200,
      nFolds: 2,
      candidates: ['ml_cart', name] as const,
    };
    const { table } = selectModel(
      {
        set: learningSetOf(dataset, judge(dataset.rows, [], DEFAULT_GUARDS)),
        synthetic: syntheticRows(settings),
        costs: DEFAULT_POLICY.costs,
        settings,
        seed: 9,
      },
      () => undefined,
    );
    expect(table.map(({ algorithm }) => algorithm)).toEqual([name, 'ml_cart']);
  });
});

describe('hyperparameters', () => {
  it('are refused by name where they are out of range or of another learner', () => {
    const fitting = (hyperparameters: Readonly<Record<string, unknown>>) => () =>
      AlertClassifier.fit(rowsOf(40, 1), { seed: 1, hyperparameters, calibrator: 'none' });
    expect(fitting({ nEstimators: 0 })).toThrow(
      /hyperparameters of random_forest: nEstimators: .*at least 1\./,
    );
    expect(fitting({ learningRate: 0.1 })).toThrow(
      /hyperparameters of random_forest: settings: .*learningRate/,
    );
  });
});
