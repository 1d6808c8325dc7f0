import { SEVERITIES, type Severity } from '../alert/alert.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { alignColumns, alignKeys } from '../features/catalog-history.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../features/feature-catalog.ts';

/** Judged alerts ready to learn from: arrays of length n, row `i` of each describes sample `i`. Never mutated. */
export interface TrainingRows {
  readonly catalogId: string;
  /** (nStateless,) names of the columns of `X`. */
  readonly columnNames: readonly string[];
  /** (n x nStateless) row-major, NaN where missing. */
  readonly X: Float32Array;
  /** One key per family of RECORD_FAMILIES, '' where the alert lacks the value. */
  readonly recordKeys: readonly (readonly string[])[];
  /** (n,) index into DISPOSITIONS. */
  readonly labels: Int32Array;
  /** (n,) 0-100 as judged, NaN where not given. */
  readonly risk: Float32Array;
  /** (n,) >= 0. */
  readonly weights: Float32Array;
  /** (n,) alertGroup of each: folds never split a group. */
  readonly groups: readonly string[];
  /** (n,) 1 for a synthetic row. */
  readonly synthetic: Uint8Array;
  /** (n,) index into SEVERITIES. */
  readonly severity: Uint8Array;
  /** (n,) */
  readonly occurredAtMs: Float64Array;
  /** (n,) when each was judged, NaN where that cannot be told; left out: of none. */
  readonly judgedAtMs?: Float64Array;
}

/** What a row needs beside its snapshot. */
export interface JudgedSnapshot {
  readonly snapshot: AlertSnapshot;
  /** Index into DISPOSITIONS. */
  readonly label: number;
  /** 0-100, NaN where not given. */
  readonly risk: number;
  readonly weight: number;
  readonly synthetic: boolean;
}

/** Rows of judged snapshots, columns brought to this build's catalogue (a column that a snapshot lacks is NaN). */
export function trainingRowsOf(judged: readonly JudgedSnapshot[]): TrainingRows {
  const n = judged.length;
  const nColumns = STATELESS_NAMES.length;
  const X = new Float32Array(n * nColumns);
  for (let i = 0; i < n; i++) {
    const { snapshot } = judged[i]!;
    X.set(alignColumns(snapshot.columns, snapshot.catalogId), i * nColumns);
  }
  return {
    catalogId: CATALOG_ID,
    columnNames: STATELESS_NAMES,
    X,
    recordKeys: judged.map(({ snapshot }) => alignKeys(snapshot.recordKeys, snapshot.catalogId)),
    labels: Int32Array.from(judged, (row) => row.label),
    risk: Float32Array.from(judged, (row) => row.risk),
    weights: Float32Array.from(judged, (row) => row.weight),
    groups: judged.map((row) => row.snapshot.group),
    synthetic: Uint8Array.from(judged, (row) => (row.synthetic ? 1 : 0)),
    severity: Uint8Array.from(judged, (row) => SEVERITIES.indexOf(row.snapshot.severity)),
    occurredAtMs: Float64Array.from(judged, (row) => Date.parse(row.snapshot.occurredAt)),
  };
}

export function rowCount(rows: TrainingRows): number {
  return rows.labels.length;
}

/** Severity word of row `i`. */
export function severityOf(rows: TrainingRows, i: number): Severity {
  return SEVERITIES[rows.severity[i]!] ?? 'unknown';
}

/** The rows at `indices`, in that order; an index may repeat. */
export function subsetRows(rows: TrainingRows, indices: ArrayLike<number>): TrainingRows {
  const n = indices.length;
  const nColumns = rows.columnNames.length;
  const X = new Float32Array(n * nColumns);
  for (let i = 0; i < n; i++) {
    const from = indices[i]! * nColumns;
    X.set(rows.X.subarray(from, from + nColumns), i * nColumns);
  }
  const at = (i: number): number => indices[i]!;
  return {
    catalogId: rows.catalogId,
    columnNames: rows.columnNames,
    X,
    recordKeys: Array.from({ length: n }, (_, i) => rows.recordKeys[at(i)]!),
    labels: Int32Array.from({ length: n }, (_, i) => rows.labels[at(i)]!),
    risk: Float32Array.from({ length: n }, (_, i) => rows.risk[at(i)]!),
    weights: Float32Array.from({ length: n }, (_, i) => rows.weights[at(i)]!),
    groups: Array.from({ length: n }, (_, i) => rows.groups[at(i)]!),
    synthetic: Uint8Array.from({ length: n }, (_, i) => rows.synthetic[at(i)]!),
    severity: Uint8Array.from({ length: n }, (_, i) => rows.severity[at(i)]!),
    occurredAtMs: Float64Array.from({ length: n }, (_, i) => rows.occurredAtMs[at(i)]!),
    ...(rows.judgedAtMs === undefined
      ? {}
      : { judgedAtMs: Float64Array.from({ length: n }, (_, i) => rows.judgedAtMs![at(i)]!) }),
  };
}

function judgedTimes(rows: TrainingRows): Float64Array {
  return rows.judgedAtMs ?? new Float64Array(rowCount(rows)).fill(Number.NaN);
}

/** `first` followed by `second`. @throws RangeError when their columns differ */
export function concatRows(first: TrainingRows, second: TrainingRows): TrainingRows {
  if (first.catalogId !== second.catalogId) {
    throw new RangeError(`Expected rows of catalogue ${first.catalogId}, got ${second.catalogId}.`);
  }
  const nFirst = rowCount(first);
  const join = <T extends Float32Array | Float64Array | Int32Array | Uint8Array>(a: T, b: T): T => {
    const joined = new (a.constructor as new (length: number) => T)(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  };
  return {
    catalogId: first.catalogId,
    columnNames: first.columnNames,
    X: join(first.X, second.X),
    recordKeys: [...first.recordKeys, ...second.recordKeys],
    labels: join(first.labels, second.labels),
    risk: join(first.risk, second.risk),
    weights: join(first.weights, second.weights),
    groups: nFirst === 0 ? second.groups : [...first.groups, ...second.groups],
    synthetic: join(first.synthetic, second.synthetic),
    severity: join(first.severity, second.severity),
    occurredAtMs: join(first.occurredAtMs, second.occurredAtMs),
    ...(first.judgedAtMs === undefined && second.judgedAtMs === undefined
      ? {}
      : { judgedAtMs: join(judgedTimes(first), judgedTimes(second)) }),
  };
}
