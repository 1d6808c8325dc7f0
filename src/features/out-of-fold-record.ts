import { DISPOSITIONS } from '../alert/alert.ts';
import { hash64, lastHash } from './hash64.ts';
import { FAMILY_PLACES, RECORD_FAMILIES } from './record-families.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, overallShares, RecordSmoother } from './record-shares.ts';
import { tallyKeys } from './record-tally.ts';
import { DEFAULT_MAX_KEYS, DEFAULT_SMOOTHING, type TargetEncoderOptions } from './target-encoder.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_FAMILIES = RECORD_FAMILIES.length;
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

function uniformOf(kind: string, key: string, part: number, seed: number): number {
  hash64([kind, key, String(part)], seed);
  return lastHash[0]! / 2 ** 32;
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
  const foldOf = (i: number): number => Math.floor(parts[i]! / nDraws);

  // slot nKeys counts every row
  const nKeys = tally.keys.length;
  const addRow = (counts: Float64Array, i: number): void => {
    if (synthetic?.[i] === 1) return;
    const weight = weights[i]!;
    const label = labels[i]!;
    counts[nKeys * N_CLASSES + label]! += weight;
    for (let family = 0; family < N_FAMILIES; family++) {
      const entry = entries[i * N_FAMILIES + family]!;
      if (entry >= 0) counts[entry * N_CLASSES + label]! += weight;
    }
  };
  const sum = (counts: Float64Array, takesPart: (i: number) => boolean): void => {
    counts.fill(0);
    for (let i = 0; i < n; i++) if (takesPart(i)) addRow(counts, i);
  };
  const all = new Float64Array((nKeys + 1) * N_CLASSES);
  const withoutHidden = new Float64Array((nKeys + 1) * N_CLASSES);
  const columns = new Float32Array(n * N_RECORD_COLUMNS);
  const found = new Float64Array(N_RECORD_COUNTS);
  const writeRow = (counts: Float64Array, smoother: RecordSmoother, i: number, hidesDay: boolean): void => {
    for (let family = 0; family < N_FAMILIES; family++) {
      const entry = entries[i * N_FAMILIES + family]!;
      for (let c = 0; c < N_CLASSES; c++) {
        found[family * N_CLASSES + c] = entry < 0 ? 0 : counts[entry * N_CLASSES + c]!;
      }
    }
    if (hidesDay) for (const family of DAY_FAMILIES) clear(found, family);
    smoother.write(found, columns, i * N_RECORD_COLUMNS);
  };
  const smoothing = options.smoothing ?? DEFAULT_SMOOTHING;
  const smootherOf = (counts: Float64Array): RecordSmoother =>
    new RecordSmoother(overallShares(counts.subarray(nKeys * N_CLASSES)), smoothing);

  const tenants = distinctKeys(keys, TENANT);
  const rules = distinctKeys(keys, RULE);
  const days = distinctKeys(keys, TENANT_DAY);
  for (let fold = 0; fold < nFolds; fold++) {
    // summed afresh per fold: taking a fold away from the whole would leave crumbs of unequal weights
    sum(all, (i) => foldOf(i) !== fold);
    const smoother = smootherOf(all);
    for (let part = fold * nDraws; part < (fold + 1) * nDraws; part++) {
      const hidesTenant = hidden('hidden tenant', tenants.keys, hiddenTenants, part, seed);
      const hidesRule = hidden('hidden rule', rules.keys, hiddenRules, part, seed);
      const hidesDay = hidden('hidden day', days.keys, hiddenDays, part, seed);
      const isHidden = (i: number): boolean =>
        hidesTenant[tenants.codes[i]!] === 1 || hidesRule[rules.codes[i]!] === 1;
      sum(withoutHidden, (i) => foldOf(i) !== fold && !isHidden(i));
      const smootherWithoutHidden = smootherOf(withoutHidden);
      for (let i = 0; i < n; i++) {
        if (parts[i] !== part) continue;
        const dayIsHidden = hidesDay[days.codes[i]!] === 1;
        if (isHidden(i)) writeRow(withoutHidden, smootherWithoutHidden, i, dayIsHidden);
        else writeRow(all, smoother, i, dayIsHidden);
      }
    }
  }
  return columns;
}

/** Distinct keys of a family, and of each row the position of its own among them; a missing key is one of them. */
function distinctKeys(
  keys: readonly (readonly string[])[],
  family: number,
): { readonly keys: readonly string[]; readonly codes: Int32Array } {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(keys, (own) => {
    const key = own[family] ?? '';
    const known = codeOf.get(key);
    if (known !== undefined) return known;
    codeOf.set(key, codeOf.size);
    return codeOf.size - 1;
  });
  return { keys: [...codeOf.keys()], codes };
}

/** (nKeys,) 1 for the seeded `share` of the keys that a part hides; a missing key never is. */
function hidden(
  kind: string,
  keys: readonly string[],
  share: number,
  part: number,
  seed: number,
): Uint8Array {
  const isHidden = new Uint8Array(keys.length);
  if (share === 0) return isHidden;
  for (let code = 0; code < keys.length; code++) {
    const key = keys[code]!;
    if (key !== '' && uniformOf(kind, key, part, seed) < share) isHidden[code] = 1;
  }
  return isHidden;
}

function clear(counts: Float64Array, family: number): void {
  counts.fill(0, family * N_CLASSES, (family + 1) * N_CLASSES);
}
