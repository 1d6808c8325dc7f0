import { foldOfGroup, outOfFoldColumns } from '../features/out-of-fold-record.ts';
import { LEAST_KNOWN, prequentialRecord } from '../features/prequential-record.ts';
import { N_RECORD_COLUMNS } from '../features/record-shares.ts';
import { TargetEncoder } from '../features/target-encoder.ts';
import { Matrix } from '../trees/matrix.ts';
import { deriveSeed } from '../trees/random.ts';
import type { ColumnLayout } from './column-layout.ts';
import type { TrainingRows } from './training-rows.ts';

/** Settings of the track record inside a model. */
export interface RecordOptions {
  /** Most keys kept, least recently seen leave. @default 200000 */
  readonly maxKeys?: number;
  /** Alerts' worth of the parent's shares that a key starts with. @default 2 */
  readonly smoothing?: number;
  /** Folds of the out-of-fold columns. @default 10 */
  readonly nFolds?: number;
  /** Parts of a fold, each with tenants, rules and days of its own hidden. @default 4 */
  readonly nDraws?: number;
  /** Share of tenants shown as unknown, part by part. @default 0.2 */
  readonly hiddenTenants?: number;
  /** Share of rules shown as unknown, part by part. @default 0.03 */
  readonly hiddenRules?: number;
  /** Share of days shown as not judged yet, tenant by tenant and part by part. @default 0.1 */
  readonly hiddenDays?: number;
  /** Share of the incidents shown the record of their day instead of that of all other folds, in [0, 1]. @default 0.25 */
  readonly ofTheirDay?: number;
}

const N_FOLDS = 10;
/** Parts that incidents are dealt into, so that a share of them can be told by hash. */
const N_PARTS = 1000;

/**
 * The matrix to fit on: stateless columns as they are, track-record columns out of fold, of a quarter of the incidents as
 * they were on the day where times tell. Serving meets both: a record is as full as out of fold for what comes right after a
 * retrain, and thinner for what is new. (n x nColumns)
 */
export function fittingMatrix(
  rows: TrainingRows,
  layout: ColumnLayout,
  options: RecordOptions & { readonly seed: number },
): Matrix {
  const record = outOfFoldColumns(rows.recordKeys, rows.labels, rows.weights, rows.groups, {
    ...options,
    synthetic: rows.synthetic,
    seenAtMs: rows.occurredAtMs,
  });
  writeRecordOfTheDay(rows, options, record);
  return matrixWithRecord(rows, layout, record);
}

/** Overwrites the record of a seeded share of the incidents, row by row where enough had been judged by then. */
function writeRecordOfTheDay(
  { recordKeys, labels, weights, groups, synthetic, occurredAtMs, judgedAtMs }: TrainingRows,
  options: RecordOptions & { readonly seed: number },
  record: Float32Array,
): void {
  const { ofTheirDay = 0.25, nFolds = N_FOLDS, maxKeys, smoothing, seed } = options;
  if (judgedAtMs === undefined || ofTheirDay === 0) return;
  const told = Int32Array.from(labels.keys()).filter(
    (i) => synthetic[i] !== 1 && !Number.isNaN(judgedAtMs[i]),
  );
  const { columns, nKnown } = prequentialRecord(
    Array.from(told, (i) => recordKeys[i]!),
    told.map((i) => labels[i]!),
    Float64Array.from(told, (i) => weights[i]!),
    {
      folds: told.map((i) => foldOfGroup(groups[i]!, nFolds, seed)),
      scoredAtMs: Float64Array.from(told, (i) => occurredAtMs[i]!),
      judgedAtMs: Float64Array.from(told, (i) => judgedAtMs[i]!),
      ...(maxKeys === undefined ? {} : { maxKeys }),
      ...(smoothing === undefined ? {} : { smoothing }),
    },
  );
  // Dealt by its own seed: the parts of one fold must not all go one way.
  const dealSeed = deriveSeed(seed, 707);
  told.forEach((i, at) => {
    if (nKnown[at]! < LEAST_KNOWN || foldOfGroup(groups[i]!, N_PARTS, dealSeed) >= ofTheirDay * N_PARTS)
      return;
    record.set(columns.subarray(at * N_RECORD_COLUMNS, (at + 1) * N_RECORD_COLUMNS), i * N_RECORD_COLUMNS);
  });
}

/** The record to serve with: all real rows. */
export function servedRecord(rows: TrainingRows, options: RecordOptions): TargetEncoder {
  return TargetEncoder.fit(rows.recordKeys, rows.labels, rows.weights, {
    ...options,
    synthetic: rows.synthetic,
    seenAtMs: rows.occurredAtMs,
  });
}

/** Rows with track-record columns given, (n x N_RECORD_COLUMNS). (n x nColumns) */
export function matrixWithRecord(rows: TrainingRows, layout: ColumnLayout, record: Float32Array): Matrix {
  return matrixOf(rows, layout, (i, data, at) =>
    data.set(record.subarray(i * N_RECORD_COLUMNS, (i + 1) * N_RECORD_COLUMNS), at),
  );
}

/** Rows as a fitted model meets them: track-record columns from `record`. (n x nColumns) */
export function scoringMatrix(rows: TrainingRows, layout: ColumnLayout, record: TargetEncoder): Matrix {
  return matrixOf(rows, layout, (i, data, at) => record.columnsOf(rows.recordKeys[i]!, data, at));
}

/** @param writeRecord writes the track-record columns of row `i` from `at` on */
function matrixOf(
  rows: TrainingRows,
  layout: ColumnLayout,
  writeRecord: (i: number, data: Float32Array, at: number) => void,
): Matrix {
  const n = rows.labels.length;
  const { nColumns, nStateless } = layout;
  const data = new Float32Array(n * nColumns);
  for (let i = 0; i < n; i++) {
    layout.writeTrainingRow(rows, i, data, i * nColumns);
    writeRecord(i, data, i * nColumns + nStateless);
  }
  return Matrix.from(data, n, nColumns);
}
