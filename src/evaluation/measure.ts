import { DISPOSITIONS, type Disposition } from '../alert/alert.ts';
import { attackProbabilities, TRUE_POSITIVE, truePositiveFlags } from '../alert/disposition.ts';
import { decisionThreshold, expectedCost } from '../policy/decision-threshold.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import { cutOutcome, type Interval, workloadCurve } from '../policy/workload-curve.ts';
import { classesOfFewAlerts } from '../training/measures/few-alerts.ts';
import {
  balancedAccuracy,
  cohenKappa,
  confusionMatrix,
  f1Score,
  matthewsCorrelation,
  precision,
  recall,
  weightedF1,
} from '../trees/metrics/classification-metrics.ts';
import { brierScore, expectedCalibrationError, logLoss } from '../trees/metrics/probability-metrics.ts';
import { averagePrecision, rocAuc, rocAucOvrMacro } from '../trees/metrics/ranking-metrics.ts';

/** Shares of missed attacks at which the closed share is reported. */
export const REPORTED_MISS_RATES = [0.005, 0.01, 0.02, 0.05] as const;

export interface ClassMeasure {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

export interface Measures {
  readonly alerts: number;
  /** Mean F1 over the classes that occur in the labels. */
  readonly macro_f1: number;
  /** Classes that occur in so few labels that the mean above is a hint: fewer than 20 alerts of each. */
  readonly few_alerts_of: readonly Disposition[];
  readonly per_class: Readonly<Partial<Record<Disposition, ClassMeasure>>>;
  /** Rows are labels, columns predictions, order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly Disposition[];
  /** null where a side has no alert. */
  readonly roc_auc_tp: number | null;
  readonly average_precision_tp: number | null;
  readonly ece: number;
  readonly brier: number;
  /** In nats. */
  readonly log_loss: number;
  /** Mean over the classes that occur of the ROC-AUC of each against the rest; null where there is one. */
  readonly roc_auc_classes: number | null;
  readonly weighted_f1: number;
  /** Mean recall over the classes that occur. */
  readonly balanced_accuracy: number;
  /** Agreement beyond chance; null where chance alone explains all. */
  readonly kappa: number | null;
  readonly matthews: number;
  readonly closed_at_miss: readonly {
    readonly miss_rate: number;
    readonly closed: Interval;
    readonly noise_closed: Interval;
  }[];
  /** At the cost threshold of the default cost matrix. */
  readonly at_cost_threshold: {
    readonly close_below: number;
    readonly closed: Interval;
    readonly missed: Interval;
    readonly missed_attacks: number;
    readonly value_per_alert: number;
  };
}

const N = DISPOSITIONS.length;

/**
 * Everything reported about predictions on judged alerts. Classes absent from the labels take no part in averages.
 *
 * @param probabilities (n x nClasses) calibrated
 * @param groups (n,) drawn whole by the bootstrap behind the intervals
 */
export function measure(
  probabilities: Float64Array,
  labels: Int32Array,
  groups: readonly string[],
  seed: number,
): Measures {
  const n = labels.length;
  const predicted = Int32Array.from(labels, (_, i) => argmax(probabilities, i));
  const present = DISPOSITIONS.map((_, c) => c).filter((c) => labels.includes(c));
  const perClass: Partial<Record<Disposition, ClassMeasure>> = {};
  for (const c of present) {
    const isClass = (values: Int32Array): Int32Array => values.map((value) => (value === c ? 1 : 0));
    const truth = isClass(labels);
    const said = isClass(predicted);
    perClass[DISPOSITIONS[c] as Disposition] = {
      precision: precision(truth, said),
      recall: recall(truth, said),
      f1: f1Score(truth, said),
      support: truth.reduce((sum, value) => sum + value, 0),
    };
  }
  const f1s = Object.values(perClass).map(({ f1 }) => f1);
  const attackLabels = truePositiveFlags(labels);
  const pAttack = Float64Array.from(labels, (_, i) => probabilities[i * N + TRUE_POSITIVE] as number);
  const hasBoth = attackLabels.includes(1) && attackLabels.includes(0);
  const scored = {
    attack: attackProbabilities(probabilities),
    labels,
  };
  const bootstrap = { groups, nRounds: 100, seed };
  const { costs } = DEFAULT_POLICY;
  const cut = cutOutcome(scored, decisionThreshold(costs), bootstrap);
  return {
    alerts: n,
    macro_f1: f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length,
    few_alerts_of: classesOfFewAlerts(labels),
    per_class: perClass,
    confusion: confusionMatrix(labels, predicted, N),
    classes: DISPOSITIONS,
    roc_auc_tp: hasBoth ? rocAuc(attackLabels, pAttack) : null,
    average_precision_tp: hasBoth ? averagePrecision(attackLabels, pAttack) : null,
    ece: expectedCalibrationError(labels, probabilities),
    brier: brierScore(labels, probabilities),
    log_loss: logLoss(labels, probabilities),
    roc_auc_classes: numberOrNull(rocAucOvrMacro(labels, probabilities)),
    weighted_f1: weightedF1(labels, predicted),
    balanced_accuracy: balancedAccuracy(labels, predicted),
    kappa: numberOrNull(cohenKappa(labels, predicted)),
    matthews: matthewsCorrelation(labels, predicted),
    closed_at_miss: workloadCurve(scored, REPORTED_MISS_RATES, bootstrap).map((point) => ({
      miss_rate: point.missRate,
      closed: point.closedShare,
      noise_closed: point.noiseClosedShare,
    })),
    at_cost_threshold: {
      close_below: cut.closeBelow,
      closed: cut.closedShare,
      missed: cut.missRate,
      missed_attacks: cut.nMissed,
      value_per_alert: -expectedCost(scored, costs),
    },
  };
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function argmax(probabilities: Float64Array, i: number): number {
  let best = 0;
  for (let c = 1; c < N; c++) {
    if ((probabilities[i * N + c] as number) > (probabilities[i * N + best] as number)) best = c;
  }
  return best;
}
