import { DISPOSITIONS } from '../../alert/alert.ts';
import { EMPTY_CONTEXT } from '../../alert/context.ts';
import { attackProbabilities, BENIGN, TRUE_POSITIVE, truePositiveFlags } from '../../alert/disposition.ts';
import { AlertforestError } from '../../errors.ts';
import { snapshotOf } from '../../features/alert-feature-extractor.ts';
import { STATELESS_NAMES } from '../../features/feature-catalog.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { subsetRows, type TrainingRows, trainingRowsOf } from '../../models/training-rows.ts';
import { decisionThreshold } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { type LearningSet, syntheticRows } from '../../training/dataset/learning-set.ts';
import { selectModel } from '../../training/fit/model-selection.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../training/training-settings.ts';
import { Matrix } from '../../trees/matrix.ts';
import { permutationImportance } from '../../trees/metrics/permutation-importance.ts';
import { expectedCalibrationError } from '../../trees/metrics/probability-metrics.ts';
import { averagePrecision, rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { deriveSeed } from '../../trees/random.ts';
import { logQuality } from '../log-quality.ts';
import type { LabCandidate, LabOutcome, LabResult } from './lab-result.ts';
import { alertOfLog } from './log-alert.ts';
import { type CleanLog, cleanLogs } from './log-cleaning.ts';
import { logisticCandidate } from './logistic-candidate.ts';
import type { RawLogs } from './raw-log.ts';
import { stratifiedQuarter } from './stratified-quarter.ts';
import { thresholdTable } from './threshold-table.ts';
import { timeOrderedFigure } from './time-ordered-figure.ts';

/** Share of failed logins in the training part above which an attack counts as critical. */
const CRITICAL_LOGINS = 0.99;
/** Logs of a label below which a quarter of them says nothing. */
const LEAST_OF_A_LABEL = 12;
/** Unreadable lines that are named; all are counted. */
const MAX_EXAMPLES = 10;

export interface LabOptions {
  readonly seed: number;
  readonly costs: CostMatrix;
  readonly onProgress?: (stage: string, progress: number) => void;
}

/** Raw logs to a judged classifier: the product's own extractor, model selection and artefact. */
export function runLab(logs: RawLogs, options: LabOptions): LabOutcome {
  const { seed, costs, onProgress = () => {} } = options;
  const startedAtMs = performance.now();
  onProgress('checking quality', 0);
  const quality = logQuality(logs);
  const cleaned = cleanLogs(logs);
  const labelled = cleaned.rows.filter((row) => row.label !== undefined);
  checkLabels(logs, labelled);
  onProgress('extracting features', 0.05);
  const all = rowsOf(labelled);
  const { fit, test } = stratifiedQuarter(all.labels, seed);
  const fitRows = subsetRows(all, fit);
  const testRows = subsetRows(all, test);

  const settings = { ...DEFAULT_TRAINING_SETTINGS, syntheticAlerts: 0 };
  const n = fit.length;
  const set: LearningSet = {
    rows: fitRows,
    datasetRows: Int32Array.from({ length: n }, (_, i) => i),
    fit: Int32Array.from({ length: n }, (_, i) => i),
    heldOut: new Int32Array(0),
    judgedPerClass: Int32Array.from(
      DISPOSITIONS,
      (_, c) => fitRows.labels.filter((label) => label === c).length,
    ),
  };
  const selection = selectModel(
    { set, synthetic: syntheticRows(settings), costs, settings, seed },
    (stage, progress) => onProgress(stage, 0.05 + 0.6 * progress),
  );
  onProgress('logistic regression', 0.68);
  const logistic = logisticCandidate(set, testRows, settings.nFolds, costs);
  onProgress(`fitting ${selection.winner}`, 0.72);
  const classifier = AlertClassifier.fit(fitRows, {
    seed,
    algorithm: selection.winner,
    calibrator: selection.calibrator,
  });
  const fitSeconds = (performance.now() - startedAtMs) / 1000;
  onProgress('scoring the held-out quarter', 0.8);
  const probabilities = classifier.probabilitiesOfRows(testRows);
  const onTest = attackProbabilities(probabilities);
  const truth = truePositiveFlags(testRows.labels);
  const outOfFold = attackProbabilities(selection.probabilities);
  const bestAt = thresholdTable(outOfFold, truePositiveFlags(fitRows.labels), costs).best.close_below;
  const { rows: thresholds, at } = thresholdTable(onTest, truth, costs);
  const chosen = at(decisionThreshold(costs));

  const critical = criticalLogs(
    fit.map((i) => labelled[i] as CleanLog),
    test.map((i) => labelled[i] as CleanLog),
  );
  const candidates: LabCandidate[] = selection.table.map((one) => ({
    name: one.algorithm,
    ...testFigures(one.algorithm, one.won ? classifier : undefined, fitRows, testRows, seed),
    cost: one.expected_cost,
    brier: one.brier,
    folds: one.folds,
    won: one.won,
  }));
  onProgress('testing on what came later', 0.83);
  const timeOrdered = timeOrderedFigure(all, labelled, selection.winner, seed);
  onProgress('measuring importances', 0.87);
  const result: LabResult = {
    seed,
    costs,
    quality,
    unreadable: logs.unreadable.slice(0, MAX_EXAMPLES),
    cleaning: cleaned.steps,
    fit_rows: n,
    test_rows: test.length,
    features: STATELESS_NAMES.length,
    contestants: [...candidates, logistic],
    winner: selection.winner,
    test: {
      roc_auc: rocAuc(truth, onTest),
      average_precision: averagePrecision(truth, onTest),
      ece: expectedCalibrationError(testRows.labels, probabilities),
      attacks: truth.reduce((sum, flag) => sum + flag, 0),
    },
    time_ordered: timeOrdered,
    importances: importancesOf(classifier, testRows, truth, seed),
    thresholds,
    chosen,
    training_best: at(bestAt),
    critical: {
      attacks: critical.positions.length,
      missed: critical.positions.filter((i) => (onTest[i] as number) < chosen.close_below).length,
      failed_logins_from: critical.failedLoginsFrom,
    },
    fit_seconds: fitSeconds,
  };
  onProgress('done', 1);
  return { result, classifier, test: testRows, fit: fitRows, outOfFold };
}

/** @throws AlertforestError REQUEST_INVALID where there is nothing to learn from or nothing to test on */
function checkLabels(logs: RawLogs, labelled: readonly CleanLog[]): void {
  if (!logs.hasLabels) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected the column label, 1 for attacks and 0 for the rest, to learn from.',
    );
  }
  const attacks = labelled.filter(({ label }) => label === 1).length;
  const rest = labelled.length - attacks;
  if (Math.min(attacks, rest) >= LEAST_OF_A_LABEL) return;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `Expected at least ${LEAST_OF_A_LABEL} usable logs of each label, got ${attacks} attacks and ${rest} others.`,
  );
}

function rowsOf(logs: readonly CleanLog[]): TrainingRows {
  return trainingRowsOf(
    logs.map((log) => ({
      snapshot: snapshotOf(alertOfLog(log), EMPTY_CONTEXT),
      label: log.label === 1 ? TRUE_POSITIVE : BENIGN,
      risk: Number.NaN,
      weight: 1,
      synthetic: false,
    })),
  );
}

/** Every candidate on the held-out quarter; the winner has been fitted already. */
function testFigures(
  algorithm: AlertClassifier['algorithm'],
  fitted: AlertClassifier | undefined,
  fit: TrainingRows,
  test: TrainingRows,
  seed: number,
): { readonly roc_auc: number; readonly average_precision: number } {
  const classifier = fitted ?? AlertClassifier.fit(fit, { seed, algorithm, calibrator: 'none' });
  const attack = attackProbabilities(classifier.probabilitiesOfRows(test));
  const truth = truePositiveFlags(test.labels);
  return { roc_auc: rocAuc(truth, attack), average_precision: averagePrecision(truth, attack) };
}

/** How much the average precision on the held-out quarter falls when a stateless column is shuffled, largest first. */
function importancesOf(
  classifier: AlertClassifier,
  test: TrainingRows,
  truth: Int32Array,
  seed: number,
): LabResult['importances'] {
  const X = Matrix.from(test.X, test.labels.length, STATELESS_NAMES.length);
  const { mean, sd } = permutationImportance(
    X,
    (shuffled) =>
      averagePrecision(
        truth,
        attackProbabilities(classifier.probabilitiesOfRows({ ...test, X: shuffled.data })),
      ),
    { nRepeats: 3, seed: deriveSeed(seed, 7) },
  );
  return STATELESS_NAMES.map((feature, f) => ({
    feature,
    importance: mean[f] as number,
    sd: sd[f] as number,
  }))
    .sort((a, b) => b.importance - a.importance)
    .slice(0, 20);
}

/** Attacks that must not be missed: the sensor raised an alarm, or failed logins in the top percentile of the training part. */
function criticalLogs(
  fit: readonly CleanLog[],
  test: readonly CleanLog[],
): { readonly positions: number[]; readonly failedLoginsFrom: number } {
  const logins = Float64Array.from(fit, ({ numbers }) => numbers.failed_logins)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const failedLoginsFrom = logins[Math.floor(CRITICAL_LOGINS * logins.length)] ?? Number.POSITIVE_INFINITY;
  const positions = test.flatMap((log, i) =>
    log.label === 1 && (log.alertTriggered === 1 || log.numbers.failed_logins >= failedLoginsFrom) ? [i] : [],
  );
  return { positions, failedLoginsFrom };
}
