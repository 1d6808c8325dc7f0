import { DISPOSITIONS } from '../../alert/alert.ts';
import { LEAST_KNOWN, prequentialRecord } from '../../features/prequential-record.ts';
import { N_RECORD_COLUMNS } from '../../features/record-shares.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../../models/learners/learners.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { deriveSeed } from '../../trees/random.ts';
import { fitRows, foldsOf, type LearningSet } from '../dataset/learning-set.ts';
import type { TrainingSettings } from '../training-settings.ts';

const N_CLASSES = DISPOSITIONS.length;
/** Share of the rows that must have been scored so, or times do not tell. */
const LEAST_FORWARD = 0.5;

export interface SelectionJob {
  readonly set: LearningSet;
  readonly synthetic: TrainingRows;
  readonly costs: CostMatrix;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

/** A candidate predicts one fold by what it learns of the others. No play depends on another. */
export interface FoldPlay {
  readonly algorithm: ClassifierAlgorithm;
  readonly fold: number;
}

/** What a play predicted of the rows of its fold, in the order of `fit`; (nFold x 4) each, uncalibrated. */
export interface FoldPredictions {
  readonly outOfFold: Float64Array;
  /** With the record of what had been judged when the row was scored; undefined where times do not tell. */
  readonly forward: Float64Array | undefined;
}

/** How the rows of a selection are dealt. */
export interface FoldPlan {
  /** (nFit,) fold of each. */
  readonly folds: Int32Array;
  /** Where times tell: (nFit x nRecord) columns, and the positions whose record was known. */
  readonly forward: { readonly columns: Float32Array; readonly positions: Int32Array } | undefined;
}

export function planFolds({ set, settings }: Pick<SelectionJob, 'set' | 'settings'>): FoldPlan {
  const folds = foldsOf(set, settings.nFolds);
  return { folds, forward: forwardRecord(set, folds) };
}

/** The record each fit row had when it was scored; `undefined` where too few had one, or times are not known. */
function forwardRecord({ rows, fit }: LearningSet, folds: Int32Array): FoldPlan['forward'] {
  const { judgedAtMs } = rows;
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

/** Predicts the rows of one fold, by a classifier whose trees and record have not seen their groups. */
export function playFold(
  job: SelectionJob,
  { folds, forward }: FoldPlan,
  { algorithm, fold }: FoldPlay,
): FoldPredictions {
  const { set, settings, synthetic } = job;
  const positionsOf = (wanted: (own: number) => boolean): number[] =>
    positionsWhere(folds, wanted).map((at) => set.fit[at]!);
  const inside = positionsWhere(folds, (own) => own === fold);
  if (inside.length === 0) return { outOfFold: new Float64Array(0), forward: undefined };
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
  const outOfFold = model.rawProbabilitiesOfRows(own);
  if (forward === undefined) return { outOfFold, forward: undefined };
  const ownRecord = new Float32Array(inside.length * N_RECORD_COLUMNS);
  inside.forEach((at, i) => {
    ownRecord.set(
      forward.columns.subarray(at * N_RECORD_COLUMNS, (at + 1) * N_RECORD_COLUMNS),
      i * N_RECORD_COLUMNS,
    );
  });
  return { outOfFold, forward: model.rawProbabilitiesWithRecord(own, ownRecord) };
}

/** Puts what a play predicted where its rows stand among all. */
export function placeFold(
  { folds }: FoldPlan,
  { fold }: FoldPlay,
  { outOfFold, forward }: FoldPredictions,
  to: { readonly raw: Float64Array; readonly forward: Float64Array },
): void {
  positionsWhere(folds, (own) => own === fold).forEach((at, i) => {
    to.raw.set(outOfFold.subarray(i * N_CLASSES, (i + 1) * N_CLASSES), at * N_CLASSES);
    if (forward !== undefined)
      to.forward.set(forward.subarray(i * N_CLASSES, (i + 1) * N_CLASSES), at * N_CLASSES);
  });
}

export function positionsWhere(folds: Int32Array, wanted: (fold: number) => boolean): number[] {
  const positions: number[] = [];
  for (let at = 0; at < folds.length; at++) if (wanted(folds[at]!)) positions.push(at);
  return positions;
}
