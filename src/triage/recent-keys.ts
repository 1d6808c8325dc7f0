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
  #lastKey: string | undefined;
  #lastHas = false;

  constructor(maxKeys = 2_000_000) {
    this.#maxPerGeneration = Math.ceil(maxKeys / 2);
  }

  /** Of an alert it is asked several times, before and after it is judged. */
  has(key: string): boolean {
    if (this.#lastKey === key) return this.#lastHas;
    const bits = bitsOf(key);
    this.#lastKey = key;
    this.#lastHas = this.#newer.has(bits) || this.#older.has(bits);
    return this.#lastHas;
  }

  /** @returns whether the key was not there */
  add(key: string, nowMs: number): boolean {
    if (nowMs - this.#startedAtMs >= GENERATION_MS || this.#newer.size >= this.#maxPerGeneration) {
      this.#older = this.#newer;
      this.#newer = new Set();
      this.#startedAtMs = nowMs;
      this.#lastKey = undefined;
    }
    const isNew = !this.has(key);
    this.#newer.add(bitsOf(key));
    this.#lastHas = true;
    return isNew;
  }
}

/** The first 13 hex digits of a key. */
function bitsOf(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}
