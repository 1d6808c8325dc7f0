import { outOfFoldColumns } from '../features/out-of-fold-record.ts';
import { N_RECORD_COLUMNS } from '../features/record-shares.ts';
import { TrackRecord } from '../features/track-record.ts';
import { Matrix } from '../trees/matrix.ts';
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
}

/** The matrix to fit on: stateless columns as they are, track-record columns out of fold. (n x nColumns) */
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
  return matrixWithRecord(rows, layout, record);
}

/** The record to serve with: all real rows. */
export function servedRecord(rows: TrainingRows, options: RecordOptions): TrackRecord {
  return TrackRecord.fit(rows.recordKeys, rows.labels, rows.weights, {
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
export function scoringMatrix(rows: TrainingRows, layout: ColumnLayout, record: TrackRecord): Matrix {
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
