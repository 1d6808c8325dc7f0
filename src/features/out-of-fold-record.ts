import { DISPOSITIONS } from '../alert/alert.ts';
import { HashBeginnings, hash64, lastHash } from './hash64.ts';
import { FAMILY_PLACES, RECORD_FAMILIES } from './record-families.ts';
import {
  addCounts,
  copyCounts,
  N_RECORD_COLUMNS,
  N_RECORD_COUNTS,
  overallShares,
  RecordSmoother,
} from './record-shares.ts';
import { tallyKeys } from './record-tally.ts';
import { DEFAULT_MAX_KEYS, DEFAULT_SMOOTHING, type TargetEncoderOptions } from './target-encoder.ts';

const N_CLASSES = DISPOSITIONS.length;
const RULE = FAMILY_PLACES.rule;
const TENANT = FAMILY_PLACES.tenant;
const TENANT_DAY = FAMILY_PLACES.tenant_day;

/** Families that an alert of a day not judged yet has no record in. */
const DAY_FAMILIES = RECORD_FAMILIES.flatMap((family, at) => (family.split('_').includes('day') ? [at] : []));

export interface OutOfFoldOptions extends TargetEncoderOptions {
  /** @default 10 */
  readonly nFolds?: number;
  /** Parts of a fold, each with tenants, rules and days of its own hidden. @default 4 */
  readonly nDraws?: number;
  /** Share of (tenant, part) pairs whose rows are shown as of an unknown tenant, in [0, 1]. @default 0.2 */
  readonly hiddenTenants?: number;
  /** Share of (rule, part) pairs whose rows are shown as of an unknown rule, in [0, 1). @default 0.03 */
  readonly hiddenRules?: number;
  /** Share of (tenant, day, part) triples whose rows are shown as of a day not judged yet, in [0, 1]. @default 0.1 */
  readonly hiddenDays?: number;
  /** 32-bit; decides folds and what is hidden. */
  readonly seed: number;
}

/** Fold of a group: by hash, so that a group never moves when others come or go. */
export function foldOfGroup(group: string, nFolds: number, seed: number): number {
  hash64(['fold', group], seed);
  return Math.floor((lastHash[0]! / 2 ** 32) * nFolds);
}

/**
 * Track-record columns to train on, (n x {@link N_RECORD_COLUMNS}): each row sees the record of the other folds
 * only, and folds never split a group, so no row ever sees the outcome of its own incident.
 *
 * A seeded share of tenants, rules and days is hidden, so that a learner has met alerts whose tenant or rule is new,
 * or whose day has no judgement. Each part of a fold hides others: of few large tenants, one draw is luck. Rows of a
 * hidden tenant or rule see a record that none of the hidden ones has added to: were only a row's own tenant taken
 * out of the counts of its rule, what is missing from them would tell its label. Synthetic rows get the record of an
 * alert that nothing is known about.
 */
export function outOfFoldColumns(
  keys: readonly (readonly string[])[],
  labels: Int32Array,
  weights: ArrayLike<number>,
  groups: readonly string[],
  options: OutOfFoldOptions,
): Float32Array {
  const n = keys.length;
  const {
    nFolds = 10,
    nDraws = 4,
    hiddenTenants = 0.2,
    hiddenRules = 0.03,
    hiddenDays = 0.1,
    seed,
    synthetic,
  } = options;
  if (groups.length !== n) throw new RangeError(`Expected ${n} groups, got ${groups.length}.`);
  if (!Number.isInteger(nFolds) || nFolds < 2) {
    throw new RangeError(`Expected \`nFolds\` to be an integer >= 2, got ${nFolds}.`);
  }
  const tally = tallyKeys(keys, labels, weights, {
    ...(synthetic === undefined ? {} : { synthetic }),
    ...(options.seenAtMs === undefined ? {} : { seenAtMs: options.seenAtMs }),
    maxKeys: options.maxKeys ?? DEFAULT_MAX_KEYS,
  });
  const { entries } = tally;
  const parts = Int32Array.from(groups, (group) => foldOfGroup(group, nFolds * nDraws, seed));
  const counted: CountedRows = {
    entries,
    // the slot behind the keys counts every row
    overall: tally.keys.length,
    labels,
    weights,
    folds: parts.map((part) => Math.floor(part / nDraws)),
    isSynthetic: synthetic ?? new Uint8Array(n),
    isHidden: new Uint8Array(n),
  };
  const smoothing = options.smoothing ?? DEFAULT_SMOOTHING;
  const all = new SummedRecord(counted, smoothing);
  const withoutHidden = new SummedRecord(counted, smoothing);
  const columns = new Float32Array(n * N_RECORD_COLUMNS);
  const tenants = new HidableKeys('hidden tenant', keys, TENANT, hiddenTenants, seed);
  const rules = new HidableKeys('hidden rule', keys, RULE, hiddenRules, seed);
  const days = new HidableKeys('hidden day', keys, TENANT_DAY, hiddenDays, seed);
  for (let fold = 0; fold < nFolds; fold++) {
    // summed afresh per fold: taking a fold away from the whole would leave crumbs of unequal weights
    counted.isHidden.fill(0);
    all.sumOthers(fold);
    for (let part = fold * nDraws; part < (fold + 1) * nDraws; part++) {
      markHidden(counted.isHidden, tenants.codes, tenants.hiddenIn(part), rules.codes, rules.hiddenIn(part));
      withoutHidden.sumOthers(fold);
      writePart(columns, part, parts, counted.isHidden, days.codes, days.hiddenIn(part), all, withoutHidden);
    }
  }
  return columns;
}

/** What of the rows is counted. Arrays of length n. */
interface CountedRows {
  /** (n x nFamilies) */
  readonly entries: Int32Array;
  /** Entry that counts every row, the last one. */
  readonly overall: number;
  readonly labels: Int32Array;
  readonly weights: ArrayLike<number>;
  readonly folds: Int32Array;
  readonly isSynthetic: Uint8Array;
  /** 1 where the part at hand hides the tenant or the rule. */
  readonly isHidden: Uint8Array;
}

// Loops within loops stand in functions of their own here: V8 enters an inner one in the midst of a run, and leaves it
// each time for the interpreter.

/** Counts of a part of the rows, and the columns they make. */
class SummedRecord {
  readonly #rows: CountedRows;
  readonly #counts: Float64Array;
  readonly #shares = new Float64Array(N_CLASSES);
  readonly #smoother: RecordSmoother;
  readonly #found = new Float64Array(N_RECORD_COUNTS);

  constructor(rows: CountedRows, smoothing: number) {
    this.#rows = rows;
    this.#counts = new Float64Array((rows.overall + 1) * N_CLASSES);
    this.#smoother = new RecordSmoother(this.#shares, smoothing);
  }

  /** Counts all real rows that are neither in `fold` nor hidden. */
  sumOthers(fold: number): void {
    const { entries, overall, labels, weights, folds, isSynthetic, isHidden } = this.#rows;
    const counts = this.#counts.fill(0);
    for (let i = 0; i < labels.length; i++) {
      if (folds[i] === fold || isHidden[i] === 1 || isSynthetic[i] === 1) continue;
      addCounts(counts, 0, overall, entries, i, labels[i]!, weights[i]!);
    }
    overallShares(counts, overall * N_CLASSES, this.#shares);
  }

  /** Writes the columns of row `i`, as of a day not judged yet where told so. */
  write(i: number, dayIsHidden: boolean, columns: Float32Array): void {
    const found = this.#found;
    copyCounts(this.#counts, 0, this.#rows.entries, i, found);
    if (dayIsHidden) for (const family of DAY_FAMILIES) clear(found, family);
    this.#smoother.write(found, columns, i * N_RECORD_COLUMNS);
  }
}

function markHidden(
  isHidden: Uint8Array,
  tenants: Int32Array,
  hidesTenant: Uint8Array,
  rules: Int32Array,
  hidesRule: Uint8Array,
): void {
  for (let i = 0; i < isHidden.length; i++) isHidden[i] = hidesTenant[tenants[i]!]! | hidesRule[rules[i]!]!;
}

/** Writes the columns of the rows of a part. */
function writePart(
  columns: Float32Array,
  part: number,
  parts: Int32Array,
  isHidden: Uint8Array,
  days: Int32Array,
  hidesDay: Uint8Array,
  all: SummedRecord,
  withoutHidden: SummedRecord,
): void {
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] !== part) continue;
    const record = isHidden[i] === 1 ? withoutHidden : all;
    record.write(i, hidesDay[days[i]!] === 1, columns);
  }
}

/** The keys of a family, of which each part hides a seeded share; a missing key is one of them and never hidden. */
class HidableKeys {
  /** (n,) of each row the place of its key among the distinct ones. */
  readonly codes: Int32Array;
  /** (nDistinct,) */
  readonly #keys: readonly string[];
  readonly #beginnings: HashBeginnings;
  readonly #share: number;

  /** @param kind of what is hidden: each draws by itself */
  constructor(
    kind: string,
    keys: readonly (readonly string[])[],
    family: number,
    share: number,
    seed: number,
  ) {
    const codeOf = new Map<string, number>();
    this.codes = new Int32Array(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]![family] ?? '';
      let code = codeOf.get(key);
      if (code === undefined) {
        code = codeOf.size;
        codeOf.set(key, code);
      }
      this.codes[i] = code;
    }
    this.#keys = [...codeOf.keys()];
    this.#share = share;
    this.#beginnings = new HashBeginnings(
      this.#keys.map((key) => [kind, key]),
      seed,
    );
  }

  /** (nDistinct,) 1 for each key that a part hides. */
  hiddenIn(part: number): Uint8Array {
    const isHidden = new Uint8Array(this.#keys.length);
    if (this.#share === 0) return isHidden;
    const text = String(part);
    for (let code = 0; code < isHidden.length; code++) {
      if (this.#keys[code] === '') continue;
      this.#beginnings.hash(code, text);
      if (lastHash[0]! / 2 ** 32 < this.#share) isHidden[code] = 1;
    }
    return isHidden;
  }
}

function clear(counts: Float64Array, family: number): void {
  counts.fill(0, family * N_CLASSES, (family + 1) * N_CLASSES);
}
