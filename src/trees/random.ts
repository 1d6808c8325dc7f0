/** A seeded stream of numbers: the same seed gives the same stream on every machine. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number;
  /** Uniform integer in [0, n), for n in 1 .. 2^32. */
  int(n: number): number;
  /** Uniform 32-bit unsigned integer. */
  uint32(): number;
  /** Normal deviate, mean 0 and standard deviation 1. */
  normal(): number;
  /** Puts `values` into random order, in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T;
}

const TWO_POW_32 = 4294967296;

/**
 * Well mixed 32-bit word out of one word: a bijection in which every input bit reaches every output bit.
 *
 * @see Ettinger's `lowbias32` constants, https://github.com/skeeto/hash-prospector
 */
function mix32(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The two 32-bit halves of a seed. Any finite number is a seed; equal numbers are equal seeds. */
export function seedWords(seed: number): [number, number] {
  if (!Number.isFinite(seed)) throw new RangeError(`Expected \`seed\` to be a finite number, got ${seed}.`);
  if (Number.isInteger(seed)) return [seed >>> 0, Math.floor(seed / TWO_POW_32) >>> 0];
  const words = new Uint32Array(Float64Array.of(seed).buffer);
  return [words[0] ^ 0x5bd1e995, words[1]];
}

/** A new seed for part `index` of a piece of work: streams of different indices are unrelated. */
export function deriveSeed(seed: number, index: number): number {
  const [low, high] = seedWords(seed);
  return mix32(mix32(mix32(low ^ 0x9e3779b9) ^ high) + Math.imul(index | 0, 0x85ebca6b));
}

/** sfc32, a chaotic counter generator of 128 bits that passes PractRand and BigCrush. */
class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    const [low, high] = seedWords(seed);
    this.#a = mix32(low + 0x9e3779b9);
    this.#b = mix32(high ^ this.#a ^ 0x3c6ef372);
    this.#c = mix32(low ^ this.#b);
    // The first outputs still resemble the seed; the author's own code drops twelve.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  next(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  int(n: number): number {
    // Multiply-shift: the bias against rejection is below n / 2^32.
    return Math.floor((this.uint32() * n) / TWO_POW_32);
  }

  normal(): number {
    // Marsaglia's polar method; the second deviate is dropped so that a stream has no hidden state.
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = values[i];
      values[i] = values[j];
      values[j] = held;
    }
    return values;
  }
}

/** @throws RangeError when `seed` is not a finite number */
export function createRandom(seed: number): Random {
  return new Sfc32(seed);
}
