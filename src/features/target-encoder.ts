import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import { buildKeyTable, findKey, type KeyTable, keyTableProblem } from './key-table.ts';
import { FAMILY_PLACES, RECORD_FAMILIES, type RecordFamily } from './record-families.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, overallShares, RecordSmoother } from './record-shares.ts';
import { tallyKeys, tenantsBehind } from './record-tally.ts';
import type { AlertRecord } from './record-words.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_FAMILIES = RECORD_FAMILIES.length;
const NO_COUNTS = new Float32Array(N_CLASSES);

export interface TargetEncoderOptions {
  /** (n,) 1 for a synthetic row: it never enters a record. */
  readonly synthetic?: Uint8Array;
  /** (n,) when each alert occurred; decides which keys leave when there are too many. Left out: row order. */
  readonly seenAtMs?: Float64Array;
  /** Most keys kept; the least recently seen leave. @default 200000 */
  readonly maxKeys?: number;
  /** How many alerts' worth of its parent's shares a key starts with, > 0. @default 2 */
  readonly smoothing?: number;
}

export const DEFAULT_MAX_KEYS = 200_000;
export const DEFAULT_SMOOTHING = 2;

/** Typed arrays of a record, for the container of an artefact. */
export type RecordSections = Record<
  string,
  Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array
>;

/**
 * How judged alerts of the same rule, tenant, source and entity turned out so far. Fitted from hashed keys, never
 * from values; an instance never changes. About 28 bytes a key.
 *
 * @see Micci-Barreca. A Preprocessing Scheme for High-Cardinality Categorical Attributes. SIGKDD Explorations 3(1), 2001.
 * https://doi.org/10.1145/507533.507538
 */
export class TargetEncoder {
  readonly nKeys: number;
  readonly smoothing: number;
  readonly #table: KeyTable;
  /** (nKeys x nClasses) weighted counts. */
  readonly #counts: Float32Array;
  /** (nClasses,) weighted counts over all rows. */
  readonly #overallCounts: Float64Array;
  /** (nKeys + 1,) tenants behind each key, up to LEAST_TENANTS, and behind all; zeros of a build that did not count. */
  readonly #tenants: Uint8Array;
  readonly #smoother: RecordSmoother;
  readonly #found = new Float64Array(N_RECORD_COUNTS);
  /** (nRecordColumns,) columns of an alert of which no key is known. */
  readonly #unknown = new Float32Array(N_RECORD_COLUMNS);

  private constructor(
    table: KeyTable,
    counts: Float32Array,
    overallCounts: Float64Array,
    tenants: Uint8Array,
    smoothing: number,
  ) {
    this.nKeys = table.high.length;
    this.smoothing = smoothing;
    this.#table = table;
    this.#counts = counts;
    this.#overallCounts = overallCounts;
    this.#tenants = tenants;
    this.#smoother = new RecordSmoother(overallShares(overallCounts), smoothing);
    this.#smoother.write(this.#found, this.#unknown, 0);
  }

  /**
   * @param keys (n x nFamilies) per row one key a family, '' where missing
   * @param labels (n,) index into DISPOSITIONS
   * @param weights (n,) >= 0
   */
  static fit(
    keys: readonly (readonly string[])[],
    labels: Int32Array,
    weights: ArrayLike<number>,
    options: TargetEncoderOptions = {},
  ): TargetEncoder {
    const tally = tallyKeys(keys, labels, weights, {
      ...(options.synthetic === undefined ? {} : { synthetic: options.synthetic }),
      ...(options.seenAtMs === undefined ? {} : { seenAtMs: options.seenAtMs }),
      maxKeys: options.maxKeys ?? DEFAULT_MAX_KEYS,
    });
    const counts = new Float32Array(tally.keys.length * N_CLASSES);
    const overallCounts = new Float64Array(N_CLASSES);
    for (let i = 0; i < labels.length; i++) {
      const weight = options.synthetic?.[i] === 1 ? 0 : weights[i]!;
      overallCounts[labels[i]!]! += weight;
      addRow(counts, tally.entries, i * N_FAMILIES, labels[i]!, weight);
    }
    return new TargetEncoder(
      buildKeyTable(tally.keys),
      counts,
      overallCounts,
      tenantsBehind(keys, tally, options.synthetic),
      options.smoothing ?? DEFAULT_SMOOTHING,
    );
  }

  /** The empty record: every look-up gives the same shares with counts of 0. */
  static empty(): TargetEncoder {
    return TargetEncoder.fit([], new Int32Array(0), []);
  }

  /**
   * Writes the {@link N_RECORD_COLUMNS} track-record columns of one alert to `out`, starting at `offset`. Allocates
   * nothing; about 0.1 us a key.
   *
   * @param keys one key a family as recordKeys gives them
   */
  columnsOf(keys: readonly string[], out: Float32Array, offset = 0): void {
    const found = this.#found;
    const counts = this.#counts;
    let nKnown = 0;
    for (let family = 0; family < N_FAMILIES; family++) {
      const key = keys[family];
      const entry = key === undefined || key === '' ? -1 : findKey(this.#table, key);
      if (entry >= 0) nKnown++;
      const first = family * N_CLASSES;
      for (let c = 0; c < N_CLASSES; c++) {
        found[first + c] = entry < 0 ? 0 : counts[entry * N_CLASSES + c]!;
      }
    }
    // most alerts of a young service, and all of one that was never told anything
    if (nKnown === 0) out.set(this.#unknown, offset);
    else this.#smoother.write(found, out, offset);
  }

  /** Weight of the judged alerts that share the alert's key of this family; 0 where it has none. */
  judgedOf(family: RecordFamily, keys: readonly string[]): number {
    const key = keys[FAMILY_PLACES[family]];
    const entry = key === undefined || key === '' ? -1 : findKey(this.#table, key);
    let total = 0;
    if (entry >= 0) for (let c = 0; c < N_CLASSES; c++) total += this.#counts[entry * N_CLASSES + c]!;
    return total;
  }

  /** What was judged behind the alert's keys. */
  judgedBehind(keys: readonly string[]): AlertRecord {
    const tenant = keys[FAMILY_PLACES.tenant] ?? '';
    const isOwn = tenant === '' || findKey(this.#table, tenant) >= 0;
    return {
      isOneTenant: this.#tenants[this.nKeys] === 1 && isOwn,
      evidence: (family) => {
        const key = keys[FAMILY_PLACES[family]];
        const entry = key === undefined || key === '' ? -1 : findKey(this.#table, key);
        if (entry < 0) return { counts: NO_COUNTS, tenants: 0 };
        const first = entry * N_CLASSES;
        return {
          counts: this.#counts.subarray(first, first + N_CLASSES),
          tenants: this.#tenants[entry]!,
        };
      },
    };
  }

  toSections(prefix = 'record'): RecordSections {
    return {
      [`${prefix}.slots`]: this.#table.slots,
      [`${prefix}.high`]: this.#table.high,
      [`${prefix}.low`]: this.#table.low,
      [`${prefix}.counts`]: this.#counts,
      [`${prefix}.overall`]: this.#overallCounts,
      [`${prefix}.tenants`]: this.#tenants,
      [`${prefix}.smoothing`]: Float64Array.of(this.smoothing),
    };
  }

  /** @throws AlertforestError MODEL_CORRUPT that names the first section that is missing or cannot be right */
  static from(sections: Readonly<Record<string, ArrayBufferView>>, prefix = 'record'): TargetEncoder {
    const slots = section(sections, `${prefix}.slots`, Int32Array);
    const high = section(sections, `${prefix}.high`, Uint32Array);
    const low = section(sections, `${prefix}.low`, Uint32Array);
    const counts = section(sections, `${prefix}.counts`, Float32Array);
    const overall = section(sections, `${prefix}.overall`, Float64Array);
    const smoothing = section(sections, `${prefix}.smoothing`, Float64Array)[0] ?? Number.NaN;
    const tenants =
      sections[`${prefix}.tenants`] === undefined
        ? new Uint8Array(high.length + 1)
        : section(sections, `${prefix}.tenants`, Uint8Array);
    const problem =
      keyTableProblem({ slots, high, low }) ??
      countsProblem(counts, high.length * N_CLASSES, `${prefix}.counts`) ??
      countsProblem(overall, N_CLASSES, `${prefix}.overall`) ??
      countsProblem(tenants, high.length + 1, `${prefix}.tenants`) ??
      (smoothing > 0 && Number.isFinite(smoothing)
        ? undefined
        : `Expected \`smoothing\` to be a finite number > 0, got ${smoothing}.`);
    if (problem !== undefined) {
      throw new AlertforestError('MODEL_CORRUPT', `Cannot read a track record: ${problem}`);
    }
    return new TargetEncoder({ slots, high, low }, counts, overall, tenants, smoothing);
  }
}

function section<T extends ArrayBufferView>(
  sections: Readonly<Record<string, ArrayBufferView>>,
  name: string,
  type: new (length: number) => T,
): T {
  const found = sections[name];
  if (found instanceof type) return found;
  throw new AlertforestError(
    'MODEL_CORRUPT',
    `Cannot read a track record: expected a section ${name} of type ${type.name}, got ${
      found === undefined ? 'none' : found.constructor.name
    }.`,
  );
}

/** Adds a row to the counts of its keys, whose entries stand at `entries[from …]`. */
function addRow(
  counts: Float32Array,
  entries: Int32Array,
  from: number,
  label: number,
  weight: number,
): void {
  for (let at = from; at < from + N_FAMILIES; at++) {
    const entry = entries[at]!;
    if (entry >= 0) counts[entry * N_CLASSES + label]! += weight;
  }
}

function countsProblem(counts: ArrayLike<number>, length: number, name: string): string | undefined {
  if (counts.length !== length) return `Expected ${length} values in ${name}, got ${counts.length}.`;
  for (let i = 0; i < length; i++) {
    const value = counts[i]!;
    if (!(value >= 0 && Number.isFinite(value))) {
      return `Expected finite values >= 0 in ${name}, got ${value}.`;
    }
  }
  return undefined;
}
