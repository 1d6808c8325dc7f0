import { keyNumbersOf } from './key-numbers.ts';
import { FAMILY_PLACES, RECORD_FAMILIES } from './record-families.ts';
import { LEAST_TENANTS } from './record-words.ts';

const N_FAMILIES = RECORD_FAMILIES.length;
const TENANT = FAMILY_PLACES.tenant;

/** Keys of many rows, numbered. */
export interface KeyTally {
  /** (nKeys,) kept keys in ascending order, so that the same rows in any order give the same bytes. */
  readonly keys: readonly string[];
  /** (n x nFamilies) position in `keys`; -1 where a key is missing or has left, and for synthetic rows. */
  readonly entries: Int32Array;
}

export interface KeyTallyOptions {
  readonly synthetic?: Uint8Array;
  readonly seenAtMs?: Float64Array;
  readonly maxKeys: number;
}

/**
 * Numbers the distinct keys of real rows and keeps the `maxKeys` most recently seen (ties by key).
 *
 * @throws RangeError when the lengths differ or a key is neither '' nor 16 hex digits
 */
export function tallyKeys(
  keys: readonly (readonly string[])[],
  labels: Int32Array,
  weights: ArrayLike<number>,
  options: KeyTallyOptions,
): KeyTally {
  const n = keys.length;
  if (labels.length !== n || weights.length !== n) {
    throw new RangeError(
      `Expected keys, labels and weights of one length, got ${n}, ${labels.length} and ${weights.length}.`,
    );
  }
  if (!Number.isInteger(options.maxKeys) || options.maxKeys < 1) {
    throw new RangeError(`Expected \`maxKeys\` to be an integer >= 1, got ${options.maxKeys}.`);
  }
  const rows = realRows(n, options.synthetic);
  const { numbers, at } = keyNumbersOf(keys, rows);
  const { names, ids } = numbers;
  const sightings = new KeySightings(names.length);
  // Loops within loops stand in functions of their own: V8 enters an inner one in the midst of a run, and leaves it each
  // time for the interpreter.
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    sightings.note(ids, at[r]! * N_FAMILIES, options.seenAtMs?.[i] ?? i);
  }
  const kept = sightings.latest(options.maxKeys);

  const positions = new Int32Array(names.length).fill(-1);
  for (let position = 0; position < kept.length; position++) positions[kept[position]!] = position;
  const entries = new Int32Array(n * N_FAMILIES).fill(-1);
  for (let r = 0; r < rows.length; r++)
    writeEntries(ids, at[r]! * N_FAMILIES, positions, entries, rows[r]! * N_FAMILIES);
  return { keys: Array.from(kept, (id) => names[id]!), entries };
}

/** Which keys are among the rows, and when each was seen last. */
class KeySightings {
  /** In the order in which they came; the first #n count. */
  readonly #seen: Int32Array;
  readonly #isSeen: Uint8Array;
  readonly #lastAtMs: Float64Array;
  #n = 0;

  constructor(nNames: number) {
    this.#seen = new Int32Array(nNames);
    this.#isSeen = new Uint8Array(nNames);
    this.#lastAtMs = new Float64Array(nNames);
  }

  /** The keys of one row, whose numbers stand at `ids[from …]`. */
  note(ids: Int32Array, from: number, seenAtMs: number): void {
    for (let place = from; place < from + N_FAMILIES; place++) {
      const id = ids[place]!;
      if (id < 0) continue;
      if (this.#isSeen[id] === 0) {
        this.#isSeen[id] = 1;
        this.#seen[this.#n++] = id;
        this.#lastAtMs[id] = seenAtMs;
      } else if (seenAtMs > this.#lastAtMs[id]!) {
        this.#lastAtMs[id] = seenAtMs;
      }
    }
  }

  /** Numbers of the `most` keys seen last, ties by key; ascending. */
  latest(most: number): Int32Array {
    const seen = this.#seen.subarray(0, this.#n);
    const lastAtMs = this.#lastAtMs;
    if (seen.length > most) seen.sort((a, b) => lastAtMs[b]! - lastAtMs[a]! || a - b);
    return seen.subarray(0, most).sort();
  }
}

function writeEntries(
  ids: Int32Array,
  from: number,
  positions: Int32Array,
  entries: Int32Array,
  to: number,
): void {
  for (let family = 0; family < N_FAMILIES; family++) {
    const id = ids[from + family]!;
    if (id >= 0) entries[to + family] = positions[id]!;
  }
}

/** Positions of all rows but the synthetic ones. */
function realRows(n: number, synthetic: Uint8Array | undefined): Int32Array {
  const rows = new Int32Array(n);
  let nRows = 0;
  for (let i = 0; i < n; i++) if (synthetic?.[i] !== 1) rows[nRows++] = i;
  return rows.subarray(0, nRows);
}

/**
 * How many tenants stand behind each kept key, counted up to {@link LEAST_TENANTS}, and last behind all rows: (nKeys + 1,).
 * Alerts that name no tenant are one tenant.
 */
export function tenantsBehind(
  keys: readonly (readonly string[])[],
  { keys: kept, entries }: KeyTally,
  synthetic: Uint8Array | undefined,
): Uint8Array {
  const behind = new TenantCounts(kept.length + 1);
  const numbers = new Map<string, number>();
  for (let i = 0; i < keys.length; i++) {
    if (synthetic?.[i] === 1) continue;
    const key = keys[i]![TENANT] ?? '';
    let tenant = numbers.get(key);
    if (tenant === undefined) {
      tenant = numbers.size;
      numbers.set(key, tenant);
    }
    behind.note(kept.length, tenant);
    behind.noteRow(entries, i * N_FAMILIES, tenant);
  }
  return behind.counts;
}

/** Distinct tenants of each entry, up to {@link LEAST_TENANTS}. */
class TenantCounts {
  /** (nEntries,) */
  readonly counts: Uint8Array;
  /** (nEntries x LEAST_TENANTS) numbers of the tenants met */
  readonly #met: Int32Array;

  constructor(nEntries: number) {
    this.counts = new Uint8Array(nEntries);
    this.#met = new Int32Array(nEntries * LEAST_TENANTS);
  }

  noteRow(entries: Int32Array, from: number, tenant: number): void {
    for (let at = from; at < from + N_FAMILIES; at++) if (entries[at]! >= 0) this.note(entries[at]!, tenant);
  }

  note(entry: number, tenant: number): void {
    const n = this.counts[entry]!;
    for (let k = 0; k < n; k++) if (this.#met[entry * LEAST_TENANTS + k] === tenant) return;
    if (n === LEAST_TENANTS) return;
    this.#met[entry * LEAST_TENANTS + n] = tenant;
    this.counts[entry] = n + 1;
  }
}
