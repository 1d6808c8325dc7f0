/** How long a key is remembered at least, ms; at most twice as long. */
const GENERATION_MS = 24 * 3_600_000;

/**
 * Alert keys seen in the last 24 to 48 hours, at most two million: an alert that is posted again counts once. Two
 * generations, the older one dropped whole; 52 bits of a key, so that two of two million meet with odds of 1 in 2,000.
 */
export class RecentKeys {
  readonly #maxPerGeneration: number;
  #newer = new Set<number>();
  #older = new Set<number>();
  #startedAtMs = Number.NEGATIVE_INFINITY;

  constructor(maxKeys = 2_000_000) {
    this.#maxPerGeneration = Math.ceil(maxKeys / 2);
  }

  has(key: string): boolean {
    const bits = bitsOf(key);
    return this.#newer.has(bits) || this.#older.has(bits);
  }

  /** @returns whether the key was not there */
  add(key: string, nowMs: number): boolean {
    const bits = bitsOf(key);
    if (nowMs - this.#startedAtMs >= GENERATION_MS || this.#newer.size >= this.#maxPerGeneration) {
      this.#older = this.#newer;
      this.#newer = new Set();
      this.#startedAtMs = nowMs;
    }
    const isNew = !this.#newer.has(bits) && !this.#older.has(bits);
    this.#newer.add(bits);
    return isNew;
  }
}

let lastKey = '';
let lastBits = 0;

/** The first 13 hex digits of a key; of an alert it is asked for several times. */
function bitsOf(key: string): number {
  if (key !== lastKey) {
    lastKey = key;
    lastBits = Number.parseInt(key.slice(0, 13), 16);
  }
  return lastBits;
}
