import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import type { RecordFamily } from '../../src/features/record-families.ts';
import type { AlertWords, RecordEvidence } from '../../src/features/record-words.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { type BlendWeights, DEFAULT_BLEND, type Ensemble, scoreAlert } from '../../src/models/ensemble.ts';
import { assemble, explain } from '../../src/models/explanation.ts';
import { type ReasonFacts, reasonsFrom } from '../../src/models/explanation-reasons.ts';
import { IsotonicCalibrator } from '../../src/trees/calibration/isotonic-calibrator.ts';
import { alertArbitrary, anAlert } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';
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
    const bad = assemble(20, [contribution], 30.001, 5, NOTHING_JUDGED);
    expect(bad.withheld).toContain('30.001');
    expect(bad.contributions).toEqual([]);
    expect(bad.reasons).toEqual([]);
    expect(assemble(20, [contribution], 30.0000001, 5, NOTHING_JUDGED).withheld).toBeUndefined();
    const notANumber = { ...contribution, points: Number.NaN };
    expect(assemble(20, [notANumber], 30, 5, NOTHING_JUDGED).withheld).toBeDefined();
  });
});

const NOTHING_JUDGED: ReasonFacts = {
  record: { isOneTenant: false, evidence: () => ({ counts: [0, 0, 0, 0], tenants: 0 }) },
  words: {},
};
type Judged = Partial<Record<RecordFamily, RecordEvidence>>;
const judged = (of: Judged, words: AlertWords = {}, isOneTenant = false): ReasonFacts => ({
  record: {
    isOneTenant,
    evidence: (family) => of[family] ?? { counts: [0, 0, 0, 0], tenants: 0 },
  },
  words,
});
const share = (family: RecordFamily, of = 'true_positive', value: number | null = 0.08) => ({
  part: 'classifier' as const,
  feature: `record_${family}_${of}`,
  value,
  points: 5,
});
const said = (family: RecordFamily, facts: ReasonFacts, of?: string): string =>
  reasonsFrom([share(family, of)], facts)[0]!.replace(': raises the score by 5.0.', '');

describe('reasons of a track record', () => {
  it('count the judged alerts that stand behind a share', () => {
    const tenant_rule = { counts: [3, 30, 0, 5], tenants: 1 };
    expect(said('tenant_rule', judged({ tenant_rule }))).toBe(
      '3 of 38 judged alerts of this rule in this tenant were true positive',
    );
    expect(said('tenant_rule', judged({ tenant_rule }), 'count_log1p')).toBe(
      '38 judged alerts of this rule in this tenant',
    );
    expect(said('tenant_rule', judged({ tenant_rule: { counts: [1, 0, 0, 0], tenants: 1 } }))).toBe(
      '1 of 1 judged alert of this rule in this tenant was true positive',
    );
  });

  it('say that none was judged here, and what others found where five tenants stand behind it', () => {
    const none = 'No alert of this rule in this tenant was judged yet';
    const rule = (tenants: number) => ({ rule: { counts: [96, 1108, 0, 0], tenants } });
    expect(said('tenant_rule', judged({}))).toBe(none);
    expect(said('tenant_rule', judged(rule(4)))).toBe(none);
    expect(said('tenant_rule', judged(rule(0)))).toBe(none);
    expect(said('tenant_rule', judged(rule(5)))).toBe(
      `${none}; elsewhere 8 % of 1204 judged alerts were true positive`,
    );
  });

  it('tell no numbers of few other tenants', () => {
    const rule = { counts: [9, 1, 0, 0], tenants: 2 };
    expect(said('rule', judged({ rule }))).toBe('How alerts of this rule were judged');
    expect(said('rule', judged({ rule: { ...rule, tenants: 5 } }))).toMatch(/^9 of 10 judged/);
    // all of them are the tenant's own
    expect(said('rule', judged({ rule, tenant_rule: { ...rule, tenants: 1 } }))).toMatch(/^9 of 10/);
    expect(said('source', judged({ source: rule }))).toBe('How alerts of this source were judged');
    expect(said('source', judged({ source: rule }, {}, true))).toMatch(/^9 of 10/);
  });

  it('name the entity as the caller does, and a time of receipt as one', () => {
    const two = { counts: [1, 1, 0, 0], tenants: 1 };
    expect(said('main_entity_v2', judged({ main_entity_v2: two }, { mainEntity: 'WS-17' }))).toBe(
      '1 of 2 judged alerts of WS-17 was true positive',
    );
    expect(
      said('tenant_entity_kind_v2', judged({ tenant_entity_kind_v2: two }, { kinds: ['host', 'user'] })),
    ).toBe('1 of 2 judged alerts of these kinds of entity (host, user) in this tenant was true positive');
    expect(said('tenant_rule_hours', judged({ tenant_rule_hours: two }, { isTimeOfReceipt: true }))).toBe(
      '1 of 2 judged alerts of this rule in this tenant received at these hours was true positive',
    );
    const hour = { part: 'scorer' as const, feature: 'hour', value: 3, points: 5 };
    expect(reasonsFrom([hour], judged({}, { isTimeOfReceipt: true }))).toEqual([
      'Received at 3:00 UTC (the alert does not say when it happened): raises the score by 5.0.',
    ]);
    expect(reasonsFrom([hour], judged({}))).toEqual(['Raised at 3:00 UTC: raises the score by 5.0.']);
  });
});

describe('what is missing', () => {
  const of = (feature: string, value: number | null, points: number) => ({
    part: 'scorer' as const,
    feature,
    value,
    points,
  });

  it('is never a reason', () => {
    const missing = of('vendor_score', null, 9);
    expect(reasonsFrom([missing], NOTHING_JUDGED)).toEqual([]);
    expect(reasonsFrom([missing, of('vendor_score', 70, 2)], NOTHING_JUDGED)).toEqual([
      "The vendor's score is 70: raises the score by 11.0.",
    ]);
  });

  it('is no word or technique of the alert', () => {
    expect(reasonsFrom([of('technique_1', 0, 4), of('technique_2', 0, 3)], NOTHING_JUDGED)).toEqual([]);
    expect(reasonsFrom([of('technique_1', 0, 4), of('technique_2', 1, 3)], NOTHING_JUDGED)).toEqual([
      'The ATT&CK techniques named: raises the score by 7.0.',
    ]);
  });
});
