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

const KEY_FORM = /^[0-9a-f]{16}$/;

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
  const lastSeenAtMs = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    if (options.synthetic?.[i] === 1) continue;
    const seenAtMs = options.seenAtMs?.[i] ?? i;
    for (let family = 0; family < N_FAMILIES; family++) {
      const key = keys[i]![family] ?? '';
      if (key === '') continue;
      const before = lastSeenAtMs.get(key);
      if (before === undefined) {
        if (!KEY_FORM.test(key)) throw new RangeError(`Expected a key of 16 hex digits or '', got '${key}'.`);
        lastSeenAtMs.set(key, seenAtMs);
      } else if (seenAtMs > before) {
        lastSeenAtMs.set(key, seenAtMs);
      }
    }
  }
  let kept = [...lastSeenAtMs.keys()];
  if (kept.length > options.maxKeys) {
    kept.sort((a, b) => lastSeenAtMs.get(b)! - lastSeenAtMs.get(a)! || (a < b ? -1 : 1));
    kept = kept.slice(0, options.maxKeys);
  }
  kept.sort();

  const positions = new Map(kept.map((key, position) => [key, position]));
  const entries = new Int32Array(n * N_FAMILIES).fill(-1);
  for (let i = 0; i < n; i++) {
    if (options.synthetic?.[i] === 1) continue;
    for (let family = 0; family < N_FAMILIES; family++) {
      const key = keys[i]![family] ?? '';
      if (key !== '') entries[i * N_FAMILIES + family] = positions.get(key) ?? -1;
    }
  }
  return { keys: kept, entries };
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
