/** Marks a free slot. */
const FREE = -1;

/** A hash table of 64-bit keys over typed arrays, as it lies in an artefact. */
export interface KeyTable {
  /** (nSlots,) position of an entry, or -1; nSlots is a power of two and more than the entries. */
  readonly slots: Int32Array;
  /** (nEntries,) upper halves of the keys. */
  readonly high: Uint32Array;
  /** (nEntries,) lower halves. */
  readonly low: Uint32Array;
}

/** Half of a key as 8 hex digits, starting at `from`; no string is cut out for it. */
export function parseHalf(key: string, from: number): number {
  let half = 0;
  for (let at = from; at < from + 8; at++) {
    const unit = key.charCodeAt(at);
    // '0'-'9' are 48-57, 'a'-'f' 97-102
    half = (half << 4) | (unit < 58 ? unit - 48 : unit - 87);
  }
  return half >>> 0;
}

/**
 * Table of distinct `keys` of 16 hex digits; entry `i` is key `i`. At most half of the slots are taken, so that a
 * look-up probes about 1.5 slots.
 */
export function buildKeyTable(keys: readonly string[]): KeyTable {
  let nSlots = 4;
  while (nSlots < 2 * keys.length) nSlots *= 2;
  const slots = new Int32Array(nSlots).fill(FREE);
  const high = Uint32Array.from(keys, (key) => parseHalf(key, 0));
  const low = Uint32Array.from(keys, (key) => parseHalf(key, 8));
  for (let entry = 0; entry < keys.length; entry++) {
    let slot = (high[entry]! ^ low[entry]!) & (nSlots - 1);
    while (slots[slot] !== FREE) slot = (slot + 1) & (nSlots - 1);
    slots[slot] = entry;
  }
  return { slots, high, low };
}

/** Entry of `key`, or -1. About 0.05 us. */
export function findKey(table: KeyTable, key: string): number {
  const { slots, high, low } = table;
  if (high.length === 0) return FREE;
  const wantedHigh = parseHalf(key, 0);
  const wantedLow = parseHalf(key, 8);
  const mask = slots.length - 1;
  let slot = (wantedHigh ^ wantedLow) & mask;
  // a free slot ends the probe; validateKeyTable made sure that there is one
  for (;;) {
    const entry = slots[slot]!;
    if (entry === FREE) return FREE;
    if (high[entry] === wantedHigh && low[entry] === wantedLow) return entry;
    slot = (slot + 1) & mask;
  }
}

/**
 * Checks what a look-up relies on.
 *
 * @returns what is wrong, or `undefined`
 */
export function keyTableProblem(table: KeyTable): string | undefined {
  const { slots, high, low } = table;
  const nSlots = slots.length;
  if (nSlots < 4 || (nSlots & (nSlots - 1)) !== 0) {
    return `Expected the number of slots to be a power of two >= 4, got ${nSlots}.`;
  }
  if (high.length !== low.length) {
    return `Expected as many lower as upper halves of keys, got ${low.length} and ${high.length}.`;
  }
  let nTaken = 0;
  for (const entry of slots) {
    if (entry === FREE) continue;
    if (entry < 0 || entry >= high.length) {
      return `Expected slots to point at one of ${high.length} entries, got ${entry}.`;
    }
    nTaken++;
  }
  if (nTaken !== high.length || nTaken >= nSlots) {
    return `Expected ${high.length} taken slots and at least one free, got ${nTaken} of ${nSlots}.`;
  }
  return undefined;
}
