const FIRST_SLOTS = 1 << 16;
/** Filled beyond this share a table grows. */
const FULL = 0.6;

/**
 * Tells whether a text came before, by 64 bits of it in flat arrays: ten million records take 270 MB at most, and two
 * different ones of so many are taken for the same once in 370,000 files.
 */
export class SeenRecords {
  #low = new Uint32Array(FIRST_SLOTS);
  #high = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  /** True where the text came before; remembers it. */
  add(text: string): boolean {
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
    }
    // zero in both marks an empty slot
    return this.#put(mixed(a ^ text.length) || 1, mixed(b ^ a));
  }

  #put(low: number, high: number): boolean {
    if (this.#size > FULL * this.#low.length) this.#grow();
    const mask = this.#low.length - 1;
    let at = low & mask;
    while (this.#low[at] !== 0) {
      if (this.#low[at] === low && this.#high[at] === high) return true;
      at = (at + 1) & mask;
    }
    this.#low[at] = low;
    this.#high[at] = high;
    this.#size++;
    return false;
  }

  #grow(): void {
    const low = this.#low;
    const high = this.#high;
    this.#low = new Uint32Array(2 * low.length);
    this.#high = new Uint32Array(2 * low.length);
    this.#size = 0;
    for (let i = 0; i < low.length; i++) if (low[i] !== 0) this.#put(low[i] as number, high[i] as number);
  }
}

function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
