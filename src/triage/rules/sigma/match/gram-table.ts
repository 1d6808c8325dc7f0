import { folded, foldedUnits } from '../values/fold.ts';
import { DASH_CODES } from '../values/pattern.ts';

/** A literal that is looked for inside of texts. */
export interface InsideLiteral {
  /** Folded, at least as long as the table's grams. */
  readonly text: string;
  readonly witness: number;
  /** Whether finding it is the test; else the test is evaluated then. */
  readonly isProof: boolean;
  /** Place in the text of the last character of the gram it is found by. */
  readonly end: number;
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

  /** Place of the last character of the rarest gram in a literal. */
  rarestEnd(text: string, reach: Reach): number {
    const shift = 32 / reach;
    let best = reach - 1;
    let least = Number.POSITIVE_INFINITY;
    let gram = 0;
    for (let i = 0; i < text.length; i++) {
      gram = (gram << shift) ^ UNIT[text.charCodeAt(i)]!;
      if (i < reach - 1) continue;
      const count = this.#counts[slotOf(gram, 16)]!;
      if (count >= least) continue;
      best = i;
      least = count;
    }
    return best;
  }
}

const slotOf = (gram: number, bits: number): number => Math.imul(gram, 0x9e3779b1) >>> (32 - bits);

/** The gram that ends at `end` of a literal. */
function gramAt(text: string, end: number, reach: Reach): number {
  const shift = 32 / reach;
  let gram = 0;
  for (let i = end - reach + 1; i <= end; i++) gram = (gram << shift) ^ UNIT[text.charCodeAt(i)]!;
  return gram;
}

/** What a table is made of: plain values, which cross to another thread. */
export interface GramParts {
  readonly reach: Reach;
  readonly filter: Uint32Array;
  readonly filterBits: number;
  readonly slotBits: number;
  /** Place of a gram's first literal plus 1, 0 where the slot is free. */
  readonly slots: Int32Array;
  readonly grams: Int32Array;
  /** Literals of one gram stand in a row; the last has a 1 in `isLast`. */
  readonly texts: readonly string[];
  readonly ends: Int32Array;
  readonly witnesses: Int32Array;
  readonly isProof: Uint8Array;
  readonly isLast: Uint8Array;
}

function partsOf(literals: readonly InsideLiteral[], reach: Reach): GramParts {
  const placed = literals
    .map((literal) => ({ ...literal, gram: gramAt(literal.text, literal.end, reach) }))
    .sort((a, b) => a.gram - b.gram);
  let nGrams = 0;
  for (let i = 0; i < placed.length; i++) if (placed[i]!.gram !== placed[i - 1]?.gram) nGrams++;
  // one bit in sixteen is set at most, so a place that holds nothing is rejected by the filter nearly always
  const filterBits = Math.max(9, Math.ceil(Math.log2(nGrams * 16)));
  const filter = new Uint32Array(2 ** filterBits / 32);
  const slotBits = Math.max(2, Math.ceil(Math.log2(nGrams * 2)));
  const slots = new Int32Array(2 ** slotBits);
  const isLast = new Uint8Array(placed.length);
  for (const [i, { gram }] of placed.entries()) {
    isLast[i] = placed[i + 1]?.gram === gram ? 0 : 1;
    if (i > 0 && placed[i - 1]!.gram === gram) continue;
    const bit = slotOf(gram, filterBits);
    filter[bit >>> 5]! |= 1 << (bit & 31);
    let slot = slotOf(gram, slotBits);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = i + 1;
  }
  return {
    reach,
    filter,
    filterBits,
    slotBits,
    slots,
    isLast,
    grams: Int32Array.from(placed, ({ gram }) => gram),
    texts: placed.map(({ text }) => text),
    ends: Int32Array.from(placed, ({ end }) => end),
    witnesses: Int32Array.from(placed, ({ witness }) => witness),
    isProof: Uint8Array.from(placed, ({ isProof }) => (isProof ? 1 : 0)),
  };
}

/**
 * Finds which of many literals stand in a text: a bit set over the four characters in a row that are rarest in each
 * literal rejects nearly every place of the text, and the few that are left are compared.
 */
export class GramTable {
  readonly parts: GramParts;
  readonly #reach: Reach;
  readonly #filter: Uint32Array;
  readonly #filterBits: number;
  readonly #slotBits: number;
  readonly #slots: Int32Array;
  readonly #grams: Int32Array;
  readonly #texts: readonly string[];
  readonly #ends: Int32Array;
  readonly #witnesses: Int32Array;
  readonly #isProof: Uint8Array;
  readonly #isLast: Uint8Array;

  constructor(parts: GramParts) {
    this.parts = parts;
    this.#reach = parts.reach;
    this.#filter = parts.filter;
    this.#filterBits = parts.filterBits;
    this.#slotBits = parts.slotBits;
    this.#slots = parts.slots;
    this.#grams = parts.grams;
    this.#texts = parts.texts;
    this.#ends = parts.ends;
    this.#witnesses = parts.witnesses;
    this.#isProof = parts.isProof;
    this.#isLast = parts.isLast;
  }

  /** A table of literals; undefined of none. */
  static of(literals: readonly InsideLiteral[], reach: Reach): GramTable | undefined {
    return literals.length === 0 ? undefined : new GramTable(partsOf(literals, reach));
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
