/** Hashes a bucket holds on average. */
const PER_BUCKET = 8;
const MAX_BITS = 24;

/**
 * Where in a sorted list the hashes with a given beginning lie. Hashes are spread evenly, so that a bucket holds about
 * eight whatever the length of the list: a look-up reads two neighbouring numbers here and a few there, where a binary
 * search would touch as many cache lines as it halves. Half a byte a hash, made when a list is loaded.
 */
export class HashDirectory {
  readonly #shift: number;
  /** Position of the first hash of each bucket, and the length of the list behind the last. */
  readonly #starts: Uint32Array;

  /** @param sorted first halves of the hashes, ascending */
  constructor(sorted: Uint32Array) {
    const n = sorted.length;
    const bits = Math.min(MAX_BITS, Math.max(1, Math.ceil(Math.log2((n + 1) / PER_BUCKET))));
    this.#shift = 32 - bits;
    const starts = new Uint32Array(2 ** bits + 1);
    let bucket = 0;
    for (let at = 0; at < n; at++) {
      const of = sorted[at]! >>> this.#shift;
      while (bucket <= of) starts[bucket++] = at;
    }
    starts.fill(n, bucket);
    this.#starts = starts;
  }

  get sizeBytes(): number {
    return this.#starts.byteLength;
  }

  /** First position that may hold a hash that begins with `high`. */
  from(high: number): number {
    return this.#starts[high >>> this.#shift]!;
  }

  /** Position behind the last that may. */
  to(high: number): number {
    return this.#starts[(high >>> this.#shift) + 1]!;
  }
}
