import { folded, foldedUnits } from '../values/fold.ts';
import { DASH_CODES } from '../values/pattern.ts';

/** A literal that is looked for inside of texts. */
export interface InsideLiteral {
  /** Folded, at least as long as the table's grams. */
  readonly text: string;
  readonly witness: number;
  /** Whether finding it is the test; else the test is evaluated then. */
  readonly isProof: boolean;
}

/** Is told of literals that were found. */
export interface LiteralSink {
  proven(witness: number): void;
  hinted(witness: number): void;
}

/** Each code unit as grams see it: folded, all dashes and the slash alike, and the long s as s. Both sides are written so. */
const UNIT = foldedUnits();
for (const code of DASH_CODES) UNIT[code] = 0x2d;
// what regular expressions require is found with a long s as well
UNIT[0x17f] = 0x73;

/** Characters in a row that are hashed: four, or two for short literals. */
export type Reach = 4 | 2;

/** Counts how often grams occur in a set of literals: what is rare there is taken for rare in events. */
export class GramCounts {
  readonly #counts = new Uint32Array(1 << 16);

  add(text: string, reach: Reach): void {
    const shift = 32 / reach;
    let gram = 0;
    for (let i = 0; i < text.length; i++) {
      gram = (gram << shift) ^ UNIT[text.charCodeAt(i)]!;
      if (i >= reach - 1) this.#counts[slotOf(gram, 16)]!++;
    }
  }

  /** End of the rarest gram in a literal, and its count. */
  rarest(
    text: string,
    reach: Reach,
  ): { readonly end: number; readonly gram: number; readonly count: number } {
    const shift = 32 / reach;
    const best = { end: 0, gram: 0, count: Number.POSITIVE_INFINITY };
    let gram = 0;
    for (let i = 0; i < text.length; i++) {
      gram = (gram << shift) ^ UNIT[text.charCodeAt(i)]!;
      if (i < reach - 1) continue;
      const count = this.#counts[slotOf(gram, 16)]!;
      if (count >= best.count) continue;
      best.end = i;
      best.gram = gram;
      best.count = count;
    }
    return best;
  }
}

const slotOf = (gram: number, bits: number): number => Math.imul(gram, 0x9e3779b1) >>> (32 - bits);

/**
 * Finds which of many literals stand in a text: a bit set over the four characters in a row that are rarest in each
 * literal rejects nearly every place of the text, and the few that are left are compared.
 */
export class GramTable {
  readonly #reach: Reach;
  readonly #filter: Uint32Array;
  readonly #filterBits: number;
  readonly #slotBits: number;
  /** Place of a gram's first literal plus 1, 0 where the slot is free. */
  readonly #slots: Int32Array;
  readonly #grams: Int32Array;
  /** Literals of one gram stand in a row; the last has a set bit in `#isLast`. */
  readonly #texts: string[] = [];
  readonly #ends: Int32Array;
  readonly #witnesses: Int32Array;
  readonly #isProof: Uint8Array;
  readonly #isLast: Uint8Array;

  constructor(literals: readonly InsideLiteral[], counts: GramCounts, reach: Reach) {
    this.#reach = reach;
    const placed = literals
      .map(({ text, witness, isProof }) => {
        const { end, gram } = counts.rarest(text, reach);
        return { text, witness, isProof, end, gram };
      })
      .sort((a, b) => a.gram - b.gram);
    let nGrams = 0;
    for (let i = 0; i < placed.length; i++) if (placed[i]!.gram !== placed[i - 1]?.gram) nGrams++;
    // one bit in sixteen is set at most, so a place that holds nothing is rejected by the filter nearly always
    this.#filterBits = Math.max(9, Math.ceil(Math.log2(nGrams * 16)));
    this.#filter = new Uint32Array(2 ** this.#filterBits / 32);
    this.#slotBits = Math.max(2, Math.ceil(Math.log2(nGrams * 2)));
    this.#slots = new Int32Array(2 ** this.#slotBits);
    this.#grams = Int32Array.from(placed, ({ gram }) => gram);
    this.#ends = Int32Array.from(placed, ({ end }) => end);
    this.#witnesses = Int32Array.from(placed, ({ witness }) => witness);
    this.#isProof = Uint8Array.from(placed, ({ isProof }) => (isProof ? 1 : 0));
    this.#isLast = new Uint8Array(placed.length);
    for (const [i, { text, gram }] of placed.entries()) {
      this.#texts.push(text);
      this.#isLast[i] = placed[i + 1]?.gram === gram ? 0 : 1;
      if (i > 0 && placed[i - 1]!.gram === gram) continue;
      const bit = slotOf(gram, this.#filterBits);
      this.#filter[bit >>> 5]! |= 1 << (bit & 31);
      let slot = slotOf(gram, this.#slotBits);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = i + 1;
    }
  }

  /** Tells `sink` of every literal in `text`. */
  scan(text: string, sink: LiteralSink): void {
    const filter = this.#filter;
    const shift = 32 - this.#filterBits;
    const n = text.length;
    const gramShift = 32 / this.#reach;
    let gram = 0;
    let low = '';
    for (let i = 0; i < n; i++) {
      gram = (gram << gramShift) ^ UNIT[text.charCodeAt(i)]!;
      const bit = Math.imul(gram, 0x9e3779b1) >>> shift;
      if (((filter[bit >>> 5]! >>> (bit & 31)) & 1) === 0) continue;
      if (low === '') low = folded(text);
      this.#compare(gram, low, i, sink);
    }
  }

  /** The same over two tables of equal reach in one pass. */
  scanBoth(other: GramTable, text: string, sink: LiteralSink): void {
    const filter = this.#filter;
    const shift = 32 - this.#filterBits;
    const otherFilter = other.#filter;
    const otherShift = 32 - other.#filterBits;
    const n = text.length;
    const gramShift = 32 / this.#reach;
    let gram = 0;
    let low = '';
    for (let i = 0; i < n; i++) {
      gram = (gram << gramShift) ^ UNIT[text.charCodeAt(i)]!;
      const hash = Math.imul(gram, 0x9e3779b1);
      const bit = hash >>> shift;
      const otherBit = hash >>> otherShift;
      const isHere = ((filter[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
      const isThere = ((otherFilter[otherBit >>> 5]! >>> (otherBit & 31)) & 1) === 1;
      if (!isHere && !isThere) continue;
      if (low === '') low = folded(text);
      if (isHere) this.#compare(gram, low, i, sink);
      if (isThere) other.#compare(gram, low, i, sink);
    }
  }

  /** Compares the literals whose rarest gram ends at `at` of the folded text. */
  #compare(gram: number, low: string, at: number, sink: LiteralSink): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = slotOf(gram, this.#slotBits);
    let first = slots[slot]!;
    while (first !== 0 && this.#grams[first - 1] !== gram) {
      slot = (slot + 1) & mask;
      first = slots[slot]!;
    }
    if (first === 0) return;
    for (let i = first - 1; ; i++) {
      const start = at - this.#ends[i]!;
      const literal = this.#texts[i]!;
      if (start >= 0) {
        if (this.#isProof[i] === 1) {
          if (low.startsWith(literal, start)) sink.proven(this.#witnesses[i]!);
        } else if (looksLike(low, start, literal)) sink.hinted(this.#witnesses[i]!);
      }
      if (this.#isLast[i] === 1) return;
    }
  }
}

/** Whether a literal stands at `start`, all dashes taken as one. */
function looksLike(text: string, start: number, literal: string): boolean {
  if (start + literal.length > text.length) return false;
  for (let i = 0; i < literal.length; i++) {
    if (UNIT[text.charCodeAt(start + i)] !== UNIT[literal.charCodeAt(i)]) return false;
  }
  return true;
}
