import { DISPOSITIONS } from '../alert/alert.ts';
import { FAMILY_PLACES, N_RECORD_COLUMNS_PER_FAMILY, RECORD_FAMILIES } from './record-families.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_FAMILIES = RECORD_FAMILIES.length;

/** Counts of one alert's keys: (nFamilies x nClasses), family by family in the order of RECORD_FAMILIES. */
export const N_RECORD_COUNTS = N_FAMILIES * N_CLASSES;

/** Columns of one alert: (nFamilies x (nClasses + 1)). */
export const N_RECORD_COLUMNS = N_FAMILIES * N_RECORD_COLUMNS_PER_FAMILY;

const { rule: RULE, tenant: TENANT, tenant_rule: TENANT_RULE, source: SOURCE } = FAMILY_PLACES;

/** [family, its parent], parents first; the four above are written out where they are used. */
const CHILDREN: readonly (readonly [number, number])[] = (
  [
    ['tenant_tactic', 'tenant'],
    ['tenant_entity_kind_v2', 'tenant'],
    ['main_entity_v2', 'tenant'],
    ['tenant_day', 'tenant'],
    ['tenant_day_hours', 'tenant_day'],
    ['tenant_tactic_day', 'tenant_tactic'],
    ['tenant_rule_entities_v2', 'tenant_rule'],
    ['tenant_rule_hours', 'tenant_rule'],
    ['tenant_rule_day', 'tenant_rule'],
    ['rule_entities_v2', 'rule'],
    ['rule_day', 'rule'],
    ['tactic_entities_v2', 'source'],
    ['tactic_entities_day_v2', 'tactic_entities_v2'],
    ['indicator', 'source'],
  ] as const
).map(([family, parent]) => [FAMILY_PLACES[family], FAMILY_PLACES[parent]]);

/**
 * Shares of the dispositions over all judged alerts, each raised by one alert so that none is 0, written to `out`
 * (nClasses,). The counts stand at `counts[from …]`.
 */
export function overallShares(
  counts: ArrayLike<number>,
  from = 0,
  out: Float64Array = new Float64Array(N_CLASSES),
): Float64Array {
  let total = N_CLASSES;
  for (let c = 0; c < N_CLASSES; c++) total += counts[from + c]!;
  for (let c = 0; c < N_CLASSES; c++) out[c] = (counts[from + c]! + 1) / total;
  return out;
}

/** Copies the counts of the families of row `i` to `found` (N_RECORD_COUNTS,): where its key has no entry, 0. */
export function copyCounts(
  counts: Float64Array,
  from: number,
  entries: Int32Array,
  i: number,
  found: Float64Array,
): void {
  for (let family = 0, at = i * N_FAMILIES; family < N_FAMILIES; family++, at++) {
    const entry = entries[at]!;
    for (let c = 0; c < N_CLASSES; c++) {
      found[family * N_CLASSES + c] = entry < 0 ? 0 : counts[from + entry * N_CLASSES + c]!;
    }
  }
}

/** Adds row `i` to the counts of its label, those of its keys and, at entry `overall`, those of all rows. */
export function addCounts(
  counts: Float64Array,
  from: number,
  overall: number,
  entries: Int32Array,
  i: number,
  label: number,
  weight: number,
): void {
  counts[from + overall * N_CLASSES + label]! += weight;
  for (let family = 0, at = i * N_FAMILIES; family < N_FAMILIES; family++, at++) {
    const entry = entries[at]!;
    if (entry >= 0) counts[from + entry * N_CLASSES + label]! += weight;
  }
}

/**
 * Turns counts into columns. A family's shares are its own counts plus `smoothing` alerts' worth of a parent's
 * shares, so that little evidence says little, and none says what the parent says:
 *
 *   overall ─┬─ source ─┬─ tactics x entities ── x day
 *            │          ├─ indicator
 *            │          └─ rule ─┬─ x entities, x day
 *            │                   └──────┐
 *            └─ tenant ─┬───────────────┴─ tenant x rule ── x entities, x hours, x day
 *                       ├─ tenant x tactic ── x day
 *                       ├─ tenant x day ── x hours
 *                       └─ tenant x entity kind, main entity
 *
 * Tenant x rule has two parents: their odds multiply (rule · tenant / overall, normalised), as if rule and tenant
 * spoke independently. An unknown tenant thus falls back to the rule, an unknown rule to source and tenant, and an
 * alert with no known key to the overall shares with counts of 0.
 */
export class RecordSmoother {
  readonly #overall: Float64Array;
  readonly #smoothing: number;
  /** (nFamilies x nClasses) shares of the alert at hand; reused, so that a look-up allocates nothing. */
  readonly #shares = new Float64Array(N_RECORD_COUNTS);
  readonly #joint = new Float64Array(N_CLASSES);

  /**
   * @param overall (nClasses,) positive shares that add up to 1; looked at with each row
   * @param smoothing > 0, in alerts
   */
  constructor(overall: Float64Array, smoothing: number) {
    if (!(smoothing > 0 && Number.isFinite(smoothing))) {
      throw new RangeError(`Expected \`smoothing\` to be a finite number > 0, got ${smoothing}.`);
    }
    this.#overall = overall;
    this.#smoothing = smoothing;
  }

  /** Writes the {@link N_RECORD_COLUMNS} columns of one alert to `out`, starting at `offset`. */
  write(counts: Float64Array, out: Float32Array, offset: number): void {
    const shares = this.#shares;
    this.#shrink(counts, SOURCE, this.#overall, 0);
    this.#shrink(counts, RULE, shares, SOURCE * N_CLASSES);
    this.#shrink(counts, TENANT, this.#overall, 0);
    this.#joinParents();
    this.#shrink(counts, TENANT_RULE, this.#joint, 0);
    for (let at = 0; at < CHILDREN.length; at++) {
      const child = CHILDREN[at]!;
      this.#shrink(counts, child[0], shares, child[1] * N_CLASSES);
    }

    let column = offset;
    for (let family = 0; family < N_FAMILIES; family++) {
      const first = family * N_CLASSES;
      let total = 0;
      for (let c = 0; c < N_CLASSES; c++) {
        out[column++] = shares[first + c]!;
        total += counts[first + c]!;
      }
      // most families of an alert know nothing
      out[column++] = total === 0 ? 0 : Math.log1p(total);
    }
  }

  #shrink(counts: Float64Array, family: number, parent: Float64Array, parentOffset: number): void {
    const shares = this.#shares;
    const first = family * N_CLASSES;
    let total = this.#smoothing;
    for (let c = 0; c < N_CLASSES; c++) total += counts[first + c]!;
    for (let c = 0; c < N_CLASSES; c++) {
      shares[first + c] = (counts[first + c]! + this.#smoothing * parent[parentOffset + c]!) / total;
    }
  }

  #joinParents(): void {
    const shares = this.#shares;
    const joint = this.#joint;
    let total = 0;
    for (let c = 0; c < N_CLASSES; c++) {
      joint[c] = (shares[RULE * N_CLASSES + c]! * shares[TENANT * N_CLASSES + c]!) / this.#overall[c]!;
      total += joint[c]!;
    }
    for (let c = 0; c < N_CLASSES; c++) joint[c] = joint[c]! / total;
  }
}
