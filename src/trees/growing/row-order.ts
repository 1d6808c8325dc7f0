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
  const { data, nSamples, nFeatures } = X;
  const nColumns = columns.length;
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  const weightBits = weights && new Int32Array(weights.buffer, weights.byteOffset, weights.length * 2);
  const low = new Uint32Array(nSamples);
  // The row's place rides in the low bits of its sort key, so that plain numbers can be sorted.
  const placeBits = Math.ceil(Math.log2(nSamples + 1));
  const placeBase = 2 ** placeBits;
  const highShift = Math.max(0, placeBits - 21);
  const keys = new Float64Array(nSamples);
  for (let i = 0, row = 0; i < nSamples; i++, row += nFeatures) {
    let high = labels === undefined ? 0 : Math.imul(labels[i] + 1, 0x9e3779b1);
    let hash = high ^ 0x2545f491;
    if (weightBits !== undefined)
      high ^= Math.imul(weightBits[2 * i] ^ (weightBits[2 * i + 1] * 31), 0x85ebca6b);
    for (let c = 0; c < nColumns; c++) {
      const at = row + columns[c];
      // -0 equals 0, and a missing value is missing whatever its bits.
      const word = data[at] === 0 ? 0 : Number.isNaN(data[at]) ? 0x7fc00000 : bits[at];
      high = Math.imul(((high << 5) | (high >>> 27)) ^ word, 0x9e3779b1);
      hash = Math.imul(((hash << 13) | (hash >>> 19)) + word, 0x85ebca77);
    }
    high ^= high >>> 15;
    low[i] = (hash ^ (hash >>> 16)) >>> 0;
    keys[i] = (high >>> highShift) * placeBase + i;
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
