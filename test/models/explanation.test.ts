import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { type BlendWeights, DEFAULT_BLEND, type Ensemble, scoreAlert } from '../../src/models/ensemble.ts';
import { assemble, explain } from '../../src/models/explanation.ts';
import { reasonsFrom } from '../../src/models/explanation-reasons.ts';
import { IsotonicCalibrator } from '../../src/trees/calibration/isotonic-calibrator.ts';
import { alertArbitrary, anAlert } from '../features/alerts.ts';
import { fitEnsemble, rowsOf, snapshotsOf } from './fitted-models.ts';

const rows = rowsOf(700, 5);
const forest = fitEnsemble(rows);
const boosted = fitEnsemble(rows, 1, 'boosted');
const isotonic: Ensemble = {
  ...forest,
  classifier: AlertClassifier.fit(rows, {
    seed: 1,
    hyperparameters: { nEstimators: 20 },
    calibrator: IsotonicCalibrator.fit(
      forest.classifier.rawProbabilitiesOfRows(rows),
      rows.labels,
      4,
    ).toJSON(),
  }),
};
const weightsArbitrary: fc.Arbitrary<BlendWeights> = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([model, risk]) => ({
    model,
    rule: 1 - model,
    risk,
    classifier: (1 - risk) * 0.75,
    anomaly: (1 - risk) * 0.25,
  }));

describe.each([
  ['a random forest', forest],
  ['boosted trees', boosted],
  ['isotonic calibration', isotonic],
])('explain with %s', (_, models) => {
  it('gives parts and contributions that add up to the final score of any alert', () => {
    fc.assert(
      fc.property(
        alertArbitrary,
        fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
        weightsArbitrary,
        fc.integer({ min: 1, max: 40 }),
        (alert, ruleScore, weights, top) => {
          const snapshot = snapshotOf(alert, EMPTY_CONTEXT);
          const { finalScore } = scoreAlert(models, snapshot, ruleScore, weights);
          const explanation = explain(models, snapshot, ruleScore, weights, { top });
          expect(explanation.withheld).toBeUndefined();
          const { base, parts, contributions, other } = explanation;
          const byPart = base + parts.classifier + parts.anomaly + parts.scorer + parts.rule;
          const listed = contributions.reduce((sum, { points }) => sum + points, 0);
          expect(Math.abs(byPart - finalScore)).toBeLessThan(1e-6);
          expect(Math.abs(base + listed + other - finalScore)).toBeLessThan(1e-6);
          expect(contributions.length).toBeLessThanOrEqual(top);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never blames a column for more than the score is wide', () => {
    for (const snapshot of snapshotsOf(60, 77)) {
      const { contributions } = explain(models, snapshot, 50, DEFAULT_BLEND, { top: 500 });
      for (const { points, feature } of contributions) expect(Math.abs(points), feature).toBeLessThan(60);
    }
  });
});

describe('the reasons of an explanation', () => {
  it('are sentences about what moved the score most', () => {
    const snapshot = snapshotOf(anAlert({ severity: 'critical', vendor_score: 99 }), EMPTY_CONTEXT);
    const { reasons, contributions } = explain(forest, snapshot, 60, DEFAULT_BLEND);
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.length).toBeLessThanOrEqual(4);
    for (const reason of reasons)
      expect(reason).toMatch(/^[A-Z0-9].*: (raises|lowers) the score by \d+\.\d\.$/);
    expect(contributions[0]!.part).toBe('rule');
    expect(contributions[0]!.points).toBeCloseTo(18, 9);
  });

  it('leave the rule part out with the rules off', () => {
    const snapshot = snapshotOf(anAlert(), EMPTY_CONTEXT);
    const { parts, contributions } = explain(forest, snapshot, null, DEFAULT_BLEND, { top: 500 });
    expect(parts.rule).toBe(0);
    expect(contributions.some(({ part }) => part === 'rule')).toBe(false);
  });
});

describe('assemble', () => {
  it('withholds contributions that do not add up, and says by how much', () => {
    const contribution = { part: 'scorer', feature: 'severity', value: 3, points: 10 } as const;
    const bad = assemble(20, [contribution], 30.001, 5);
    expect(bad.withheld).toContain('30.001');
    expect(bad.contributions).toEqual([]);
    expect(bad.reasons).toEqual([]);
    expect(assemble(20, [contribution], 30.0000001, 5).withheld).toBeUndefined();
    expect(assemble(20, [{ ...contribution, points: Number.NaN }], 30, 5).withheld).toBeDefined();
  });
});

describe('reasons of a track record', () => {
  const share = (value: number | null, points = 5) => ({
    part: 'classifier' as const,
    feature: 'record_tenant_rule_true_positive',
    value,
    points,
  });
  const judged = (n: number) => (feature: string) =>
    feature === 'record_tenant_rule_count_log1p' ? Math.log1p(n) : Number.NaN;

  it('say of how many judged alerts a share is one, and that there is none yet', () => {
    const reasons = (n: number) => reasonsFrom([share(0.08)], judged(n));
    expect(reasons(38)).toEqual([
      'Of the 38 judged alerts of this rule in this tenant 8 % were true positive (smoothed): raises the score by 5.0.',
    ]);
    expect(reasons(1)[0]).toMatch(/^Of the one judged alert of this rule/);
    expect(reasons(0)).toEqual([
      'No alert of this rule in this tenant was judged yet: raises the score by 5.0.',
    ]);
  });

  it('never take a missing value for a reason', () => {
    const missing = { part: 'scorer' as const, feature: 'vendor_score', value: null, points: 9 };
    expect(reasonsFrom([missing], () => Number.NaN)).toEqual([]);
    expect(reasonsFrom([missing, { ...missing, value: 70, points: 2 }], () => Number.NaN)).toEqual([
      "The vendor's score is 70: raises the score by 11.0.",
    ]);
  });
});
