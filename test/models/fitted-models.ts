import type { Alert } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { labelOf } from '../../src/alert/disposition.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier, type ClassifierOptions } from '../../src/models/alert-classifier.ts';
import { AnomalyDetector } from '../../src/models/anomaly-detector.ts';
import type { Ensemble } from '../../src/models/ensemble.ts';
import { ThreatScorer } from '../../src/models/threat-scorer.ts';
import { type TrainingRows, trainingRowsOf } from '../../src/models/training-rows.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';

/** Alerts of the synthetic estate as rows; judged ones unless `synthetic`. */
export function rowsOf(n: number, seed: number, synthetic = false): TrainingRows {
  return trainingRowsOf(
    generateSyntheticAlerts(n, seed).map(({ alert, disposition, riskScore }) => ({
      snapshot: snapshotOf(alert, EMPTY_CONTEXT),
      label: labelOf(disposition),
      risk: riskScore,
      weight: 1,
      synthetic,
    })),
  );
}

export function alertsOf(n: number, seed: number): Alert[] {
  return generateSyntheticAlerts(n, seed).map(({ alert }) => alert);
}

export function snapshotsOf(n: number, seed: number): AlertSnapshot[] {
  return alertsOf(n, seed).map((alert) => snapshotOf(alert, EMPTY_CONTEXT));
}

/** Small models, quick to fit. */
export function fitEnsemble(
  rows: TrainingRows,
  seed = 1,
  algorithm: ClassifierOptions['algorithm'] = 'random_forest',
): Ensemble {
  return {
    classifier: AlertClassifier.fit(rows, { seed, algorithm, hyperparameters: { nEstimators: 20 } }),
    anomaly: AnomalyDetector.fit(rows, { seed, nEstimators: 30 }),
    scorer: ThreatScorer.fit(rows, { seed, hyperparameters: { nEstimators: 40 } }),
  };
}
