import { DISPOSITIONS } from '../../alert/alert.ts';
import { BY_SIMPLICITY, CLASSIFIER_ALGORITHMS } from '../../models/classifier-learner.ts';
import type { ClassifierAlgorithm } from '../../models/learners/learners.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { fitCalibrator } from '../../trees/calibration/calibration.ts';
import type { CalibratorJson } from '../../trees/calibration/calibrator.ts';
import { TemperatureCalibrator } from '../../trees/calibration/temperature-calibrator.ts';
import { macroF1 } from '../../trees/metrics/classification-metrics.ts';
import { expectedCalibrationError } from '../../trees/metrics/probability-metrics.ts';
import { brierPerAlert, costPerAlert, predictedLabels } from '../measures/champion-comparison.ts';
import { comparePaired, type PairedComparison, resampleGroups } from '../measures/paired-bootstrap.ts';
import type { OnProgress } from '../trainer.ts';
import {
  type FoldPlan,
  type FoldPlay,
  type FoldPredictions,
  placeFold,
  planFolds,
  playFold,
  positionsWhere,
  type SelectionJob,
} from './fold-plays.ts';

const N_CLASSES = DISPOSITIONS.length;
/** Unseen rows below which a calibrator is noise and the probabilities stay as they are. */
const LEAST_CALIBRATED = 40;

/** How much worse a Brier score on the first fold ends a candidate's part in a selection. */
const HOPELESS_BRIER = 0.05;

/** Part of the selection that the first fold is taken for. */
const FIRST_ROUND = 0.3;

/** One candidate's numbers, out of fold and calibrated by a calibrator that had not seen the row; JSON. */
export interface CandidateResult {
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

export interface ModelSelection {
  readonly winner: ClassifierAlgorithm;
  /** Empty where there was none: too few judged alerts to tell candidates apart. */
  readonly table: readonly CandidateResult[];
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

/**
 * Lets the candidates predict the same grouped folds and picks the winner by expected cost. Candidates whose cost
 * is within the gate's margin of the best, under the same paired bootstrap, tie; ties go by Brier score, and where no
 * lead in it is sure, to the simpler one. Held-out rows take no part; synthetic rows are fitted on and never scored.
 *
 * Time is bounded: a candidate that is clearly worse than the best on the first fold plays no further one, which
 * spares the slow learners most of their fits. Below `selectFrom` judged alerts the random forest runs alone,
 * for its out-of-fold predictions.
 */
export function selectModel(job: SelectionJob, onProgress: OnProgress): ModelSelection {
  const plan = planFolds(job);
  const rounds = selectionRounds(job, plan);
  for (let round = rounds.next(); ; ) {
    if (round.done) return round.value;
    const { plays, from, to } = round.value;
    const played = plays.map((play, at) => {
      onProgress(`tournament: ${play.algorithm}`, from + ((to - from) * at) / plays.length);
      return playFold(job, plan, play);
    });
    round = rounds.next(played);
  }
}

/**
 * Plays that may all be played at once; `from` and `to` of 0-1 is their part of the selection. The last round has none: all
 * are played, and what is left is to choose.
 */
export interface SelectionRound {
  readonly plays: readonly FoldPlay[];
  /** Plays of the next round, as far as this one does not spare them; the likeliest first. */
  readonly mayFollow: readonly FoldPlay[];
  /** Of the last round: who will probably be chosen. */
  readonly likeliest?: ClassifierAlgorithm;
  readonly from: number;
  readonly to: number;
}

/**
 * The selection as rounds of plays: takes what each play of a round predicted, in the same order, and gives the next
 * round. Whoever plays them, here or in several threads, ends at the same.
 */
export function* selectionRounds(
  job: SelectionJob,
  plan: FoldPlan,
): Generator<SelectionRound, ModelSelection, readonly FoldPredictions[]> {
  const { set, settings } = job;
  const wanted = set.fit.length < settings.selectFrom ? ['random_forest'] : settings.candidates;
  const candidates = BY_SIMPLICITY.filter((algorithm) => wanted.includes(algorithm));
  if (candidates.length === 0) candidates.push('random_forest');
  const labels = set.fit.map((i) => set.rows.labels[i]!);
  const groups = Array.from(set.fit, (i) => set.rows.groups[i]!);
  const { folds, forward } = plan;

  const empty = (): Map<ClassifierAlgorithm, Float64Array> =>
    new Map(candidates.map((one) => [one, new Float64Array(labels.length * N_CLASSES)]));
  const raw = empty();
  const rawForward = empty();
  const furtherPlays = (of: readonly ClassifierAlgorithm[]): FoldPlay[] =>
    of.flatMap((algorithm) =>
      Array.from({ length: settings.nFolds - 1 }, (_, at) => ({ algorithm, fold: at + 1 })),
    );
  const round = function* ({ plays, mayFollow, from, to }: SelectionRound) {
    const played: readonly FoldPredictions[] = yield { plays, mayFollow, from, to };
    plays.forEach((play, at) => {
      const { algorithm } = play;
      placeFold(plan, play, played[at]!, { raw: raw.get(algorithm)!, forward: rawForward.get(algorithm)! });
    });
  };
  yield* round({
    plays: candidates.map((algorithm) => ({ algorithm, fold: 0 })),
    mayFollow: furtherPlays(CLASSIFIER_ALGORITHMS.filter((algorithm) => candidates.includes(algorithm))),
    from: 0,
    to: FIRST_ROUND,
  });
  const first = positionsWhere(folds, (own) => own === 0);
  const hopeful = hopefulAfter(first, candidates, raw, labels, groups, job);
  yield* round({ plays: furtherPlays(hopeful), mayFollow: [], from: FIRST_ROUND, to: 1 });
  const costs = hopeful.map((one) => meanLoss(costPerAlert(raw.get(one)!, labels, job.costs)));
  yield { plays: [], mayFollow: [], likeliest: hopeful[costs.indexOf(Math.min(...costs))]!, from: 1, to: 1 };

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
  const table = candidates.map((algorithm) => {
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
    table: candidates.length === 1 ? [] : table,
  };
}

/** Candidates that may still win after the first fold. */
function hopefulAfter(
  first: readonly number[],
  candidates: readonly ClassifierAlgorithm[],
  raw: ReadonlyMap<ClassifierAlgorithm, Float64Array>,
  labels: Int32Array,
  groups: readonly string[],
  { settings, seed }: SelectionJob,
): ClassifierAlgorithm[] {
  if (first.length === 0) return [...candidates];
  const y = Int32Array.from(first, (at) => labels[at]!);
  const draws = resampleGroups(
    first.map((at) => groups[at]!),
    settings.gate.resamples,
    seed,
  );
  const losses = candidates.map((one) => brierPerAlert(rowsAt(raw.get(one)!, first), y));
  const means = losses.map(meanLoss);
  const best = losses[means.indexOf(Math.min(...means))]!;
  return candidates.filter((_, at) => {
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
  job: SelectionJob,
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
    // half the gate's margin: a candidate that gives away all of it would start at the edge of refusal
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
): CandidateResult {
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
