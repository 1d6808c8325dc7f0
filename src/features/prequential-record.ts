import { DISPOSITIONS } from '../alert/alert.ts';
import {
  addCounts,
  copyCounts,
  N_RECORD_COLUMNS,
  N_RECORD_COUNTS,
  overallShares,
  RecordSmoother,
} from './record-shares.ts';
import { tallyKeys } from './record-tally.ts';
import { DEFAULT_MAX_KEYS, DEFAULT_SMOOTHING } from './target-encoder.ts';

/** Judged alerts behind a record from which on a row counts as scored by a release that had learned. */
export const LEAST_KNOWN = 100;

const N_CLASSES = DISPOSITIONS.length;

export interface PrequentialOptions {
  /** (n,) fold of each row, 0 to nFolds - 1: a row sees other folds only. */
  readonly folds: ArrayLike<number>;
  /** (n,) when each alert was scored. */
  readonly scoredAtMs: ArrayLike<number>;
  /** (n,) when each was judged. */
  readonly judgedAtMs: ArrayLike<number>;
  /** @default 200000 */
  readonly maxKeys?: number;
  /** @default 2 */
  readonly smoothing?: number;
}

export interface PrequentialRecord {
  /** (n x {@link N_RECORD_COLUMNS}) */
  readonly columns: Float32Array;
  /** (n,) judged rows that each row's record is made of. */
  readonly nKnown: Int32Array;
}

/** Counts beyond which nothing is kept, 16 MiB. */
const MOST_KEPT = 2 ** 21;
// A selection comes here once a fit: megabytes made and dropped each time would call for full collections.
let kept = new Float64Array(0);

/** (n,) zeros, in memory that the next call takes over. */
function clearedCounts(n: number): Float64Array {
  const all = kept.length < n ? new Float64Array(n) : kept.subarray(0, n).fill(0);
  if (kept.length < n && n <= MOST_KEPT) kept = all;
  return all;
}

/**
 * Track-record columns as serving had them: rows in the order of time, each sees only what had been judged when it was
 * scored, of other folds. What a model says of a row on these columns is what it would have said that day.
 *
 * @throws RangeError when lengths differ
 * @see Dawid. Present position and potential developments: the prequential approach. JRSS A 147, 1984.
 */
export function prequentialRecord(
  keys: readonly (readonly string[])[],
  labels: Int32Array,
  weights: ArrayLike<number>,
  options: PrequentialOptions,
): PrequentialRecord {
  const n = keys.length;
  const { folds, scoredAtMs, judgedAtMs } = options;
  for (const times of [folds, scoredAtMs, judgedAtMs]) {
    if (times.length !== n)
      throw new RangeError(`Expected folds and times of ${n} rows, got ${times.length}.`);
  }
  const { keys: keptKeys, entries } = tallyKeys(keys, labels, weights, {
    seenAtMs: Float64Array.from(scoredAtMs),
    maxKeys: options.maxKeys ?? DEFAULT_MAX_KEYS,
  });
  const overall = keptKeys.length;
  let nFolds = 0;
  for (let i = 0; i < n; i++) nFolds = Math.max(nFolds, folds[i]! + 1);
  // Per fold the counts of all other folds so far; the last slot counts every row.
  const perFold = (overall + 1) * N_CLASSES;
  const counts = clearedCounts(nFolds * perFold);
  const nJudged = new Int32Array(nFolds);

  const judged = byTime(judgedAtMs, n);
  const shares = new Float64Array(N_CLASSES);
  const smoother = new RecordSmoother(shares, options.smoothing ?? DEFAULT_SMOOTHING);
  const found = new Float64Array(N_RECORD_COUNTS);
  const columns = new Float32Array(n * N_RECORD_COLUMNS);
  const nKnown = new Int32Array(n);
  let next = 0;
  for (const i of byTime(scoredAtMs, n)) {
    // Invariant: judged[0 .. next) had been judged when row i was scored.
    while (next < n && judgedAtMs[judged[next]!]! <= scoredAtMs[i]!) {
      const j = judged[next++]!;
      addJudged(counts, perFold, overall, entries, j, labels[j]!, weights[j]!, folds[j]!, nJudged);
    }
    const from = folds[i]! * perFold;
    copyCounts(counts, from, entries, i, found);
    overallShares(counts, from + overall * N_CLASSES, shares);
    smoother.write(found, columns, i * N_RECORD_COLUMNS);
    nKnown[i] = nJudged[folds[i]!]!;
  }
  return { columns, nKnown };
}

/** (n,) rows from the earliest to the latest, of one time in their order. */
function byTime(times: ArrayLike<number>, n: number): Int32Array {
  const rows = new Int32Array(n);
  for (let i = 0; i < n; i++) rows[i] = i;
  return rows.sort((a, b) => times[a]! - times[b]! || a - b);
}

/** Adds row `j` to the counts of all folds but its own. */
function addJudged(
  counts: Float64Array,
  perFold: number,
  overall: number,
  entries: Int32Array,
  j: number,
  label: number,
  weight: number,
  own: number,
  nJudged: Int32Array,
): void {
  for (let fold = 0; fold < nJudged.length; fold++) {
    if (fold === own) continue;
    nJudged[fold]!++;
    addCounts(counts, fold * perFold, overall, entries, j, label, weight);
  }
}
