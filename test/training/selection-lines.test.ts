import { describe, expect, it } from 'vitest';
import { selectionLines } from '../../src/training/fit/selection-lines.ts';

const contestant = (algorithm: string, expected_cost: number, brier: number, more = {}) => ({
  algorithm,
  expected_cost,
  brier,
  macro_f1: 0.8,
  calibration_error: 0.02,
  folds: 5,
  won: false,
  ...more,
});

describe('the model selection on a card', () => {
  const serving = contestant('random_forest', 12, 0.2, { won: true });

  it('says why a learner that costs less does not serve', () => {
    const lines = selectionLines([
      serving,
      contestant('boosted', 11.9, 0.23),
      contestant('ml_cart', 30, 0.4),
    ]);
    expect(lines).toContain('| random_forest | 12.00 | 0.2000 | 0.8000 | 0.02000 | 5 | serves |');
    const reasons = lines.filter((line) => line.startsWith('- '));
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(
      /^- boosted costs 11\.90 and not 12\.00, which is no more than chance.*0\.2300 against 0\.2000.*smaller model\.$/,
    );
  });

  it('says that one was measured on the first fold alone', () => {
    const lines = selectionLines([serving, contestant('ml_cart', 9, 0.4, { folds: 1 })]);
    expect(lines.at(-2)).toMatch(/^- ml_cart costs 9\.000 and not 12\.00, but on the first fold alone/);
  });

  it('says nothing where the cheapest serves, or nothing was compared', () => {
    expect(selectionLines([serving, contestant('boosted', 13, 0.1)]).join()).not.toContain('- ');
    expect(selectionLines([])).toEqual([]);
    expect(selectionLines(undefined)).toEqual([]);
  });
});
