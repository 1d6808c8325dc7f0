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
  // (nNames,) where a key is among these rows, in the order in which they came
  const lastSeenAtMs = new Float64Array(names.length);
  const isSeen = new Uint8Array(names.length);
  const seen = new Int32Array(names.length);
  let nSeen = 0;
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    const seenAtMs = options.seenAtMs?.[i] ?? i;
    const first = at[r]! * N_FAMILIES;
    for (let place = first; place < first + N_FAMILIES; place++) {
      const id = ids[place]!;
      if (id < 0) continue;
      if (isSeen[id] === 0) {
        isSeen[id] = 1;
        seen[nSeen++] = id;
        lastSeenAtMs[id] = seenAtMs;
      } else if (seenAtMs > lastSeenAtMs[id]!) {
        lastSeenAtMs[id] = seenAtMs;
      }
    }
  }
  let kept = seen.subarray(0, nSeen);
  if (nSeen > options.maxKeys) {
    kept.sort((a, b) => lastSeenAtMs[b]! - lastSeenAtMs[a]! || a - b);
    kept = kept.subarray(0, options.maxKeys);
  }
  kept.sort();

  const positions = new Int32Array(names.length).fill(-1);
  for (let position = 0; position < kept.length; position++) positions[kept[position]!] = position;
  const entries = new Int32Array(n * N_FAMILIES).fill(-1);
  for (let r = 0; r < rows.length; r++) {
    const from = at[r]! * N_FAMILIES;
    const to = rows[r]! * N_FAMILIES;
    for (let family = 0; family < N_FAMILIES; family++) {
      const id = ids[from + family]!;
      if (id >= 0) entries[to + family] = positions[id]!;
    }
  }
  return { keys: Array.from(kept, (id) => names[id]!), entries };
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
  const counts = new Uint8Array(kept.length + 1);
  // (nKeys + 1 x LEAST_TENANTS) numbers of the tenants met
  const met = new Int32Array(counts.length * LEAST_TENANTS);
  const numbers = new Map<string, number>();
  const note = (entry: number, tenant: number): void => {
    const n = counts[entry]!;
    for (let k = 0; k < n; k++) if (met[entry * LEAST_TENANTS + k] === tenant) return;
    if (n === LEAST_TENANTS) return;
    met[entry * LEAST_TENANTS + n] = tenant;
    counts[entry] = n + 1;
  };
  for (let i = 0; i < keys.length; i++) {
    if (synthetic?.[i] === 1) continue;
    const key = keys[i]![TENANT] ?? '';
    const tenant = numbers.get(key) ?? numbers.size;
    numbers.set(key, tenant);
    note(kept.length, tenant);
    for (let family = 0; family < N_FAMILIES; family++) {
      const entry = entries[i * N_FAMILIES + family]!;
      if (entry >= 0) note(entry, tenant);
    }
  }
  return counts;
}
