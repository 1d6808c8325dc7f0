/** Characters that are one of a word before folding too: the Kelvin sign, which is none, becomes a k. */
const IS_WORD = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-jl-z0-9_]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const LONG_S = 0x17f;
/** Keeps the two characters at the beginning of a word apart from three in a row. */
const WORD_START = 0x5d000000;

/** Bits of a set: the least, and the most, which are 8 KB. */
const MIN_SIZE = 10;
const MAX_SIZE = 16;

const hashOf = (gram: number): number => Math.imul(gram, 0x9e3779b1);

/**
 * Which three characters in a row a text has, and which two at the beginning of a word: a few bits tell nearly always
 * that a text does not have what is looked for, where a search would read it all. Made for one text after the other.
 */
export class GramSet {
  #bits = new Uint32Array(2 ** MIN_SIZE / 32);
  #shift = 32 - MIN_SIZE;

  /** @param low the text, folded */
  fill(low: string): void {
    const { length } = low;
    // one bit in eight is set at most, but in texts beyond 8,000 characters
    const size = Math.min(MAX_SIZE, Math.max(MIN_SIZE, 32 - Math.clz32(length * 8)));
    const nWords = 2 ** size / 32;
    if (this.#bits.length < nWords) this.#bits = new Uint32Array(nWords);
    else this.#bits.fill(0, 0, nWords);
    this.#shift = 32 - size;
    const bits = this.#bits;
    const shift = this.#shift;
    let gram = 0;
    let areWords = 0;
    for (let i = 0; i < length; i++) {
      const code = low.charCodeAt(i);
      gram = ((gram << 8) ^ (code === LONG_S ? 0x73 : code)) & 0xffffff;
      const bit = hashOf(gram) >>> shift;
      bits[bit >>> 5]! |= 1 << (bit & 31);
      // the last three characters as bits: those of a word
      areWords = ((areWords << 1) | (code < 128 ? IS_WORD[code]! : 0)) & 7;
      if (areWords >>> 1 === 3) continue;
      const start = hashOf((gram & 0xffff) ^ WORD_START) >>> shift;
      bits[start >>> 5]! |= 1 << (start & 31);
    }
  }

  /** Whether the text may have everything that these stand for. */
  mayHave(hashes: Int32Array): boolean {
    const bits = this.#bits;
    const shift = this.#shift;
    for (let i = 0; i < hashes.length; i++) {
      const bit = hashes[i]! >>> shift;
      if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return false;
    }
    return true;
  }
}

/**
 * What a text has in a {@link GramSet} that has all of some folded literals.
 *
 * @param isWordStart whether no word character stands before the first literal, or a word begins with it
 */
export function gramHashes(literals: readonly string[], isWordStart = false): Int32Array {
  const hashes: number[] = [];
  const [first = ''] = literals;
  if (isWordStart && first.length >= 2) hashes.push(hashOf((gramAt(first, 1) & 0xffff) ^ WORD_START));
  for (const text of literals) for (let i = 2; i < text.length; i++) hashes.push(hashOf(gramAt(text, i)));
  return Int32Array.from(hashes);
}

/** The gram that ends at a place of a literal. */
function gramAt(text: string, end: number): number {
  let gram = 0;
  for (let i = Math.max(0, end - 2); i <= end; i++) {
    const code = text.charCodeAt(i);
    gram = ((gram << 8) ^ (code === LONG_S ? 0x73 : code)) & 0xffffff;
  }
  return gram;
}
