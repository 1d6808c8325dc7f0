import { DISPOSITIONS } from '../../alert/alert.ts';
import { attackProbabilities, isAttackLabel, truePositiveFlags } from '../../alert/disposition.ts';
import type { AlertClassifier } from '../../models/alert-classifier.ts';
import type { AnomalyDetector } from '../../models/anomaly-detector.ts';
import { riskTargets } from '../../models/risk-targets.ts';
import type { ThreatScorer } from '../../models/threat-scorer.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import { ConformalSets } from '../../policy/conformal.ts';
import { accuracy, macroF1 } from '../../trees/metrics/classification-metrics.ts';
import { expectedCalibrationError } from '../../trees/metrics/probability-metrics.ts';
import { meanAbsoluteError, r2Score } from '../../trees/metrics/regression-metrics.ts';
import { deriveSeed } from '../../trees/random.ts';
import { injectedOutliers, isMeasuredOn, trafficRowsOf } from '../dataset/detector-traffic.ts';
import { samplingWeightsAt } from '../dataset/learning-set.ts';
import type { TrafficRow } from '../dataset/traffic.ts';
import {
  aucOver,
  auditedAlerts,
  brierPerAlert,
  costPerAlert,
  effectiveSampleSize,
  predictedLabels,
} from '../measures/champion-comparison.ts';
import { classesOfFewAlerts } from '../measures/few-alerts.ts';
import { interval, resampleGroups } from '../measures/paired-bootstrap.ts';
import type { OutOfFold } from '../trainer.ts';
import type { FitContext } from './fit-context.ts';
import { classifierImportances, scorerImportances } from './importances.ts';
import type { ModelSelection } from './model-selection.ts';

const RESAMPLES = 200;

/** A number with its 90 % interval over resamples of incidents, and how many alerts stand behind it. */
interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Rows a model had not seen, and what they were. */
interface Unseen {
  readonly split: 'out_of_fold' | 'hold_out' | 'synthetic_in_sample';
  readonly rows: TrainingRows;
  readonly predictions: Float64Array;
  /** (n,) */
  readonly samplingWeights: Float64Array;
}

const rounded = (value: number): number => Number(value.toPrecision(6));

function measured(
  of: (weights: Float64Array) => number | undefined,
  draws: readonly Float64Array[],
): Measured | null {
  const found = interval(of, draws);
  return found ? { value: rounded(found.value), low: rounded(found.low), high: rounded(found.high) } : null;
}

function meanOf(values: Float64Array): (weights: Float64Array) => number | undefined {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      sum += weights[i]! * values[i]!;
      total += weights[i]!;
    }
    return total === 0 ? undefined : sum / total;
  };
}

/** Resamples of incidents, every alert with what it stands for. */
function drawsOver({ rows, samplingWeights }: Unseen, seed: number): Float64Array[] {
  return resampleGroups(rows.groups, RESAMPLES, deriveSeed(seed, 303), samplingWeights);
}

/** How many alerts are behind a split's numbers; `audit_samples` only where there are some. */
function sizeOf({ split, rows, samplingWeights }: Unseen): Record<string, unknown> {
  const nAudited = auditedAlerts(samplingWeights);
  return {
    split,
    samples: rows.labels.length,
    ...(nAudited > 0
      ? {
          audit_samples: nAudited,
          effective_alerts: rounded(effectiveSampleSize({ labels: rows.labels, samplingWeights })),
        }
      : {}),
  };
}

/** The classifier's numbers for the release record; JSON. */
export function classifierMetrics(
  context: FitContext,
  classifier: AlertClassifier,
  selection: ModelSelection | undefined,
  outOfFold: Omit<OutOfFold, 'rows'>,
): Record<string, unknown> {
  const { set, job, seed, synthetic } = context;
  const splits = unseenBy(
    context,
    outOfFold.probabilities,
    (rows) => classifier.probabilitiesOfRows(rows),
    synthetic,
  );
  const measure = (unseen: Unseen): Record<string, unknown> => {
    const { rows, predictions } = unseen;
    const { labels } = rows;
    const draws = drawsOver(unseen, seed);
    const predicted = predictedLabels(predictions);
    const attack = attackProbabilities(predictions);
    const flags = truePositiveFlags(labels);
    return {
      ...sizeOf(unseen),
      accuracy: measured((weights) => accuracy(labels, predicted, weights), draws),
      macro_f1: measured((weights) => macroF1(labels, predicted, weights), draws),
      few_alerts_of: classesOfFewAlerts(labels),
      brier: measured(meanOf(brierPerAlert(predictions, labels)), draws),
      calibration_error: measured(
        (weights) => expectedCalibrationError(labels, predictions, 10, weights),
        draws,
      ),
      roc_auc_attack: measured((weights) => aucOver(flags, attack, weights), draws),
      expected_cost: measured(meanOf(costPerAlert(predictions, labels, job.policy.costs)), draws),
    };
  };
  return {
    ...common(context, classifier.header.training),
    algorithm: classifier.algorithm,
    evaluation: splits.map(measure),
    tournament: selection?.table ?? [],
    uncovered_classes: new ConformalSets(classifier.conformal, job.policy.alpha).uncovered,
    synthetic_only_classes: DISPOSITIONS.filter((_, c) => set.judgedPerClass[c]! < job.settings.minPerClass),
    importances: classifierImportances(context, classifier),
  };
}

/** The scorer's numbers: R2 and error over given risks only, ROC-AUC of its risk for true_positive; JSON. */
export function scorerMetrics(
  context: FitContext,
  scorer: ThreatScorer,
  outOfFold: Omit<OutOfFold, 'rows'>,
): Record<string, unknown> {
  const { set, seed, synthetic } = context;
  const splits = unseenBy(context, outOfFold.risk, (rows) => scorer.risksOfRows(rows), synthetic);
  const { imputed } = riskTargets(subsetRows(set.rows, set.fit));
  const nImputed = imputed.reduce((sum, flag) => sum + flag, 0);
  return {
    ...common(context, scorer.header.training),
    algorithm: 'gradient_boosting',
    imputed_share: set.fit.length === 0 ? 0 : rounded(nImputed / set.fit.length),
    evaluation: splits.map((unseen) => {
      const { rows, predictions } = unseen;
      const draws = drawsOver(unseen, seed);
      const flags = truePositiveFlags(rows.labels);
      const given = [...rows.risk.keys()].filter((i) => !Number.isNaN(rows.risk[i]));
      const y = Float64Array.from(given, (i) => rows.risk[i]!);
      const p = Float64Array.from(given, (i) => predictions[i]!);
      const weightsOf = (weights: Float64Array): Float64Array => Float64Array.from(given, (i) => weights[i]!);
      const varies = (weights: Float64Array): boolean =>
        new Set(given.filter((i) => weights[i]! > 0).map((i) => rows.risk[i])).size > 1;
      return {
        ...sizeOf(unseen),
        given_risks: given.length,
        r2: measured((weights) => (varies(weights) ? r2Score(y, p, weightsOf(weights)) : undefined), draws),
        mean_absolute_error: measured(
          (weights) => (varies(weights) ? meanAbsoluteError(y, p, weightsOf(weights)) : undefined),
          draws,
        ),
        roc_auc_attack: measured((weights) => aucOver(flags, predictions, weights), draws),
      };
    }),
    importances: scorerImportances(context, scorer),
  };
}

/**
 * The detector's numbers, all on rows it was not fitted on: how many of the logged alerts kept aside it flags, how
 * well it tells outliers injected among them, and how it ranks judged attacks (none is in a fit) against judged
 * harmless alerts of held-out incidents. On the first start there are synthetic rows only, said as such; JSON.
 */
export function detectorMetrics(
  context: FitContext,
  detector: AnomalyDetector,
  traffic: readonly TrafficRow[] | undefined,
): Record<string, unknown> {
  const { set, seed, synthetic, job } = context;
  const aside = traffic?.filter(({ alertKey }) => isMeasuredOn(alertKey));
  const rows = aside ? trafficRowsOf(aside, job.catalogs) : synthetic;
  const own = detector.scoresOfRows(rows);
  const injected = detector.scoresOfRows(
    injectedOutliers(rows, Math.min(500, own.length), deriveSeed(seed, 404)),
  );
  const scores = Float64Array.from([...own, ...injected]);
  const flags = Int32Array.from(scores, (_, i) => (i < own.length ? 0 : 1));
  const all = new Float64Array(scores.length).fill(1);
  const heldOut = new Set(set.heldOut);
  const unseen = [...set.rows.labels.keys()].filter(
    (i) => heldOut.has(i) || isAttackLabel(set.rows.labels[i]!),
  );
  const judged = subsetRows(set.rows, unseen);
  const judgedScores = unseen.length === 0 ? new Float64Array(0) : detector.scoresOfRows(judged);
  const judgedAuc = aucOver(truePositiveFlags(judged.labels), judgedScores, samplingWeightsAt(set, unseen));
  return {
    ...common(context, detector.header.training),
    algorithm: 'isolation_forest',
    contamination: job.settings.contamination,
    traffic_rows: traffic?.length ?? 0,
    measured_on: aside ? 'rows_kept_aside' : 'synthetic_in_sample',
    measured_rows: own.length,
    flagged_share: rounded(own.filter((score) => detector.isAnomaly(score)).length / own.length),
    roc_auc_injected: rounded(aucOver(flags, scores, all) ?? Number.NaN),
    roc_auc_judged: judgedAuc === undefined ? null : rounded(judgedAuc),
    judged_rows: unseen.length,
    importances: [],
  };
}

function common(
  { set, job, seed }: FitContext,
  training: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    training,
    seed,
    judged_samples: set.fit.length,
    held_out: set.heldOut.length,
    synthetic_only: set.fit.length === 0,
    folds: job.settings.nFolds,
  };
}

/** Out-of-fold and held-out rows with their predictions; on the first start the synthetic ones, said as such. */
function unseenBy(
  { set }: FitContext,
  outOfFold: Float64Array,
  predict: (rows: TrainingRows) => Float64Array,
  synthetic: TrainingRows,
): Unseen[] {
  if (set.fit.length === 0) {
    const samplingWeights = new Float64Array(synthetic.labels.length).fill(1);
    return [
      { split: 'synthetic_in_sample', rows: synthetic, predictions: predict(synthetic), samplingWeights },
    ];
  }
  const splits: Unseen[] = [
    {
      split: 'out_of_fold',
      rows: subsetRows(set.rows, set.fit),
      predictions: outOfFold,
      samplingWeights: samplingWeightsAt(set, set.fit),
    },
  ];
  if (set.heldOut.length > 0) {
    const rows = subsetRows(set.rows, set.heldOut);
    splits.push({
      split: 'hold_out',
      rows,
      predictions: predict(rows),
      samplingWeights: samplingWeightsAt(set, set.heldOut),
    });
  }
  return splits;
}
