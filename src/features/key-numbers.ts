import { RECORD_FAMILIES } from './record-families.ts';

const N_FAMILIES = RECORD_FAMILIES.length;
const KEY_FORM = /^[0-9a-f]{16}$/;

/** Keys of rows that were numbered together. */
export interface KeyNumbers {
  /** (nNames,) distinct keys in ascending order. */
  readonly names: readonly string[];
  /** (nRows x nFamilies) position of each key in `names`; -1 where it is missing. */
  readonly ids: Int32Array;
}

interface Place {
  readonly numbers: KeyNumbers;
  /** Of the row in `ids`. */
  readonly row: number;
}

/** Keys of one row, one a family, '' where missing. Never changed. */
type RowKeys = readonly string[];

// A selection numbers the keys of the same rows hundreds of times, part by part. What is kept goes with the rows.
const places = new WeakMap<RowKeys, Place>();

/**
 * Numbers of the keys of rows, which may have been numbered with others before.
 *
 * @param rows positions in `keys` to number
 * @returns the numbers, and of each of `rows` its row there
 * @throws RangeError when a key is neither '' nor 16 hex digits
 */
export function keyNumbersOf(
  keys: readonly RowKeys[],
  rows: Int32Array,
): { readonly numbers: KeyNumbers; readonly at: Int32Array } {
  const at = new Int32Array(rows.length);
  const first = rows.length === 0 ? undefined : places.get(keys[rows[0]!]!)?.numbers;
  let nKnown = 0;
  if (first !== undefined) {
    for (; nKnown < rows.length; nKnown++) {
      const place = places.get(keys[rows[nKnown]!]!);
      if (place?.numbers !== first) break;
      at[nKnown] = place.row;
    }
    if (nKnown === rows.length) return { numbers: first, at };
  }
  const numbers = numbered(keys, rows);
  for (let row = 0; row < rows.length; row++) {
    places.set(keys[rows[row]!]!, { numbers, row });
    at[row] = row;
  }
  return { numbers, at };
}

function numbered(keys: readonly RowKeys[], rows: Int32Array): KeyNumbers {
  const numberOf = new Map<string, number>();
  const ids = new Int32Array(rows.length * N_FAMILIES).fill(-1);
  for (let row = 0; row < rows.length; row++) {
    const own = keys[rows[row]!]!;
    for (let family = 0; family < Math.min(own.length, N_FAMILIES); family++) {
      const key = own[family]!;
      if (key === '') continue;
      let number = numberOf.get(key);
      if (number === undefined) {
        if (!KEY_FORM.test(key)) throw new RangeError(`Expected a key of 16 hex digits or '', got '${key}'.`);
        number = numberOf.size;
        numberOf.set(key, number);
      }
      ids[row * N_FAMILIES + family] = number;
    }
  }
  const names = [...numberOf.keys()].sort();
  // from the order of appearance to the ascending one
  const ranks = new Int32Array(names.length);
  for (let rank = 0; rank < names.length; rank++) ranks[numberOf.get(names[rank]!)!] = rank;
  for (let i = 0; i < ids.length; i++) if (ids[i]! >= 0) ids[i] = ranks[ids[i]!]!;
  return { names, ids };
}
