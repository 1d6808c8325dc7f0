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

/** Lanes while parts are taken in; one pair, no allocation. */
const lanes = new Int32Array(2);

function begin(seed: number): void {
  lanes[0] = Math.imul(seed ^ 0x243f6a88, HIGH_MULTIPLIER);
  lanes[1] = Math.imul(seed ^ 0x85a308d3, LOW_MULTIPLIER);
}

function take(text: string): void {
  let high = lanes[0]!;
  let low = lanes[1]!;
  const length = text.length;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, HIGH_MULTIPLIER);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, LOW_MULTIPLIER);
    low = (low << 11) | (low >>> 21);
  }
  // the length closes a part; it lies above every code unit, so no text can look like a boundary
  lanes[0] = Math.imul(high ^ (0x10000 + length), LOW_MULTIPLIER);
  lanes[1] = Math.imul(low ^ (0x10000 + length), HIGH_MULTIPLIER);
}

/** Writes the hash of what was taken in to {@link lastHash}. */
function finish(): void {
  // both halves end up depending on both lanes
  const high = mix(lanes[0]! ^ lanes[1]!);
  lastHash[0] = high;
  lastHash[1] = mix(lanes[1]! + Math.imul(high, HIGH_MULTIPLIER));
}

/**
 * Hashes `parts` as a sequence (['a', 'bc'] and ['ab', 'c'] differ) into {@link lastHash}. UTF-16 code units are
 * the input, so the result is the same on every machine.
 *
 * @param seed 32-bit; different seeds give unrelated hashes
 */
export function hash64(parts: readonly string[], seed: number): void {
  begin(seed);
  for (let p = 0; p < parts.length; p++) take(parts[p]!);
  finish();
}

/** {@link hash64} of one part. */
export function hashText(text: string, seed: number): void {
  begin(seed);
  take(text);
  finish();
}

/** The digit of the four bits from `shift` on, as a character code. */
function digitOf(bits: number, shift: number): number {
  const value = (bits >>> shift) & 15;
  return value + (value < 10 ? 48 : 87);
}

/** {@link lastHash} as 16 hex digits: one flat string, made without a call out of compiled code. */
function lastHex(): string {
  const high = lastHash[0]!;
  const low = lastHash[1]!;
  return String.fromCharCode(
    digitOf(high, 28),
    digitOf(high, 24),
    digitOf(high, 20),
    digitOf(high, 16),
    digitOf(high, 12),
    digitOf(high, 8),
    digitOf(high, 4),
    digitOf(high, 0),
    digitOf(low, 28),
    digitOf(low, 24),
    digitOf(low, 20),
    digitOf(low, 16),
    digitOf(low, 12),
    digitOf(low, 8),
    digitOf(low, 4),
    digitOf(low, 0),
  );
}

/** {@link hash64} as 16 hex digits. */
export function hash64Hex(parts: readonly string[], seed: number): string {
  hash64(parts, seed);
  return lastHex();
}

/** Beginnings of sequences, from which hashes of one part more are made. */
export class HashBeginnings {
  /** (n x 2) lanes after the parts of each. */
  readonly #lanes: Int32Array;

  constructor(beginnings: readonly (readonly string[])[], seed: number) {
    this.#lanes = new Int32Array(2 * beginnings.length);
    for (const [nth, parts] of beginnings.entries()) {
      begin(seed);
      for (const part of parts) take(part);
      this.#lanes.set(lanes, 2 * nth);
    }
  }

  /** {@link hash64} of the parts of beginning `nth` and `part`. */
  hash(nth: number, part: string): void {
    lanes[0] = this.#lanes[2 * nth]!;
    lanes[1] = this.#lanes[2 * nth + 1]!;
    take(part);
    finish();
  }

  /** {@link hash64Hex} of the parts of beginning `nth` and `part`. */
  hexOf(nth: number, part: string): string {
    this.hash(nth, part);
    return lastHex();
  }
}

/** 32-bit seed of a salt text; the empty salt has the seed 0. */
export function seedOfSalt(salt: string): number {
  if (salt === '') return 0;
  hash64(['salt', salt], 0);
  return lastHash[0]!;
}
