/**
 * 64-bit string hash in two 32-bit lanes, for track-record keys and hashed tokens. Not cryptographic: it hides
 * values from a reader of an artefact only as far as they cannot be guessed, and a salt makes guessing useless.
 *
 * Collision odds: n distinct keys share a value with probability about n^2 / 2^65, that is 1 in 37 million for the
 * million keys that a track record may hold at most. A collision mixes two records; it never breaks anything.
 */

// Odd multipliers with well spread bits (from the golden ratio and from sqrt(3)); they differ per lane, so that two
// strings that meet in one lane do not meet in the other.
const HIGH_MULTIPLIER = 0x9e3779b1;
const LOW_MULTIPLIER = 0xbb67ae85;

/** Last hash made by {@link hash64}: two unsigned halves, read before the next call. One result, no allocation. */
export const lastHash = new Uint32Array(2);

/** Avalanche of one 32-bit lane: every input bit reaches every output bit. */
function mix(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/**
 * Hashes `parts` as a sequence (['a', 'bc'] and ['ab', 'c'] differ) into {@link lastHash}. UTF-16 code units are
 * the input, so the result is the same on every machine.
 *
 * @param seed 32-bit; different seeds give unrelated hashes
 */
export function hash64(parts: readonly string[], seed: number): void {
  let high = Math.imul(seed ^ 0x243f6a88, HIGH_MULTIPLIER);
  let low = Math.imul(seed ^ 0x85a308d3, LOW_MULTIPLIER);
  for (let p = 0; p < parts.length; p++) {
    const text = parts[p]!;
    const length = text.length;
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      high = Math.imul(high ^ unit, HIGH_MULTIPLIER);
      high = (high << 13) | (high >>> 19);
      low = Math.imul(low ^ unit, LOW_MULTIPLIER);
      low = (low << 11) | (low >>> 21);
    }
    // the length closes a part; it lies above every code unit, so no text can look like a boundary
    high = Math.imul(high ^ (0x10000 + length), LOW_MULTIPLIER);
    low = Math.imul(low ^ (0x10000 + length), HIGH_MULTIPLIER);
  }
  // both halves end up depending on both lanes
  high = mix(high ^ low);
  low = mix(low + Math.imul(high, HIGH_MULTIPLIER));
  lastHash[0] = high;
  lastHash[1] = low;
}

const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const hexBytes = Buffer.alloc(16);

/** {@link hash64} as 16 hex digits. */
export function hash64Hex(parts: readonly string[], seed: number): string {
  hash64(parts, seed);
  const high = lastHash[0]!;
  const low = lastHash[1]!;
  for (let at = 0, shift = 28; at < 8; at++, shift -= 4) {
    hexBytes[at] = HEX_DIGITS[(high >>> shift) & 15]!;
    hexBytes[at + 8] = HEX_DIGITS[(low >>> shift) & 15]!;
  }
  // one flat string: of pieces put together each is garbage, and the whole is made flat by whoever reads it
  return hexBytes.toString('latin1');
}

/** 32-bit seed of a salt text; the empty salt has the seed 0. */
export function seedOfSalt(salt: string): number {
  if (salt === '') return 0;
  hash64(['salt', salt], 0);
  return lastHash[0]!;
}
