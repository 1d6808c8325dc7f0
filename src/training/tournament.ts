import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertClassifier } from '../models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../models/classifier-learner.ts';
import { subsetRows, type TrainingRows } from '../models/training-rows.ts';
import type { CostMatrix } from '../policy/policy.ts';
import { type CalibratorJson, fitCalibrator, TemperatureCalibrator } from '../trees/calibration.ts';
import { expectedCalibrationError, macroF1 } from '../trees/metrics.ts';
import { deriveSeed } from '../trees/random.ts';
import { brierPerAlert, costPerAlert, predictedLabels } from './champion-comparison.ts';
import { fitRows, foldsOf, type LearningSet } from './learning-set.ts';
import { comparePaired, resampleGroups } from './paired-bootstrap.ts';
import type { OnProgress } from './trainer.ts';
import type { TrainingSettings } from './training-settings.ts';

const N_CLASSES = DISPOSITIONS.length;
/** Unseen rows below which a calibrator is noise and the probabilities stay as they are. */
const LEAST_CALIBRATED = 40;

/** Contestants, simplest first: a tie goes to the earlier one. */
export const CONTESTANTS: readonly ClassifierAlgorithm[] = [
  'ml_cart',
  'random_forest',
  'boosted',
  'ml_random_forest',
];

/** One contestant's numbers, out of fold and calibrated by a calibrator that had not seen the row; JSON. */
export interface ContestantResult {
  readonly algorithm: ClassifierAlgorithm;
  /** Mean cost per alert under the policy's costs; a gain is negative. */
  readonly expected_cost: number;
  readonly brier: number;
  readonly macro_f1: number;
  readonly calibration_error: number;
  readonly won: boolean;
}

export interface Tournament {
  readonly winner: ClassifierAlgorithm;
  /** Empty where there was none: too few judged alerts to tell contestants apart. */
  readonly table: readonly ContestantResult[];
  /** Of the winner, fitted on all its out-of-fold predictions. */
  readonly calibrator: CalibratorJson;
  /** (nFit x 4) of the winner, cross-fitted: nothing in a row's own fold has touched it. */
  readonly probabilities: Float64Array;
}

export interface TournamentJob {
  readonly set: LearningSet;
  readonly synthetic: TrainingRows;
  readonly costs: CostMatrix;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

/**
 * Lets the contestants predict the same grouped folds and picks the winner by expected cost. Contestants whose cost
 * is within the gate's margin of the best, under the same paired bootstrap, tie; ties go by Brier score, ties there
 * to the simpler one. Held-out rows take no part; synthetic rows are fitted on and never scored.
 *
 * Below `tournamentFrom` judged alerts the random forest runs alone, for its out-of-fold predictions.
 */
export function runTournament(job: TournamentJob, onProgress: OnProgress): Tournament {
  const { set, settings } = job;
  const contestants = set.fit.length < settings.tournamentFrom ? (['random_forest'] as const) : CONTESTANTS;
  const labels = set.fit.map((i) => set.rows.labels[i]!);
  const groups = Array.from(set.fit, (i) => set.rows.groups[i]!);
  const entries = contestants.map((algorithm, at) => {
    onProgress(`tournament: ${algorithm}`, at / contestants.length);
    const raw = outOfFoldProbabilities(job, algorithm);
    const weights = Float32Array.from(set.fit, (i) => set.rows.weights[i]!);
    return { algorithm, ...calibrated(raw, labels, weights, groups) };
  });
  const winner = pickWinner(job, entries, labels, groups);
  return {
    winner: winner.algorithm,
    calibrator: winner.calibrator,
    probabilities: winner.probabilities,
    table:
      entries.length === 1
        ? []
        : entries.map((entry) => resultOf(entry, labels, job.costs, entry === winner)),
  };
}

interface Entry {
  readonly algorithm: ClassifierAlgorithm;
  readonly probabilities: Float64Array;
  readonly calibrator: CalibratorJson;
}

/** (nFit x 4) each row by a classifier whose trees and record have not seen its group. */
function outOfFoldProbabilities(job: TournamentJob, algorithm: ClassifierAlgorithm): Float64Array {
  const { set, settings, synthetic } = job;
  const folds = foldsOf(set, settings.nFolds);
  const proba = new Float64Array(set.fit.length * N_CLASSES);
  for (let fold = 0; fold < settings.nFolds; fold++) {
    const inside = positionsWhere(folds, (own) => own === fold);
    if (inside.length === 0) continue;
    const outside = positionsWhere(folds, (own) => own !== fold);
    const model = AlertClassifier.fit(
      fitRows(
        set,
        outside.map((at) => set.fit[at]!),
        synthetic,
        settings,
      ),
      { algorithm, calibrator: 'none', seed: deriveSeed(job.seed, fold) },
    );
    const predicted = model.rawProbabilitiesOfRows(
      subsetRows(
        set.rows,
        inside.map((at) => set.fit[at]!),
      ),
    );
    inside.forEach((at, i) => {
      proba.set(predicted.subarray(i * N_CLASSES, (i + 1) * N_CLASSES), at * N_CLASSES);
    });
  }
  return proba;
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
): Pick<Entry, 'probabilities' | 'calibrator'> {
  if (labels.length < LEAST_CALIBRATED || new Set(groups).size < LEAST_CALIBRATED) {
    return { probabilities: raw, calibrator: TemperatureCalibrator.identity(N_CLASSES).toJSON() };
  }
  const { calibrator, crossFitted } = fitCalibrator(raw, labels, N_CLASSES, { weights, groups });
  return { probabilities: crossFitted, calibrator: calibrator.toJSON() };
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
    margin: number,
  ): Entry[] => {
    const losses = candidates.map(lossOf);
    const means = losses.map((loss) => loss.reduce((sum, value) => sum + value, 0) / loss.length);
    const best = means.indexOf(Math.min(...means));
    const meanOf =
      (loss: Float64Array) =>
      (weights: Float64Array): number | undefined => {
        let sum = 0;
        let total = 0;
        for (let i = 0; i < loss.length; i++) {
          sum += weights[i]! * loss[i]!;
          total += weights[i]!;
        }
        return total === 0 ? undefined : sum / total;
      };
    return candidates.filter((_, at) => {
      if (at === best) return true;
      const compared = comparePaired(
        {
          name: 'loss',
          margin,
          higherIsBetter: false,
          champion: meanOf(losses[best]!),
          challenger: meanOf(losses[at]!),
        },
        draws,
      );
      return compared !== undefined && compared.beyond_margin < gate.refuseAt && compared.worse <= margin;
    });
  };
  const byCost = tiedWithBest(
    entries,
    ({ probabilities }) => costPerAlert(probabilities, labels, job.costs),
    gate.costMargin * job.costs.false_alarm,
  );
  // half the gate's margin: a contestant that gives away all of it would start at the edge of refusal
  const byBrier = tiedWithBest(
    byCost,
    ({ probabilities }) => brierPerAlert(probabilities, labels),
    gate.brierMargin / 2,
  );
  return byBrier[0]!;
}

function resultOf(entry: Entry, labels: Int32Array, costs: CostMatrix, won: boolean): ContestantResult {
  const mean = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    algorithm: entry.algorithm,
    expected_cost: mean(costPerAlert(entry.probabilities, labels, costs)),
    brier: mean(brierPerAlert(entry.probabilities, labels)),
    macro_f1: macroF1(labels, predictedLabels(entry.probabilities)),
    calibration_error: expectedCalibrationError(labels, entry.probabilities),
    won,
  };
}
