import { DISPOSITIONS } from '../alert/alert.ts';
import { RECORD_FAMILIES } from './record-families.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, overallShares, RecordSmoother } from './record-shares.ts';
import { tallyKeys } from './record-tally.ts';
import { DEFAULT_MAX_KEYS, DEFAULT_SMOOTHING } from './target-encoder.ts';

/** Judged alerts behind a record from which on a row counts as scored by a release that had learned. */
export const LEAST_KNOWN = 100;

const N_CLASSES = DISPOSITIONS.length;
const N_FAMILIES = RECORD_FAMILIES.length;

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

/** (nFolds,) arrays of `n` zeros, in memory that the next call takes over. */
function clearedCounts(nFolds: number, n: number): Float64Array[] {
  const length = nFolds * n;
  const all = kept.length < length ? new Float64Array(length) : kept.subarray(0, length).fill(0);
  if (kept.length < length && length <= MOST_KEPT) kept = all;
  return Array.from({ length: nFolds }, (_, fold) => all.subarray(fold * n, (fold + 1) * n));
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
  const overall = keptKeys.length * N_CLASSES;
  let nFolds = 0;
  for (let i = 0; i < n; i++) nFolds = Math.max(nFolds, folds[i]! + 1);
  // Per fold the counts of all other folds so far; the last slot counts every row.
  const counts = clearedCounts(nFolds, overall + N_CLASSES);
  const nJudged = new Int32Array(nFolds);
  const add = (j: number): void => {
    const label = labels[j]!;
    for (let fold = 0; fold < nFolds; fold++) {
      if (fold === folds[j]) continue;
      const own = counts[fold]!;
      nJudged[fold]!++;
      own[overall + label]! += weights[j]!;
      for (let family = 0; family < N_FAMILIES; family++) {
        const entry = entries[j * N_FAMILIES + family]!;
        if (entry >= 0) own[entry * N_CLASSES + label]! += weights[j]!;
      }
    }
  };

  const byTime = (times: ArrayLike<number>): Int32Array =>
    Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
  const judged = byTime(judgedAtMs);
  const smoothing = options.smoothing ?? DEFAULT_SMOOTHING;
  const found = new Float64Array(N_RECORD_COUNTS);
  const columns = new Float32Array(n * N_RECORD_COLUMNS);
  const nKnown = new Int32Array(n);
  let next = 0;
  for (const i of byTime(scoredAtMs)) {
    // Invariant: judged[0 .. next) had been judged when row i was scored.
    while (next < n && judgedAtMs[judged[next]!]! <= scoredAtMs[i]!) add(judged[next++]!);
    const own = counts[folds[i]!]!;
    for (let family = 0; family < N_FAMILIES; family++) {
      const entry = entries[i * N_FAMILIES + family]!;
      for (let c = 0; c < N_CLASSES; c++) {
        found[family * N_CLASSES + c] = entry < 0 ? 0 : own[entry * N_CLASSES + c]!;
      }
    }
    new RecordSmoother(overallShares(own.subarray(overall)), smoothing).write(
      found,
      columns,
      i * N_RECORD_COLUMNS,
    );
    nKnown[i] = nJudged[folds[i]!]!;
  }
  return { columns, nKnown };
}
