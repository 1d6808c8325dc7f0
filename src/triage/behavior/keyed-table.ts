/** No entry. */
export const ABSENT = -1;

/** How many of the longest unseen entries are weighed against each other before one of them goes. */
const CANDIDATES = 64;
const FIRST_CAPACITY = 16;

/** Rows that are restored between two pauses: a millisecond or two of work. */
export const ROWS_PER_STEP = 4_096;

/** Something kept per entry beside the key; told of every move so that its arrays follow. */
export interface TableColumns {
  /** Makes room for `capacity` entries, keeping what there is. */
  grow(capacity: number): void;
  /** Clears the columns of an entry that is about to be used anew. */
  reset(entry: number): void;
  /** What an entry is worth at `nowS`; the least worth of the longest unseen goes first. */
  worth(entry: number, nowS: number): number;
}

/**
 * Keyed map over typed arrays that never holds more than `limit` entries: 24 bytes an entry and its columns. A full
 * table gives up the least worth among the entries unseen for longest; what is forgotten is new when it comes again,
 * which makes noise and hides nothing (a sketch that shares counters would hide).
 *
 * Keys are whole numbers of up to 53 bits that are hashes already; 0 is a key like any other.
 */
export class KeyedTable {
  readonly limit: number;
  readonly #columns: TableColumns;
  #keys = new Float64Array(FIRST_CAPACITY);
  /** Entries from the longest unseen to the newest, as a list in both directions. */
  #newer = new Int32Array(FIRST_CAPACITY);
  #older = new Int32Array(FIRST_CAPACITY);
  /** Open addressing: entry + 1, or 0; at most half of the slots are taken. */
  #slots = new Int32Array(FIRST_CAPACITY * 2);
  #size = 0;
  /** Entries from 0 to this have been in use; those given up lie in `#free`. */
  #used = 0;
  readonly #free: number[] = [];
  #oldest = ABSENT;
  #newest = ABSENT;

  constructor(limit: number, columns: TableColumns) {
    if (!(Number.isInteger(limit) && limit > 0)) {
      throw new RangeError(`Expected \`limit\` to be a whole number > 0, got ${limit}.`);
    }
    this.limit = limit;
    this.#columns = columns;
    columns.grow(FIRST_CAPACITY);
  }

  get size(): number {
    return this.#size;
  }

  keyOf(entry: number): number {
    return this.#keys[entry]!;
  }

  /** Entry of `key`, or {@link ABSENT}. */
  find(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = slotOf(key, mask);
    // at least half of the slots are free, so the probe ends
    for (;;) {
      const entry = slots[slot]! - 1;
      if (entry === ABSENT || this.#keys[entry] === key) return entry;
      slot = (slot + 1) & mask;
    }
  }

  /** Entry of `key`, made where there is none, and from now on the newest. */
  take(key: number, nowS: number): number {
    let entry = this.find(key);
    if (entry === ABSENT) {
      if (this.#size >= this.limit) this.evict(nowS);
      entry = this.#insert(key);
    } else this.#unlink(entry);
    this.#linkNewest(entry);
    return entry;
  }

  /** Gives up one entry; nothing in an empty table. */
  evict(nowS: number): void {
    let goes = this.#oldest;
    if (goes === ABSENT) return;
    let least = this.#columns.worth(goes, nowS);
    let entry = this.#newer[goes]!;
    for (let i = 1; i < CANDIDATES && entry !== ABSENT; i++) {
      const worth = this.#columns.worth(entry, nowS);
      if (worth < least) {
        least = worth;
        goes = entry;
      }
      entry = this.#newer[entry]!;
    }
    this.#remove(goes);
  }

  /** Keys from the longest unseen to the newest, with the entry of each. */
  exported(): { readonly keys: Float64Array; readonly entries: Int32Array } {
    const entries = new Int32Array(this.#size);
    let n = 0;
    for (let entry = this.#oldest; entry !== ABSENT; entry = this.#newer[entry]!) entries[n++] = entry;
    return { keys: gathered(this.#keys, entries, new Float64Array(n)), entries };
  }

  /** Entries from the longest unseen to the newest. */
  *entries(): Generator<number> {
    for (let entry = this.#oldest; entry !== ABSENT; entry = this.#newer[entry]!) yield entry;
  }

  /** Makes room for `n` entries in all at once, in a table that holds none yet: restoring never moves what is there. */
  reserve(n: number): void {
    let capacity = this.#keys.length;
    while (capacity < Math.min(n, this.limit)) capacity *= 2;
    if (this.#size === 0 && capacity > this.#keys.length) this.#growTo(capacity);
  }

  #insert(key: number): number {
    const entry = this.#free.pop() ?? this.#used++;
    if (entry === this.#keys.length) this.#growTo(2 * this.#keys.length);
    this.#keys[entry] = key;
    this.#columns.reset(entry);
    this.#size++;
    this.#place(entry);
    return entry;
  }

  #remove(entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = slotOf(this.#keys[entry]!, mask);
    while (slots[hole] !== entry + 1) hole = (hole + 1) & mask;
    // entries behind the hole move up unless that would put them before the slot they belong to
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = slotOf(this.#keys[slots[slot]! - 1]!, mask);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot]!;
      hole = slot;
    }
    slots[hole] = 0;
    this.#unlink(entry);
    this.#free.push(entry);
    this.#size--;
  }

  #linkNewest(entry: number): void {
    this.#older[entry] = this.#newest;
    this.#newer[entry] = ABSENT;
    if (this.#newest !== ABSENT) this.#newer[this.#newest] = entry;
    else this.#oldest = entry;
    this.#newest = entry;
  }

  #unlink(entry: number): void {
    const older = this.#older[entry]!;
    const newer = this.#newer[entry]!;
    if (older !== ABSENT) this.#newer[older] = newer;
    else this.#oldest = newer;
    if (newer !== ABSENT) this.#older[newer] = older;
    else this.#newest = older;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = slotOf(this.#keys[entry]!, mask);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #growTo(capacity: number): void {
    this.#keys = grown(this.#keys, new Float64Array(capacity));
    this.#newer = grown(this.#newer, new Int32Array(capacity));
    this.#older = grown(this.#older, new Int32Array(capacity));
    this.#slots = new Int32Array(capacity * 2);
    // a table grows only when every entry is in use
    for (let entry = 0; entry < this.#size; entry++) this.#place(entry);
    this.#columns.grow(capacity);
  }
}

export function grown<A extends NumberColumn>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** The values of `entries`, in their order. A plain loop: `from` of a typed array takes ten times as long. */
export function gathered<A extends NumberColumn>(from: A, entries: Int32Array, to: A): A {
  for (let i = 0; i < entries.length; i++) to[i] = from[entries[i]!]!;
  return to;
}

type NumberColumn = Float64Array | Float32Array | Int32Array | Uint32Array;

/** The key is a hash: its low 31 bits are spread already. */
function slotOf(key: number, mask: number): number {
  return (key % 0x80000000) & mask;
}
