import { DISPOSITIONS } from '../../alert/alert.ts';
import { ATTACK_SHARES, attackProbability, truePositiveFlags } from '../../alert/disposition.ts';
import { decisionThreshold, outcomeCost } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { macroF1 } from '../../trees/metrics/classification-metrics.ts';
import { expectedCalibrationError } from '../../trees/metrics/probability-metrics.ts';
import { rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { r2Score } from '../../trees/metrics/regression-metrics.ts';
import type { GateSettings } from '../training-settings.ts';
import {
  comparePaired,
  lowerBound,
  type PairedComparison,
  type PairedMeasure,
  resampleGroups,
} from './paired-bootstrap.ts';

const N_CLASSES = DISPOSITIONS.length;

/** The alerts that two models are compared over; arrays of one length n. */
export interface ComparedAlerts {
  /** (n,) index into DISPOSITIONS. */
  readonly labels: Int32Array;
  /** (n,) 0-100 as judged, NaN where not given. */
  readonly risk: Float64Array;
  readonly groups: readonly string[];
  /** (n,) how many alerts each stands for; left out: itself alone. */
  readonly samplingWeights?: Float64Array;
}

/** Draws to compare over, every alert with what it stands for: the same for every measure and pair of models. */
export function drawsOf(alerts: ComparedAlerts, gate: GateSettings, seed: number): Float64Array[] {
  return resampleGroups(alerts.groups, gate.resamples, seed, alerts.samplingWeights);
}

/**
 * The same draws with every alert as itself alone. For telling whether anything was learned at all: that needs no
 * picture of the traffic, and heavy audit samples would only blur it.
 */
export function plainDrawsOf(alerts: ComparedAlerts, gate: GateSettings, seed: number): Float64Array[] {
  return resampleGroups(alerts.groups, gate.resamples, seed);
}

/**
 * As many equally weighted alerts would know as much as these (Kish): their number, less where some stand for many.
 */
export function effectiveSampleSize(alerts: Pick<ComparedAlerts, 'labels' | 'samplingWeights'>): number {
  const { labels, samplingWeights } = alerts;
  if (samplingWeights === undefined || labels.length === 0) return labels.length;
  const total = samplingWeights.reduce((sum, weight) => sum + weight, 0);
  return total ** 2 / samplingWeights.reduce((sum, weight) => sum + weight ** 2, 0);
}

/** Alerts that only the audit sample brought before a person. */
export function auditedAlerts(samplingWeights: Float64Array | undefined): number {
  return samplingWeights?.reduce((sum, weight) => sum + (weight > 1 ? 1 : 0), 0) ?? 0;
}

/** Sum of squared errors over the four probabilities of each alert, 0-2. */
export function brierPerAlert(probabilities: Float64Array, labels: Int32Array): Float64Array {
  return Float64Array.from(labels, (label, i) => {
    let sum = 0;
    for (let c = 0; c < N_CLASSES; c++)
      sum += (probabilities[i * N_CLASSES + c]! - (c === label ? 1 : 0)) ** 2;
    return sum;
  });
}

/** What each alert costs under the decision threshold of `costs`. */
export function costPerAlert(
  probabilities: Float64Array,
  labels: Int32Array,
  costs: CostMatrix,
): Float64Array {
  return costOfDecisions(closedAtThreshold(probabilities, costs), labels, costs);
}

/** (n,) 1 where closing is the cheaper mistake by the probabilities (n x 4) alone. */
export function closedAtThreshold(probabilities: Float64Array, costs: CostMatrix): Uint8Array {
  const closeBelow = decisionThreshold(costs);
  return Uint8Array.from({ length: probabilities.length / N_CLASSES }, (_, i) =>
    Number(attackProbability(probabilities, i * N_CLASSES) < closeBelow),
  );
}

function costOfDecisions(closed: Uint8Array, labels: Int32Array, costs: CostMatrix): Float64Array {
  return Float64Array.from(labels, (label, i) => outcomeCost(closed[i] === 1, ATTACK_SHARES[label]!, costs));
}

/** What a classifier says of the compared alerts, and what it would do. */
export interface ClassifierWords {
  /** (n x 4) */
  readonly probabilities: Float64Array;
  /** (n,) 1 where it would close the alert. */
  readonly closed: Uint8Array;
}

export function predictedLabels(probabilities: Float64Array): Int32Array {
  const predicted = new Int32Array(probabilities.length / N_CLASSES);
  for (let i = 0; i < predicted.length; i++) {
    for (let c = 1; c < N_CLASSES; c++) {
      if (probabilities[i * N_CLASSES + c]! > probabilities[i * N_CLASSES + predicted[i]!]!) predicted[i] = c;
    }
  }
  return predicted;
}

/** Mean under weights; `undefined` where the weights are all 0. */
function weightedMean(values: Float64Array, weights: Float64Array): number | undefined {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return total === 0 ? undefined : sum / total;
}

/**
 * How much wider the margins of macro-F1 and calibration error are on `n` alerts. Both rest on cut-offs, so on a
 * hundred alerts they move by several hundredths between two equal forests; cost and Brier score do not.
 */
function sharpnessOf(n: number): number {
  return 0.5 / Math.sqrt(Math.max(1, n));
}

/** The classifier's numbers: expected cost of what would be closed, Brier score, macro-F1 and calibration error, all paired. */
export function compareClassifiers(
  alerts: ComparedAlerts,
  { probabilities: champion, closed: championCloses }: ClassifierWords,
  { probabilities: challenger, closed: challengerCloses }: ClassifierWords,
  costs: CostMatrix,
  gate: GateSettings,
  draws: readonly Float64Array[],
): PairedComparison[] {
  const { labels } = alerts;
  const sharpness = sharpnessOf(effectiveSampleSize(alerts));
  const mean =
    (values: Float64Array) =>
    (weights: Float64Array): number | undefined =>
      weightedMean(values, weights);
  const f1 =
    (predicted: Int32Array) =>
    (weights: Float64Array): number =>
      macroF1(labels, predicted, weights);
  const calibration =
    (probabilities: Float64Array) =>
    (weights: Float64Array): number =>
      expectedCalibrationError(labels, probabilities, 10, weights);
  const measures: PairedMeasure[] = [
    {
      name: 'expected_cost',
      margin: gate.costMargin * costs.false_alarm,
      higherIsBetter: false,
      champion: mean(costOfDecisions(championCloses, labels, costs)),
      challenger: mean(costOfDecisions(challengerCloses, labels, costs)),
    },
    {
      name: 'brier',
      margin: gate.brierMargin,
      higherIsBetter: false,
      champion: mean(brierPerAlert(champion, labels)),
      challenger: mean(brierPerAlert(challenger, labels)),
    },
    {
      name: 'macro_f1',
      margin: gate.macroF1Margin + sharpness,
      higherIsBetter: true,
      champion: f1(predictedLabels(champion)),
      challenger: f1(predictedLabels(challenger)),
    },
    {
      name: 'calibration_error',
      margin: gate.calibrationMargin + sharpness,
      higherIsBetter: false,
      champion: calibration(champion),
      challenger: calibration(challenger),
    },
  ];
  return measures.flatMap((measure) => comparePaired(measure, draws) ?? []);
}

/** The scorer's number: R2 where enough risk scores were given, else ROC-AUC of the risk for true_positive. */
export function compareScorers(
  alerts: ComparedAlerts,
  champion: Float64Array,
  challenger: Float64Array,
  gate: GateSettings,
  draws: readonly Float64Array[],
): PairedComparison | undefined {
  const given = givenRisks(alerts);
  if (given.length >= gate.minGivenRisks) {
    const measure: Omit<PairedMeasure, 'champion' | 'challenger'> = {
      name: 'r2',
      margin: gate.r2Margin,
      higherIsBetter: true,
    };
    return comparePaired(
      {
        ...measure,
        champion: r2Over(given, alerts.risk, champion),
        challenger: r2Over(given, alerts.risk, challenger),
      },
      draws,
    );
  }
  const isAttack = truePositiveFlags(alerts.labels);
  return comparePaired(
    {
      name: 'roc_auc',
      margin: gate.aucMargin,
      higherIsBetter: true,
      champion: (weights) => aucOver(isAttack, champion, weights),
      challenger: (weights) => aucOver(isAttack, challenger, weights),
    },
    draws,
  );
}

function givenRisks(alerts: ComparedAlerts): number[] {
  return [...alerts.risk.keys()].filter((i) => !Number.isNaN(alerts.risk[i]));
}

function r2Over(
  given: readonly number[],
  risk: Float64Array,
  predicted: Float64Array,
): (weights: Float64Array) => number | undefined {
  const y = Float64Array.from(given, (i) => risk[i]!);
  const p = Float64Array.from(given, (i) => predicted[i]!);
  return (weights) => {
    const w = Float64Array.from(given, (i) => weights[i]!);
    const first = y.find((_, i) => w[i]! > 0);
    // R2 has no value where all drawn targets are equal
    return y.some((value, i) => w[i]! > 0 && value !== first) ? r2Score(y, p, w) : undefined;
  };
}

/** ROC-AUC under weights; `undefined` where only one side was drawn. */
export function aucOver(flags: Int32Array, scores: Float64Array, weights: Float64Array): number | undefined {
  let positives = 0;
  let negatives = 0;
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === 1) positives += weights[i]!;
    else negatives += weights[i]!;
  }
  return positives > 0 && negatives > 0 ? rocAuc(flags, scores, weights) : undefined;
}

/** What a model knows beyond the class shares, with the lower bound of it; > 0 means it has learned something. */
export interface Skill {
  readonly value: number;
  readonly low: number;
}

/** Brier score of always answering the class shares, minus the model's; `undefined` where one class was judged. */
export function classifierSkill(
  alerts: ComparedAlerts,
  probabilities: Float64Array,
  confidence: number,
  draws: readonly Float64Array[],
): Skill | undefined {
  if (new Set(alerts.labels).size < 2) return undefined;
  const brier = brierPerAlert(probabilities, alerts.labels);
  return lowerBound(
    (weights) => {
      const shares = new Float64Array(N_CLASSES);
      let total = 0;
      for (let i = 0; i < weights.length; i++) {
        shares[alerts.labels[i]!]! += weights[i]!;
        total += weights[i]!;
      }
      const own = weightedMean(brier, weights);
      if (own === undefined) return undefined;
      return 1 - shares.reduce((sum, share) => sum + (share / total) ** 2, 0) - own;
    },
    draws,
    confidence,
  );
}

/** ROC-AUC of the risk for true_positive, less the 0.5 of a coin; `undefined` without both sides. */
export function scorerSkill(
  alerts: ComparedAlerts,
  risk: Float64Array,
  confidence: number,
  draws: readonly Float64Array[],
): Skill | undefined {
  const flags = truePositiveFlags(alerts.labels);
  return lowerBound(
    (weights) => {
      const auc = aucOver(flags, risk, weights);
      return auc === undefined ? undefined : auc - 0.5;
    },
    draws,
    confidence,
  );
}
