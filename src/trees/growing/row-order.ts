import type { Matrix } from '../matrix.ts';

/**
 * The rows of `X` in an order that follows from what is in them (values, label, weight), not from where they stand:
 * a random draw by position in this order picks the same rows however the matrix was sorted. Only the given columns,
 * those that vary, take part, so a constant one changes nothing either.
 *
 * Rows are ordered by a 64-bit hash. Equal rows are interchangeable; different rows with equal hashes, expected once
 * in 10^9 matrices of 100,000 rows, keep the order of the matrix.
 */
export function contentOrder(
  X: Matrix,
  columns: Int16Array,
  labels?: Int32Array,
  weights?: Float64Array,
): Int32Array {
  const { nSamples } = X;
  const low = new Uint32Array(nSamples);
  // The row's place rides in the low bits of its sort key, so that plain numbers can be sorted.
  const placeBits = Math.ceil(Math.log2(nSamples + 1));
  const placeBase = 2 ** placeBits;
  const highShift = Math.max(0, placeBits - 21);
  const keys = new Float64Array(nSamples);
  const weightBits = weights && new Int32Array(weights.buffer, weights.byteOffset, weights.length * 2);
  const hasher = new RowHasher(X, columns);
  for (let i = 0; i < nSamples; i++) {
    const label = labels === undefined ? 0 : Math.imul(labels[i] + 1, 0x9e3779b1);
    const weight =
      weightBits === undefined ? 0 : Math.imul(weightBits[2 * i] ^ (weightBits[2 * i + 1] * 31), 0x85ebca6b);
    hasher.hash(i, label ^ weight, label ^ 0x2545f491);
    low[i] = hasher.low;
    keys[i] = (hasher.high >>> highShift) * placeBase + i;
  }
  keys.sort();
  const order = new Int32Array(nSamples);
  for (let k = 0; k < nSamples; k++) {
    const key = keys[k];
    const high = Math.floor(key / placeBase);
    const i = key - high * placeBase;
    // Equal first halves are rare: an insertion by the second half settles them.
    let hole = k;
    while (hole > 0 && Math.floor(keys[hole - 1] / placeBase) === high && low[order[hole - 1]] > low[i]) {
      order[hole] = order[hole - 1];
      hole--;
    }
    order[hole] = i;
  }
  return order;
}

/** Hashes of rows, one after the other. A loop of its own: V8 compiles it once, and does not leave it row by row. */
class RowHasher {
  high = 0;
  low = 0;
  readonly #data: Float32Array;
  readonly #bits: Int32Array;
  readonly #nFeatures: number;
  readonly #columns: Int16Array;

  constructor({ data, nFeatures }: Matrix, columns: Int16Array) {
    this.#data = data;
    this.#bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    this.#nFeatures = nFeatures;
    this.#columns = columns;
  }

  /** Sets both halves, of 32 bits, to the hash of row `i`, starting from the two given. */
  hash(i: number, firstHigh: number, firstLow: number): void {
    const data = this.#data;
    const bits = this.#bits;
    const columns = this.#columns;
    const row = i * this.#nFeatures;
    let high = firstHigh;
    let hash = firstLow;
    for (let c = 0; c < columns.length; c++) {
      const at = row + columns[c];
      // -0 equals 0, and a missing value is missing whatever its bits.
      const word = data[at] === 0 ? 0 : Number.isNaN(data[at]) ? 0x7fc00000 : bits[at];
      high = Math.imul(((high << 5) | (high >>> 27)) ^ word, 0x9e3779b1);
      hash = Math.imul(((hash << 13) | (hash >>> 19)) + word, 0x85ebca77);
    }
    this.high = high ^ (high >>> 15);
    this.low = (hash ^ (hash >>> 16)) >>> 0;
  }
}
