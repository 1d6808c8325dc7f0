import { describe, expect, it } from 'vitest';
import { syntheticWeights } from '../../src/training/dataset/learning-set.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';

const sum = (weights: Float32Array): number => weights.reduce((total, weight) => total + weight, 0);
const labels = Int32Array.from({ length: 400 }, (_, i) => i % 4);

describe('syntheticWeights', () => {
  it('keeps weight where no judged row is left in the fit, as in the fold of the only judgement', () => {
    const weights = syntheticWeights(labels, Int32Array.of(1, 0, 0, 0), 0, DEFAULT_TRAINING_SETTINGS);
    expect(sum(weights)).toBeGreaterThan(0);
  });

  it('fades per class and stays within its share of the whole', () => {
    const judged = Int32Array.of(400, 50, 50, 0);
    const weights = syntheticWeights(labels, judged, 500, DEFAULT_TRAINING_SETTINGS);
    expect(weights[0]).toBeLessThan(weights[3] as number);
    expect(sum(weights) / (sum(weights) + 500)).toBeLessThanOrEqual(
      DEFAULT_TRAINING_SETTINGS.syntheticShare + 1e-6,
    );
  });
});
