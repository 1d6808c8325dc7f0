import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { labelOf } from '../../src/alert/disposition.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { N_RECORD_COLUMNS } from '../../src/features/record-shares.ts';
import { TargetEncoder } from '../../src/features/target-encoder.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { AnomalyDetector } from '../../src/models/anomaly-detector.ts';
import { DEFAULT_BLEND, type Ensemble, scoreAlert } from '../../src/models/ensemble.ts';
import { explain, prepareExplanations } from '../../src/models/explanation.ts';
import { ThreatScorer } from '../../src/models/threat-scorer.ts';
import { type TrainingRows, trainingRowsOf } from '../../src/models/training-rows.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import type { BenchRow, BenchSuite } from '../bench-row.ts';

// One alert from payload to verdict in process (rules and triage stages off), batches, explanations and record
// look-ups, against the budgets of docs/performance.md. No other program does the same work, so rows have no peer.

const N_TRAINING = 2000;
const N_ALERTS = 2000;

function rowsOf(n: number, seed: number): TrainingRows {
  return trainingRowsOf(
    generateSyntheticAlerts(n, seed).map(({ alert, disposition, riskScore }) => ({
      snapshot: snapshotOf(alert, EMPTY_CONTEXT),
      label: labelOf(disposition),
      risk: riskScore,
      weight: 1,
      synthetic: false,
    })),
  );
}

/** Microseconds of each of `nCalls` calls after a warm-up. */
function timesOf(nWarm: number, nCalls: number, call: (i: number) => unknown): Float64Array {
  for (let i = 0; i < nWarm; i++) call(i);
  return Float64Array.from({ length: nCalls }, (_, i) => {
    const start = performance.now();
    call(i);
    return (performance.now() - start) * 1000;
  });
}

/** Median microseconds per item over `nRounds` rounds of `nItems`. */
function perItem(nRounds: number, nItems: number, round: () => unknown): number {
  round();
  return quantile(
    timesOf(1, nRounds, round).map((microseconds) => microseconds / nItems),
    0.5,
  );
}

/** Models as a first start serves them, read back from bytes. */
function fitModels(rows: TrainingRows, algorithm: 'random_forest' | 'boosted'): Ensemble {
  return {
    classifier: AlertClassifier.from(AlertClassifier.fit(rows, { seed: 1, algorithm }).toBuffer()),
    anomaly: AnomalyDetector.from(AnomalyDetector.fit(rows, { seed: 1 }).toBuffer()),
    scorer: ThreatScorer.from(ThreatScorer.fit(rows, { seed: 1 }).toBuffer()),
  };
}

export function scoreBench(): BenchRow[] {
  const rows = rowsOf(N_TRAINING, 1);
  const alerts = generateSyntheticAlerts(N_ALERTS, 2).map(({ alert }) => alert);
  const payloads = alerts.map((alert) => JSON.stringify(alert));
  const snapshots = alerts.map((alert) => snapshotOf(alert, EMPTY_CONTEXT));
  const figures: BenchRow[] = [];
  const add = (name: string, ours: number, unit: string, note: string): void => {
    figures.push({ name, ours, peer: null, ratio: null, unit, note });
  };

  for (const algorithm of ['random_forest', 'boosted'] as const) {
    const models = fitModels(rows, algorithm);
    const single = timesOf(6000, 10_000, (i) => {
      const { alert } = normalizeAlert(JSON.parse(payloads[i % N_ALERTS]!));
      return scoreAlert(models, snapshotOf(alert, EMPTY_CONTEXT), null);
    });
    add(`payload to verdict p50, ${algorithm}`, quantile(single, 0.5), 'us', 'budget 50');
    add(`payload to verdict p99, ${algorithm}`, quantile(single, 0.99), 'us', 'budget 250');

    // one after the other, as a request of many alerts is scored
    const batch = perItem(15, N_ALERTS, () => {
      for (const alert of alerts) scoreAlert(models, snapshotOf(alert, EMPTY_CONTEXT), null, DEFAULT_BLEND);
    });
    add(`batch, alerts to verdicts, ${algorithm}`, 1e6 / batch, 'alerts/s', 'budget 25,000');

    for (const model of Object.values(models)) prepareExplanations(model);
    const explained = timesOf(50, 300, (i) => explain(models, snapshots[i]!, 50, DEFAULT_BLEND));
    add(`explanation p50, ${algorithm}`, quantile(explained, 0.5) / 1000, 'ms', 'budget 25');
    add(`explanation p99, ${algorithm}`, quantile(explained, 0.99) / 1000, 'ms', '');
  }

  const judged = rowsOf(20_000, 3);
  const record = TargetEncoder.fit(judged.recordKeys, judged.labels, judged.weights);
  const out = new Float32Array(N_RECORD_COLUMNS);
  const perAlert = perItem(15, N_ALERTS, () => {
    for (const { recordKeys } of snapshots) record.columnsOf(recordKeys, out);
  });
  const nFamilies = snapshots[0]!.recordKeys.length;
  add('track-record look-up per key', perAlert / nFamilies, 'us', `budget 1; ${record.nKeys} keys`);
  const extraction = perItem(15, N_ALERTS, () => {
    for (const alert of alerts) snapshotOf(alert, EMPTY_CONTEXT);
  });
  add('features, record keys and snapshot', extraction, 'us', 'an alert');
  return figures;
}

export const suite: BenchSuite = { name: 'score', run: async () => scoreBench() };

if (import.meta.main) console.table(scoreBench());
