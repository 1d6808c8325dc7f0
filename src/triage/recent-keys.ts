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
  #lastBits = 0;
  #lastHas = false;

  constructor(maxKeys = 2_000_000) {
    this.#maxPerGeneration = Math.ceil(maxKeys / 2);
  }

  /** Of an alert it is asked several times, before and after it is judged. */
  has(key: string): boolean {
    if (this.#lastKey !== key) this.#look(key);
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
    this.#newer.add(this.#lastBits);
    this.#lastHas = true;
    return isNew;
  }

  #look(key: string): void {
    const bits = bitsOf(key);
    this.#lastKey = key;
    this.#lastBits = bits;
    this.#lastHas = this.#newer.has(bits) || this.#older.has(bits);
  }
}

/** The first 13 hex digits of a key. */
function bitsOf(key: string): number {
  let bits = 0;
  for (let at = 0; at < 13; at++) {
    const unit = key.charCodeAt(at);
    bits = 16 * bits + unit - (unit < 0x3a ? 0x30 : 0x57);
  }
  return bits;
}
