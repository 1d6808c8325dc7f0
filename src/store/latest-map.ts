/**
 * A map that keeps at least the last `n` keys set, at most twice as many: two generations, of which the older one is
 * dropped whole. Setting a key costs what it costs in a Map; a list of who was used last would cost five times that.
 */
export class LatestMap<K, V> {
  readonly #n: number;
  #newer = new Map<K, V>();
  #older = new Map<K, V>();

  /** @param n an integer >= 1 */
  constructor(n: number) {
    this.#n = n;
  }

  get(key: K): V | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: K, value: V): void {
    this.#newer.set(key, value);
    if (this.#newer.size < this.#n) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }
}
