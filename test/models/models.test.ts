import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, SEVERITIES } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { hasCode } from '../../src/errors.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { statelessColumn } from '../../src/features/feature-catalog.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { ANOMALY_COLUMNS, AnomalyDetector, trafficBinsOf } from '../../src/models/anomaly-detector.ts';
import { conformalScores } from '../../src/models/conformal-scores.ts';
import { type BlendWeights, blend, checkBlend, DEFAULT_BLEND } from '../../src/models/ensemble.ts';
import { imputedRisk, riskTargets } from '../../src/models/risk-targets.ts';
import { ThreatScorer } from '../../src/models/threat-scorer.ts';
import { concatRows, subsetRows } from '../../src/models/training-rows.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { macroF1 } from '../../src/trees/metrics/classification-metrics.ts';
import { expectedCalibrationError } from '../../src/trees/metrics/probability-metrics.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';
import { r2Score } from '../../src/trees/metrics/regression-metrics.ts';
import { alertArbitrary } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';
import { fitEnsemble, rowsOf } from './fitted-models.ts';

const rows = rowsOf(2000, 20_260_101, true);
const heldOut = rowsOf(2000, 7);
const asked = generateSyntheticAlerts(200, 99);
const models = fitEnsemble(rows);
const argmax = (proba: Float64Array): Int32Array =>
  Int32Array.from({ length: proba.length / 4 }, (_, i) => {
    const own = [...proba.subarray(i * 4, i * 4 + 4)];
    return own.indexOf(Math.max(...own));
  });

describe('AlertClassifier', () => {
  it('learns 2,000 synthetic alerts well, not perfectly, and is calibrated on held-out ones', () => {
    for (const algorithm of ['random_forest', 'boosted'] as const) {
      const hyperparameters = algorithm === 'boosted' ? { nEstimators: 40 } : {};
      const classifier = AlertClassifier.fit(rows, { seed: 1, algorithm, hyperparameters });
      const proba = classifier.probabilitiesOfRows(heldOut);
      const quality = macroF1(heldOut.labels, argmax(proba));
      expect(quality, algorithm).toBeGreaterThan(0.68);
      expect(quality, algorithm).toBeLessThan(0.92);
      expect(expectedCalibrationError(heldOut.labels, proba), algorithm).toBeLessThan(0.05);
    }
  });

  it('learns more from judged alerts of the same tenants and rules than stateless columns tell', () => {
    // the outcome follows the tenant and the rule alone, which no stateless column names
    const habit = (snapshot: { recordKeys: readonly string[] }): number =>
      Number.parseInt(snapshot.recordKeys[2]!.slice(0, 2), 16) % 4;
    const judged = rowsOf(1500, 3);
    const asked = rowsOf(500, 4);
    const relabelled = (of: typeof judged) => ({
      ...of,
      labels: Int32Array.from(of.recordKeys, (recordKeys) => habit({ recordKeys })),
    });
    const classifier = AlertClassifier.fit(relabelled(judged), {
      seed: 1,
      hyperparameters: { nEstimators: 30 },
    });
    const { labels } = relabelled(asked);
    expect(macroF1(labels, argmax(classifier.probabilitiesOfRows(relabelled(asked))))).toBeGreaterThan(0.85);
    const unknown = { ...relabelled(asked), recordKeys: asked.recordKeys.map(() => Array(7).fill('')) };
    expect(macroF1(labels, argmax(classifier.probabilitiesOfRows(unknown)))).toBeLessThan(0.6);
  });

  it('gives probabilities that sum to 1 for any alert', () => {
    fc.assert(
      fc.property(alertArbitrary, (alert) => {
        const proba = models.classifier.probabilities(snapshotOf(alert, EMPTY_CONTEXT));
        expect(proba.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        for (const p of proba) expect(p >= 0 && p <= 1).toBe(true);
      }),
    );
  });

  it('takes a calibrator and conformal scores and keeps them in the artefact', () => {
    const conformal = conformalScores(models.classifier.probabilitiesOfRows(heldOut), heldOut.labels);
    const classifier = AlertClassifier.fit(
      subsetRows(
        rows,
        Array.from({ length: 300 }, (_, i) => i),
      ),
      {
        seed: 1,
        hyperparameters: { nEstimators: 5 },
        calibrator: { kind: 'temperature', nClasses: 4, temperature: 2 },
        conformal,
      },
    );
    const again = AlertClassifier.from(classifier.toBuffer());
    expect(again.calibrator.toJSON()).toEqual({ kind: 'temperature', nClasses: 4, temperature: 2, slope: 0 });
    expect(again.conformal).toEqual(conformal);
  });

  it('reports progress tree by tree', () => {
    const seen: [number, number][] = [];
    AlertClassifier.fit(subsetRows(rows, [0, 1, 2, 3]), {
      seed: 1,
      hyperparameters: { nEstimators: 3 },
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(seen.slice(0, 3)).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('refuses rows of another catalogue', () => {
    try {
      AlertClassifier.fit({ ...rows, catalogId: 'ffffffffffff' }, { seed: 1 });
      expect.unreachable();
    } catch (error) {
      expect(hasCode(error, 'MODEL_FORMAT_UNSUPPORTED')).toBe(true);
    }
  });
});

/** Rows whose attacks have more intel hits: without any the scorer could not learn what they mean. */
const withIntel = { ...rows, X: rows.X.slice() };
rows.labels.forEach((label, i) => {
  const at = i * rows.columnNames.length + statelessColumn('intel_hits');
  withIntel.X[at] = label === 0 ? i % 6 : i % 2;
});
const intelScorer = ThreatScorer.fit(withIntel, { seed: 1, hyperparameters: { nEstimators: 60 } });

describe('ThreatScorer', () => {
  it('never lowers the risk when severity, vendor score or intel hits rise', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 199 }),
        fc.constantFrom('severity', 'vendor_score', 'intel_hits'),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (at, what, first, second) => {
          const { alert } = asked[at]!;
          const [low, high] = [Math.min(first, second), Math.max(first, second)];
          const riskAt = (level: number): number =>
            intelScorer.risk(
              snapshotOf(
                {
                  ...alert,
                  ...(what === 'severity' ? { severity: SEVERITIES[Math.floor(level / 20.1)]! } : {}),
                  ...(what === 'vendor_score' ? { vendor_score: level } : {}),
                },
                what === 'intel_hits'
                  ? { ...EMPTY_CONTEXT, intelHits: Math.floor(level / 10) }
                  : EMPTY_CONTEXT,
              ),
            );
          expect(riskAt(high)).toBeGreaterThanOrEqual(riskAt(low));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('raises the risk with intel hits where attacks had them', () => {
    const riskWith = (intelHits: number): number =>
      asked.reduce(
        (sum, { alert }) => sum + intelScorer.risk(snapshotOf(alert, { ...EMPTY_CONTEXT, intelHits })),
        0,
      );
    expect(riskWith(4)).toBeGreaterThan(riskWith(0) + 200);
  });

  it('keeps within 0-100 and explains most of the spread of held-out risks', () => {
    const risks = models.scorer.risksOfRows(heldOut);
    for (const risk of risks) expect(risk >= 0 && risk <= 100).toBe(true);
    expect(r2Score(heldOut.risk, risks)).toBeGreaterThan(0.5);
    const isAttack = Int32Array.from(heldOut.labels, (label) => (label === 0 ? 1 : 0));
    expect(rocAuc(isAttack, risks)).toBeGreaterThan(0.9);
  });
});

describe('risk targets', () => {
  it('take the given risk, else the table at half the weight', () => {
    const some = subsetRows(rows, [0, 1]);
    const { targets, weights, imputed } = riskTargets({ ...some, risk: Float32Array.of(33, Number.NaN) });
    expect(targets[0]).toBe(33);
    expect(targets[1]).toBe(
      imputedRisk(DISPOSITIONS[some.labels[1]!]!, SEVERITIES[some.severity[1]!] ?? 'unknown'),
    );
    expect([...weights]).toEqual([1, 0.5]);
    expect([...imputed]).toEqual([0, 1]);
  });

  it('rise with severity and keep the dispositions apart', () => {
    for (const disposition of DISPOSITIONS) {
      for (let rank = 1; rank < 5; rank++) {
        expect(imputedRisk(disposition, SEVERITIES[rank]!)).toBeGreaterThan(
          imputedRisk(disposition, SEVERITIES[rank - 1]!),
        );
      }
    }
    expect(imputedRisk('true_positive', 'informational')).toBe(70);
    expect(imputedRisk('true_positive', 'critical')).toBe(100);
    expect(imputedRisk('suspicious', 'medium')).toBe(50);
    expect(imputedRisk('false_positive', 'medium')).toBe(10);
    expect(imputedRisk('benign', 'unknown')).toBe(5);
  });
});

describe('AnomalyDetector', () => {
  it('moves the flag with the contamination, never a score', () => {
    const strict = AnomalyDetector.fit(rows, { seed: 2, contamination: 0.01 });
    const loose = AnomalyDetector.fit(rows, { seed: 2, contamination: 0.2 });
    const scores = strict.scoresOfRows(heldOut);
    expect(loose.scoresOfRows(heldOut)).toEqual(scores);
    expect(loose.decisionThreshold).toBeLessThan(strict.decisionThreshold);
    const flagged = (detector: AnomalyDetector): number =>
      detector.scoresOfRows(rows).filter((score) => detector.isAnomaly(score)).length / 2000;
    expect(flagged(strict)).toBeCloseTo(0.01, 2);
    expect(flagged(loose)).toBeCloseTo(0.2, 2);
    expect(() => AnomalyDetector.fit(rows, { seed: 2, contamination: 0.6 })).toThrow(/contamination/);
  });

  it('keeps the bins of its traffic through bytes, and reads a model written before there were any', () => {
    const trafficBins = trafficBinsOf(rows);
    expect([...trafficBins.keys()]).toEqual([...rows.columnNames]);
    const kept = AnomalyDetector.from(
      AnomalyDetector.fit(rows, { seed: 2, nEstimators: 2, trafficBins }).toBuffer(),
    );
    expect(kept.trafficBins).toEqual(trafficBins);
    const before = AnomalyDetector.fit(rows, { seed: 2, nEstimators: 2 });
    expect(before.header.extra).toEqual({});
    expect(AnomalyDetector.from(before.toBuffer()).trafficBins.size).toBe(0);
  });

  it('finds an alert unlike the others and ignores its words', () => {
    const detector = AnomalyDetector.fit(rows, { seed: 2 });
    const alert = asked[0]!.alert;
    const scoreOf = (changes: object): number =>
      detector.score(snapshotOf({ ...alert, ...changes }, EMPTY_CONTEXT)).anomalyScore;
    const strange = scoreOf({
      entities: Array.from({ length: 300 }, (_, i) => ({ kind: 'registry', value: `k${i}`, role: 'victim' })),
      telemetry: {
        bytes_sent: 1e12,
        packets_sent: 1e9,
        failed_logins: 1e6,
        unique_ports: 65_000,
        duration_ms: 1,
      },
      tactics: ['TA0043', 'TA0042', 'TA0040', 'TA0010'],
    });
    expect(strange).toBeGreaterThan(scoreOf({}) + 0.1);
    expect(scoreOf({ category: 'entirely new words' })).toBe(scoreOf({}));
    expect(ANOMALY_COLUMNS.some((name) => /^(token|category|technique)_\d/.test(name))).toBe(false);
  });
});

describe('the ensemble', () => {
  it('blends as documented, unrounded, and stays within 0-100', () => {
    const verdict = blend(
      Float64Array.of(0.7, 0.1, 0.15, 0.05),
      { anomalyScore: 0.71, isAnomaly: true },
      87.4,
      75,
      DEFAULT_BLEND,
    );
    const mlScore = 0.6 * 87.4 + 0.3 * 100 * (0.7 + 0.5 * 0.15) + 0.1 * 100 * 0.71;
    expect(verdict.mlScore).toBeCloseTo(mlScore, 12);
    expect(verdict.finalScore).toBeCloseTo(0.7 * mlScore + 0.3 * 75, 12);
    expect(verdict.disposition).toBe('true_positive');
    expect(verdict.confidence).toBe(0.7);
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 4, maxLength: 4 }),
        unit,
        unit,
        fc.option(unit),
        (raw, a, r, rule) => {
          const sum = raw.reduce((total, p) => total + p, 0) || 1;
          const proba = Float64Array.from(raw, (p) => p / sum);
          const { finalScore, mlScore: ml } = blend(
            proba,
            { anomalyScore: a, isAnomaly: false },
            100 * r,
            rule === null ? null : 100 * rule,
            DEFAULT_BLEND,
          );
          expect(finalScore).toBeGreaterThanOrEqual(0);
          expect(finalScore).toBeLessThanOrEqual(100 + 1e-9);
          if (rule === null) expect(finalScore).toBe(ml);
        },
      ),
    );
  });

  it('refuses weights that do not sum to 1', () => {
    const bad: Partial<BlendWeights>[] = [
      { model: 0.8 },
      { risk: 0.5 },
      { rule: -0.3, model: 1.3 },
      { anomaly: Number.NaN },
    ];
    for (const change of bad) {
      try {
        checkBlend({ ...DEFAULT_BLEND, ...change });
        expect.unreachable(JSON.stringify(change));
      } catch (error) {
        expect(hasCode(error, 'CONFIG_INVALID')).toBe(true);
      }
    }
    expect(checkBlend(DEFAULT_BLEND)).toBe(DEFAULT_BLEND);
  });
});

describe('training rows', () => {
  it('can be cut and joined again', () => {
    const some = subsetRows(rows, [5, 6, 7, 8]);
    expect(concatRows(subsetRows(some, [0, 1]), subsetRows(some, [2, 3]))).toEqual(some);
    expect(() => concatRows(some, { ...some, catalogId: 'ffffffffffff' })).toThrow(/catalogue/);
  });
});
