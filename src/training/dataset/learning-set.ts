import { DISPOSITIONS, SEVERITIES } from '../../alert/alert.ts';
import { EMPTY_CONTEXT } from '../../alert/context.ts';
import { labelOf } from '../../alert/disposition.ts';
import { snapshotOf } from '../../features/alert-feature-extractor.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../../features/feature-catalog.ts';
import { concatRows, subsetRows, type TrainingRows, trainingRowsOf } from '../../models/training-rows.ts';
import { auditWeight } from '../../policy/audit-sample.ts';
import { generateSyntheticAlerts } from '../synthetic/synthetic-alerts.ts';
import type { TrainingSettings } from '../training-settings.ts';
import type { Dataset, DatasetRow } from './dataset.ts';
import { foldOf, isHeldOut } from './holdout.ts';
import type { Judged } from './judgements.ts';

const N_CLASSES = DISPOSITIONS.length;

/** The judged alerts that teach, as rows; position `i` is the same row everywhere. */
export interface LearningSet {
  readonly rows: TrainingRows;
  /** (n,) position of each row in `Dataset.rows`, ascending. */
  readonly datasetRows: Int32Array;
  /** Positions that may enter a fit, ascending; the others are held out. */
  readonly fit: Int32Array;
  readonly heldOut: Int32Array;
  /** (n,) how many alerts each row stands for where something is measured, more than 1 for an audit sample; left out: 1. */
  readonly samplingWeights?: Float64Array;
  /** (nClasses,) judged alerts that may enter a fit. */
  readonly judgedPerClass: Int32Array;
}

const DAY_MS = 86_400_000;
/** How long a judgement takes where its time was not kept: an old case brought in has the time of the import. */
export const JUDGEMENT_DELAY_MS = DAY_MS;
/** A judgement received later than this after its alert is an old case brought in. */
const LIVE_WITHIN_MS = 30 * DAY_MS;

/** When a judgement was given, as it says itself. */
export interface JudgementTime {
  readonly atMs: number;
  /** Whether its vendor says so; else it is the time of receipt. */
  readonly isVendors: boolean;
}

/** Of the latest judgement of a row. */
function judgementTimeOf({ votes }: DatasetRow): JudgementTime {
  let latest: JudgementTime = { atMs: Number.NEGATIVE_INFINITY, isVendors: false };
  for (const { closedAt, at } of votes) {
    const atMs = Date.parse(closedAt ?? at);
    if (atMs > latest.atMs) latest = { atMs, isVendors: closedAt !== undefined };
  }
  return latest;
}

/**
 * When an alert that occurred at `occurredAtMs` was judged: at its vendor's time, else at receipt. A receipt more than
 * a month after the alert is that of an old case brought in, and no judgement comes before its alert: there
 * {@link JUDGEMENT_DELAY_MS} is taken.
 */
export function judgedTimeOf(occurredAtMs: number, { atMs, isVendors }: JudgementTime): number {
  const isTold = atMs >= occurredAtMs && (isVendors || atMs - occurredAtMs <= LIVE_WITHIN_MS);
  return isTold ? atMs : occurredAtMs + JUDGEMENT_DELAY_MS;
}

/** Rows of the judgements that teach, in this build's catalogue. `dataset` has been overlaid by this build. */
export function learningSetOf(dataset: Dataset, judged: Judged): LearningSet {
  const { taught } = judged;
  const n = taught.length;
  const nColumns = STATELESS_NAMES.length;
  const X = new Float32Array(n * nColumns);
  for (let i = 0; i < n; i++) {
    // an overlaid set starts with this build's own columns
    X.set(dataset.rows[taught[i]!.index]!.columns.subarray(0, nColumns), i * nColumns);
  }
  const rowAt = (i: number) => dataset.rows[taught[i]!.index]!;
  const labels = Int32Array.from(taught, ({ disposition }) => labelOf(disposition));
  const rows: TrainingRows = {
    catalogId: CATALOG_ID,
    columnNames: STATELESS_NAMES,
    X,
    recordKeys: taught.map(({ index }) => dataset.rows[index]!.recordKeys),
    labels,
    risk: Float32Array.from(taught, ({ risk }) => risk),
    weights: Float32Array.from(taught, ({ weight }) => weight),
    groups: taught.map(({ index }) => dataset.rows[index]!.group),
    synthetic: new Uint8Array(n),
    severity: Uint8Array.from({ length: n }, (_, i) => SEVERITIES.indexOf(rowAt(i).severity)),
    occurredAtMs: Float64Array.from({ length: n }, (_, i) => rowAt(i).occurredAtMs),
    judgedAtMs: Float64Array.from({ length: n }, (_, i) =>
      judgedTimeOf(rowAt(i).occurredAtMs, judgementTimeOf(rowAt(i))),
    ),
  };
  const fit: number[] = [];
  const heldOut: number[] = [];
  for (let i = 0; i < n; i++) (isHeldOut(rows.groups[i]!) ? heldOut : fit).push(i);
  const judgedPerClass = new Int32Array(N_CLASSES);
  for (const i of fit) judgedPerClass[labels[i]!]!++;
  return {
    rows,
    datasetRows: Int32Array.from(taught, ({ index }) => index),
    fit: Int32Array.from(fit),
    heldOut: Int32Array.from(heldOut),
    samplingWeights: Float64Array.from({ length: n }, (_, i) => auditWeight(rowAt(i).auditShare)),
    judgedPerClass,
  };
}

/** (nPositions,) how many alerts the rows at these positions stand for. */
export function samplingWeightsAt(set: LearningSet, positions: ArrayLike<number>): Float64Array {
  return Float64Array.from(positions, (i) => set.samplingWeights?.[i] ?? 1);
}

/** Fold of each fit position of `set`, 0 to nFolds - 1. Folds never split a group and never move. */
export function foldsOf(set: LearningSet, nFolds: number): Int32Array {
  return set.fit.map((i) => foldOf(set.rows.groups[i]!, nFolds));
}

/** The synthetic alerts as rows of weight 1. Made again from the seed whenever they are needed. */
export function syntheticRows(settings: TrainingSettings): TrainingRows {
  const made = generateSyntheticAlerts(settings.syntheticAlerts, settings.syntheticSeed);
  return trainingRowsOf(
    made.map(({ alert, disposition, riskScore }) => ({
      snapshot: snapshotOf(alert, EMPTY_CONTEXT),
      label: labelOf(disposition),
      risk: riskScore,
      weight: 1,
      synthetic: true,
    })),
  );
}

/**
 * Weight of each synthetic row next to the judged ones. Per class it fades as n0 / (n0 + judged of the class), so
 * that a class without a judgement is still known; and the total share is bounded: by everything at first, falling
 * with the square of the judged alerts to `syntheticShare` at `syntheticCapFrom` of them, where it stays.
 *
 * @param judgedWeight sum of the weights of the judged rows in the fit
 */
export function syntheticWeights(
  labels: Int32Array,
  judgedPerClass: Int32Array,
  judgedWeight: number,
  settings: TrainingSettings,
): Float32Array {
  const { syntheticHalfLife, syntheticCapFrom, syntheticShare } = settings;
  const perClass = Float64Array.from(judgedPerClass, (n) => syntheticHalfLife / (syntheticHalfLife + n));
  const judged = judgedPerClass.reduce((sum, n) => sum + n, 0);
  const maxShare = 1 - (1 - syntheticShare) * Math.min(1, judged / syntheticCapFrom) ** 2;
  let total = 0;
  for (const label of labels) total += perClass[label]!;
  // A fold that holds no judged row still needs something to learn from: there is nothing to be a share of.
  const isFree = maxShare >= 1 || judgedWeight === 0;
  const allowed = isFree ? Number.POSITIVE_INFINITY : (maxShare / (1 - maxShare)) * judgedWeight;
  const scale = total > allowed ? allowed / total : 1;
  return Float32Array.from(labels, (label) => scale * perClass[label]!);
}

/** What a model is fitted on: the judged rows at `positions` and the synthetic ones at their faded weight. */
export function fitRows(
  set: LearningSet,
  positions: ArrayLike<number>,
  synthetic: TrainingRows | undefined,
  settings: TrainingSettings,
): TrainingRows {
  const judged = subsetRows(set.rows, positions);
  if (synthetic === undefined) return judged;
  const judgedWeight = judged.weights.reduce((sum, weight) => sum + weight, 0);
  const weights = syntheticWeights(synthetic.labels, set.judgedPerClass, judgedWeight, settings);
  return concatRows(judged, { ...synthetic, weights });
}
