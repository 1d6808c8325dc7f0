/** Hashes a bucket holds on average. */
const PER_BUCKET = 8;
const MAX_BITS = 24;
/** Hashes gone through between two pauses: well below a millisecond of work. */
export const HASHES_PER_STEP = 65_536;

/**
 * Where in a sorted list the hashes with a given beginning lie. Hashes are spread evenly, so that a bucket holds about
 * eight whatever the length of the list: a look-up reads two neighbouring numbers here and a few there, where a binary
 * search would touch as many cache lines as it halves. Half a byte a hash, made when a list is loaded.
 */
export class HashDirectory {
  readonly #shift: number;
  /** Position of the first hash of each bucket, and the length of the list behind the last. */
  readonly #starts: Uint32Array;

  private constructor(shift: number, starts: Uint32Array) {
    this.#shift = shift;
    this.#starts = starts;
  }

  /** @param sorted first halves of the hashes, ascending */
  static of(sorted: Uint32Array): HashDirectory {
    const steps = HashDirectory.inSteps(sorted);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /** The same in steps to pause between. */
  static *inSteps(sorted: Uint32Array): Generator<void, HashDirectory> {
    const n = sorted.length;
    const bits = Math.min(MAX_BITS, Math.max(1, Math.ceil(Math.log2((n + 1) / PER_BUCKET))));
    const shift = 32 - bits;
    const starts = new Uint32Array(2 ** bits + 1);
    let bucket = 0;
    for (let at = 0; at < n; at++) {
      if (at % HASHES_PER_STEP === HASHES_PER_STEP - 1) yield;
      const of = sorted[at]! >>> shift;
      while (bucket <= of) starts[bucket++] = at;
    }
    starts.fill(n, bucket);
    return new HashDirectory(shift, starts);
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
