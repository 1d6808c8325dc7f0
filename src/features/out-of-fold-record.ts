import { DISPOSITIONS } from '../alert/alert.ts';
import { RECORD_FAMILIES, type RecordFamily } from './feature-catalog.ts';
import { hash64, lastHash } from './hash64.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, overallShares, RecordSmoother } from './record-shares.ts';
import { tallyKeys } from './record-tally.ts';
import { DEFAULT_MAX_KEYS, DEFAULT_SMOOTHING, type TrackRecordOptions } from './track-record.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_FAMILIES = RECORD_FAMILIES.length;
const positionOf = (family: RecordFamily): number => RECORD_FAMILIES.indexOf(family);
const RULE = positionOf('rule');
const TENANT = positionOf('tenant');
const TENANT_RULE = positionOf('tenant_rule');
const TENANT_DAY = positionOf('tenant_day');
const TENANT_RULE_DAY = positionOf('tenant_rule_day');

const familiesWith = (word: string): number[] =>
  RECORD_FAMILIES.filter((family) => family.split('_').includes(word)).map(positionOf);

/** Families that a row of an unknown tenant, of an unknown rule, or of a day not judged yet has no record in. */
const TENANT_FAMILIES = [...familiesWith('tenant'), positionOf('main_entity')];
const RULE_FAMILIES = familiesWith('rule');
const DAY_FAMILIES = familiesWith('day');

export interface OutOfFoldOptions extends TrackRecordOptions {
  /** @default 10 */
  readonly nFolds?: number;
  /** Share of (tenant, fold) pairs whose rows are shown as of an unknown tenant, in [0, 1]. @default 0.1 */
  readonly hiddenTenants?: number;
  /** Share of (rule, fold) pairs whose rows are shown as of an unknown rule, in [0, 1). @default 0.03 */
  readonly hiddenRules?: number;
  /** Share of (tenant, day, fold) triples whose rows are shown as of a day not judged yet, in [0, 1]. @default 0.1 */
  readonly hiddenDays?: number;
  /** 32-bit; decides folds and what is hidden. */
  readonly seed: number;
}

/** Fold of a group: by hash, so that a group never moves when others come or go. */
export function foldOfGroup(group: string, nFolds: number, seed: number): number {
  hash64(['fold', group], seed);
  return Math.floor((lastHash[0]! / 2 ** 32) * nFolds);
}

function uniformOf(kind: string, key: string, fold: number, seed: number): number {
  hash64([kind, key, String(fold)], seed);
  return lastHash[0]! / 2 ** 32;
}

/**
 * Track-record columns to train on, (n x {@link N_RECORD_COLUMNS}): each row sees the record of the other folds
 * only, and folds never split a group, so no row ever sees the outcome of its own incident.
 *
 * A seeded share of tenants, rules and days is hidden fold by fold, so that a learner has met alerts whose tenant or
 * rule is new, or whose day nobody has judged: their families are empty, and what remains is counted without them. Synthetic rows get the record of
 * an alert that nothing is known about.
 */
export function outOfFoldColumns(
  keys: readonly (readonly string[])[],
  labels: Int32Array,
  weights: ArrayLike<number>,
  groups: readonly string[],
  options: OutOfFoldOptions,
): Float32Array {
  const n = keys.length;
  const { nFolds = 10, hiddenTenants = 0.1, hiddenRules = 0.03, hiddenDays = 0.1, seed, synthetic } = options;
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
  const folds = Int32Array.from(groups, (group) => foldOfGroup(group, nFolds, seed));

  // counts over the rows outside a fold; slot nKeys counts every one of them
  const nKeys = tally.keys.length;
  const totals = new Float64Array((nKeys + 1) * N_CLASSES);
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
  const rowsOfFold: number[][] = Array.from({ length: nFolds }, () => []);
  for (let i = 0; i < n; i++) rowsOfFold[folds[i]!]!.push(i);

  const columns = new Float32Array(n * N_RECORD_COLUMNS);
  const found = new Float64Array(N_RECORD_COUNTS);
  for (let fold = 0; fold < nFolds; fold++) {
    // summed afresh per fold: taking a fold away from the whole would leave crumbs of unequal weights
    totals.fill(0);
    for (let i = 0; i < n; i++) if (folds[i] !== fold) addRow(totals, i);
    const overall = overallShares(totals.subarray(nKeys * N_CLASSES));
    const smoother = new RecordSmoother(overall, options.smoothing ?? DEFAULT_SMOOTHING);
    for (const i of rowsOfFold[fold]!) {
      for (let family = 0; family < N_FAMILIES; family++) {
        const entry = entries[i * N_FAMILIES + family]!;
        for (let c = 0; c < N_CLASSES; c++) {
          found[family * N_CLASSES + c] = entry < 0 ? 0 : totals[entry * N_CLASSES + c]!;
        }
      }
      const tenant = keys[i]![TENANT] ?? '';
      const rule = keys[i]![RULE] ?? '';
      const hidesTenant = tenant !== '' && uniformOf('hidden tenant', tenant, fold, seed) < hiddenTenants;
      const hidesRule = rule !== '' && uniformOf('hidden rule', rule, fold, seed) < hiddenRules;
      // an unknown tenant has not added to its rules' records either, and the other way round
      if (hidesTenant) takeAway(found, RULE, TENANT_RULE);
      if (hidesRule) {
        takeAway(found, TENANT, TENANT_RULE);
        takeAway(found, TENANT_DAY, TENANT_RULE_DAY);
      }
      const day = keys[i]![TENANT_DAY] ?? '';
      const hidesDay = day !== '' && uniformOf('hidden day', day, fold, seed) < hiddenDays;
      if (hidesDay) for (const family of DAY_FAMILIES) clear(found, family);
      if (hidesTenant) for (const family of TENANT_FAMILIES) clear(found, family);
      if (hidesRule) for (const family of RULE_FAMILIES) clear(found, family);
      smoother.write(found, columns, i * N_RECORD_COLUMNS);
    }
  }
  return columns;
}

function takeAway(counts: Float64Array, family: number, part: number): void {
  for (let c = 0; c < N_CLASSES; c++) {
    const left = counts[family * N_CLASSES + c]! - counts[part * N_CLASSES + c]!;
    // rounding of unequal weights may leave a crumb below 0
    counts[family * N_CLASSES + c] = Math.max(0, left);
  }
}

function clear(counts: Float64Array, family: number): void {
  counts.fill(0, family * N_CLASSES, (family + 1) * N_CLASSES);
}
