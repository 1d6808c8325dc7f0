import { DISPOSITIONS } from '../../alert/alert.ts';
import { prequentialRecord } from '../../features/prequential-record.ts';
import { N_RECORD_COLUMNS } from '../../features/record-shares.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { BY_SIMPLICITY } from '../../models/classifier-learner.ts';
import type { ClassifierAlgorithm } from '../../models/learners/learners.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { fitCalibrator } from '../../trees/calibration/calibration.ts';
import type { CalibratorJson } from '../../trees/calibration/calibrator.ts';
import { TemperatureCalibrator } from '../../trees/calibration/temperature-calibrator.ts';
import { macroF1 } from '../../trees/metrics/classification-metrics.ts';
import { expectedCalibrationError } from '../../trees/metrics/probability-metrics.ts';
import { deriveSeed } from '../../trees/random.ts';
import { fitRows, foldsOf, type LearningSet } from '../dataset/learning-set.ts';
import { brierPerAlert, costPerAlert, predictedLabels } from '../measures/champion-comparison.ts';
import { comparePaired, type PairedComparison, resampleGroups } from '../measures/paired-bootstrap.ts';
import type { OnProgress } from '../trainer.ts';
import type { TrainingSettings } from '../training-settings.ts';

const N_CLASSES = DISPOSITIONS.length;
/** Unseen rows below which a calibrator is noise and the probabilities stay as they are. */
const LEAST_CALIBRATED = 40;

/** How much worse a Brier score on the first fold ends a contestant's tournament. */
const HOPELESS_BRIER = 0.05;

/** One contestant's numbers, out of fold and calibrated by a calibrator that had not seen the row; JSON. */
export interface ContestantResult {
  readonly algorithm: ClassifierAlgorithm;
  /** Mean cost per alert under the policy's costs; a gain is negative. */
  readonly expected_cost: number;
  readonly brier: number;
  readonly macro_f1: number;
  readonly calibration_error: number;
  /** Folds it played: one where it was hopeless after the first; its numbers are then of that fold alone. */
  readonly folds: number;
  readonly won: boolean;
}

export interface Tournament {
  readonly winner: ClassifierAlgorithm;
  /** Empty where there was none: too few judged alerts to tell contestants apart. */
  readonly table: readonly ContestantResult[];
  /** Of the winner, fitted on all its predictions of {@link forward}. */
  readonly calibrator: CalibratorJson;
  /** (nFit x 4) of the winner, cross-fitted: nothing in a row's own fold has touched it. */
  readonly probabilities: Float64Array;
  /** What later alerts are promised by: thresholds and conformal sets are set on these. */
  readonly forward: ForwardPredictions;
}

/**
 * Predictions of the winner as serving would have made them: by trees that have not seen the row's fold, with the
 * record of what had been judged when the row was scored. Where times do not tell, those out of fold.
 */
export interface ForwardPredictions {
  readonly kind: 'prequential' | 'out_of_fold';
  /** Positions in `fit`, ascending. */
  readonly positions: Int32Array;
  /** (nPositions x 4), calibrated and cross-fitted. */
  readonly probabilities: Float64Array;
}

/** Judged alerts behind a record from which on a row counts as scored by a release that had learned. */
const LEAST_KNOWN = 100;
/** Share of the rows that must have been scored so, or times do not tell. */
const LEAST_FORWARD = 0.5;

export interface TournamentJob {
  readonly set: LearningSet;
  readonly synthetic: TrainingRows;
  readonly costs: CostMatrix;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

/**
 * Lets the contestants predict the same grouped folds and picks the winner by expected cost. Contestants whose cost
 * is within the gate's margin of the best, under the same paired bootstrap, tie; ties go by Brier score, and where no
 * lead in it is sure, to the simpler one. Held-out rows take no part; synthetic rows are fitted on and never scored.
 *
 * Time is bounded: a contestant that is clearly worse than the best on the first fold plays no further one, which
 * spares the slow learners most of their fits. Below `tournamentFrom` judged alerts the random forest runs alone,
 * for its out-of-fold predictions.
 */
export function runTournament(job: TournamentJob, onProgress: OnProgress): Tournament {
  const { set, settings } = job;
  const wanted = set.fit.length < settings.tournamentFrom ? ['random_forest'] : settings.contestants;
  const contestants = BY_SIMPLICITY.filter((algorithm) => wanted.includes(algorithm));
  if (contestants.length === 0) contestants.push('random_forest');
  const labels = set.fit.map((i) => set.rows.labels[i]!);
  const groups = Array.from(set.fit, (i) => set.rows.groups[i]!);
  const folds = foldsOf(set, settings.nFolds);

  const empty = (): Map<ClassifierAlgorithm, Float64Array> =>
    new Map(contestants.map((one) => [one, new Float64Array(labels.length * N_CLASSES)]));
  const raw = empty();
  const forward = forwardRecord(set, folds);
  const rawForward = empty();
  const play = (algorithm: ClassifierAlgorithm, fold: number): void =>
    predictFold(job, algorithm, folds, fold, raw.get(algorithm)!, {
      record: forward?.columns,
      proba: rawForward.get(algorithm)!,
    });
  contestants.forEach((algorithm, at) => {
    onProgress(`tournament: ${algorithm}`, (0.3 * at) / contestants.length);
    play(algorithm, 0);
  });
  const first = positionsWhere(folds, (own) => own === 0);
  const hopeful = hopefulAfter(first, contestants, raw, labels, groups, job);
  hopeful.forEach((algorithm, at) => {
    for (let fold = 1; fold < settings.nFolds; fold++) {
      onProgress(`tournament: ${algorithm}`, 0.3 + (0.7 * (at + fold / settings.nFolds)) / hopeful.length);
      play(algorithm, fold);
    }
  });

  const weights = Float32Array.from(set.fit, (i) => set.rows.weights[i]!);
  const entries = hopeful.map((algorithm) => ({
    algorithm,
    ...calibrated(
      raw.get(algorithm)!,
      labels,
      weights,
      groups,
      forward && { positions: forward.positions, raw: rawForward.get(algorithm)! },
    ),
  }));
  const winner = pickWinner(job, entries, labels, groups);
  const table = contestants.map((algorithm) => {
    const entry = entries.find((one) => one.algorithm === algorithm);
    if (entry) return resultOf(entry, labels, job.costs, settings.nFolds, entry === winner);
    const probabilities = rowsAt(raw.get(algorithm)!, first);
    const onFirst = Int32Array.from(first, (at) => labels[at]!);
    return resultOf({ algorithm, probabilities }, onFirst, job.costs, 1, false);
  });
  return {
    winner: winner.algorithm,
    calibrator: winner.calibrator,
    probabilities: winner.probabilities,
    forward: winner.forward,
    table: contestants.length === 1 ? [] : table,
  };
}

/** Contestants that may still win after the first fold. */
function hopefulAfter(
  first: readonly number[],
  contestants: readonly ClassifierAlgorithm[],
  raw: ReadonlyMap<ClassifierAlgorithm, Float64Array>,
  labels: Int32Array,
  groups: readonly string[],
  { settings, seed }: TournamentJob,
): ClassifierAlgorithm[] {
  if (first.length === 0) return [...contestants];
  const y = Int32Array.from(first, (at) => labels[at]!);
  const draws = resampleGroups(
    first.map((at) => groups[at]!),
    settings.gate.resamples,
    seed,
  );
  const losses = contestants.map((one) => brierPerAlert(rowsAt(raw.get(one)!, first), y));
  const means = losses.map(meanLoss);
  const best = losses[means.indexOf(Math.min(...means))]!;
  return contestants.filter((_, at) => {
    const compared = compareLosses(best, losses[at]!, HOPELESS_BRIER, draws);
    return compared === undefined || compared.beyond_margin < settings.gate.refuseAt;
  });
}

function rowsAt(proba: Float64Array, positions: readonly number[]): Float64Array {
  const rows = new Float64Array(positions.length * N_CLASSES);
  positions.forEach((at, i) => {
    rows.set(proba.subarray(at * N_CLASSES, (at + 1) * N_CLASSES), i * N_CLASSES);
  });
  return rows;
}

function meanLoss(losses: Float64Array): number {
  return losses.reduce((sum, value) => sum + value, 0) / losses.length;
}

/** How much worse the second losses are than the first, alert by alert. */
function compareLosses(
  best: Float64Array,
  other: Float64Array,
  margin: number,
  draws: readonly Float64Array[],
): PairedComparison | undefined {
  const meanOf =
    (losses: Float64Array) =>
    (weights: Float64Array): number | undefined => {
      let sum = 0;
      let total = 0;
      for (let i = 0; i < losses.length; i++) {
        sum += weights[i]! * losses[i]!;
        total += weights[i]!;
      }
      return total === 0 ? undefined : sum / total;
    };
  const measure = { name: 'loss', margin, higherIsBetter: false };
  return comparePaired({ ...measure, champion: meanOf(best), challenger: meanOf(other) }, draws);
}

interface Entry {
  readonly algorithm: ClassifierAlgorithm;
  readonly probabilities: Float64Array;
  readonly calibrator: CalibratorJson;
  readonly forward: ForwardPredictions;
}

/** The record each fit row had when it was scored; `undefined` where too few had one, or times are not known. */
function forwardRecord(
  { rows, fit, judgedAtMs }: LearningSet,
  folds: Int32Array,
): { readonly columns: Float32Array; readonly positions: Int32Array } | undefined {
  if (judgedAtMs === undefined || fit.length === 0) return undefined;
  const { columns, nKnown } = prequentialRecord(
    Array.from(fit, (i) => rows.recordKeys[i]!),
    fit.map((i) => rows.labels[i]!),
    Float64Array.from(fit, (i) => rows.weights[i]!),
    {
      folds,
      scoredAtMs: Float64Array.from(fit, (i) => rows.occurredAtMs[i]!),
      judgedAtMs: Float64Array.from(fit, (i) => judgedAtMs[i]!),
    },
  );
  const positions = Int32Array.from(fit.keys()).filter((at) => nKnown[at]! >= LEAST_KNOWN);
  return positions.length >= LEAST_FORWARD * fit.length ? { columns, positions } : undefined;
}

/** Writes the rows of one fold, by a classifier whose trees and record have not seen their groups. */
function predictFold(
  job: TournamentJob,
  algorithm: ClassifierAlgorithm,
  folds: Int32Array,
  fold: number,
  proba: Float64Array,
  forward: { readonly record: Float32Array | undefined; readonly proba: Float64Array },
): void {
  const { set, settings, synthetic } = job;
  const positionsOf = (wanted: (own: number) => boolean): number[] =>
    positionsWhere(folds, wanted).map((at) => set.fit[at]!);
  const inside = positionsWhere(folds, (own) => own === fold);
  if (inside.length === 0) return;
  const rows = fitRows(
    set,
    positionsOf((own) => own !== fold),
    synthetic,
    settings,
  );
  const model = AlertClassifier.fit(rows, {
    algorithm,
    calibrator: 'none',
    seed: deriveSeed(job.seed, fold),
  });
  const own = subsetRows(
    set.rows,
    positionsOf((one) => one === fold),
  );
  const write = (predicted: Float64Array, to: Float64Array): void =>
    inside.forEach((at, i) => {
      to.set(predicted.subarray(i * N_CLASSES, (i + 1) * N_CLASSES), at * N_CLASSES);
    });
  write(model.rawProbabilitiesOfRows(own), proba);
  const { record } = forward;
  if (record === undefined) return;
  const ownRecord = new Float32Array(inside.length * N_RECORD_COLUMNS);
  inside.forEach((at, i) => {
    ownRecord.set(record.subarray(at * N_RECORD_COLUMNS, (at + 1) * N_RECORD_COLUMNS), i * N_RECORD_COLUMNS);
  });
  write(model.rawProbabilitiesWithRecord(own, ownRecord), forward.proba);
}

export function positionsWhere(folds: Int32Array, wanted: (fold: number) => boolean): number[] {
  const positions: number[] = [];
  for (let at = 0; at < folds.length; at++) if (wanted(folds[at]!)) positions.push(at);
  return positions;
}

function calibrated(
  raw: Float64Array,
  labels: Int32Array,
  weights: Float32Array,
  groups: readonly string[],
  forward: { readonly positions: Int32Array; readonly raw: Float64Array } | undefined,
): Omit<Entry, 'algorithm'> {
  const everywhere = Int32Array.from(labels.keys());
  const outOfFold = (probabilities: Float64Array): ForwardPredictions => ({
    kind: 'out_of_fold',
    positions: everywhere,
    probabilities,
  });
  if (labels.length < LEAST_CALIBRATED || new Set(groups).size < LEAST_CALIBRATED) {
    const calibrator = TemperatureCalibrator.identity(N_CLASSES).toJSON();
    return { probabilities: raw, calibrator, forward: outOfFold(raw) };
  }
  const forwardGroups = new Set(forward && Array.from(forward.positions, (at) => groups[at]!));
  if (forward === undefined || forwardGroups.size < LEAST_CALIBRATED) {
    const { calibrator, crossFitted } = fitCalibrator(raw, labels, N_CLASSES, { weights, groups });
    return { probabilities: crossFitted, calibrator: calibrator.toJSON(), forward: outOfFold(crossFitted) };
  }
  // Rows that no release had learned enough for count for nothing; they are calibrated like the others.
  const isForward = new Uint8Array(labels.length);
  for (const at of forward.positions) isForward[at] = 1;
  const { calibrator, crossFitted, alike } = fitCalibrator(forward.raw, labels, N_CLASSES, {
    weights: weights.map((weight, at) => (isForward[at] === 1 ? weight : 0)),
    groups,
    alike: raw,
  });
  const positions = Array.from(forward.positions);
  return {
    probabilities: alike ?? raw,
    calibrator: calibrator.toJSON(),
    forward: {
      kind: 'prequential',
      positions: forward.positions,
      probabilities: rowsAt(crossFitted, positions),
    },
  };
}

function pickWinner(
  job: TournamentJob,
  entries: readonly Entry[],
  labels: Int32Array,
  groups: readonly string[],
): Entry {
  const { gate } = job.settings;
  const draws = resampleGroups(groups, gate.resamples, job.seed);
  const tiedWithBest = (
    candidates: readonly Entry[],
    lossOf: (entry: Entry) => Float64Array,
    { margin, atMost }: { readonly margin: number; readonly atMost: number },
  ): Entry[] => {
    const losses = candidates.map(lossOf);
    const means = losses.map(meanLoss);
    const best = means.indexOf(Math.min(...means));
    return candidates.filter((_, at) => {
      if (at === best) return true;
      const compared = compareLosses(losses[best]!, losses[at]!, margin, draws);
      return compared !== undefined && compared.beyond_margin < gate.refuseAt && compared.worse <= atMost;
    });
  };
  const costMargin = gate.costMargin * job.costs.false_alarm;
  const byCost = tiedWithBest(
    entries,
    ({ probabilities }) => costPerAlert(probabilities, labels, job.costs),
    { margin: costMargin, atMost: costMargin },
  );
  // On many alerts a small lead is a sure one and counts; on few, whoever leads leads by chance.
  const byBrier = tiedWithBest(
    byCost,
    ({ probabilities }) => brierPerAlert(probabilities, labels),
    // half the gate's margin: a contestant that gives away all of it would start at the edge of refusal
    { margin: 0, atMost: gate.brierMargin / 2 },
  );
  return byBrier[0]!;
}

function resultOf(
  entry: Pick<Entry, 'algorithm' | 'probabilities'>,
  labels: Int32Array,
  costs: CostMatrix,
  folds: number,
  won: boolean,
): ContestantResult {
  return {
    algorithm: entry.algorithm,
    expected_cost: meanLoss(costPerAlert(entry.probabilities, labels, costs)),
    brier: meanLoss(brierPerAlert(entry.probabilities, labels)),
    macro_f1: macroF1(labels, predictedLabels(entry.probabilities)),
    calibration_error: expectedCalibrationError(labels, entry.probabilities),
    folds,
    won,
  };
}
