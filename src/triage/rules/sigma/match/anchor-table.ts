import { folded, foldedUnits } from '../values/fold.ts';
import type { LiteralSink } from './gram-table.ts';

/** A literal that a text has as its start or end, or is as a whole. */
export interface AnchoredLiteral {
  /** Folded, not empty. */
  readonly text: string;
  readonly witness: number;
  readonly isWhole: boolean;
  readonly isProof: boolean;
}

/** Characters next to the anchor that are hashed. */
const REACH = 8;

const UNIT = foldedUnits();

/** What a table is made of: plain values, which cross to another thread. */
export interface AnchorParts {
  readonly isAtEnd: boolean;
  /** Bit n - 1 is set where literals of n hashed characters exist. */
  readonly lengths: number;
  readonly bits: number;
  readonly slots: Int32Array;
  readonly hashes: Int32Array;
  readonly texts: readonly string[];
  readonly witnesses: Int32Array;
  readonly isWhole: Uint8Array;
  readonly isProof: Uint8Array;
  readonly isLast: Uint8Array;
}

function partsOf(literals: readonly AnchoredLiteral[], isAtEnd: boolean): AnchorParts {
  const placed = literals
    .map((literal) => ({ ...literal, hash: hashOf(literal.text, isAtEnd) }))
    .sort((a, b) => a.hash - b.hash);
  const nHashes = new Set(placed.map(({ hash }) => hash)).size;
  const bits = Math.max(3, Math.ceil(Math.log2(nHashes * 4)));
  const slots = new Int32Array(2 ** bits);
  const isLast = new Uint8Array(placed.length);
  let lengths = 0;
  for (const [i, { text, hash }] of placed.entries()) {
    lengths |= 1 << (Math.min(REACH, text.length) - 1);
    isLast[i] = placed[i + 1]?.hash === hash ? 0 : 1;
    if (i > 0 && placed[i - 1]!.hash === hash) continue;
    let slot = slotOf(hash, bits);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = i + 1;
  }
  return {
    isAtEnd,
    lengths,
    bits,
    slots,
    isLast,
    hashes: Int32Array.from(placed, ({ hash }) => hash),
    texts: placed.map(({ text }) => text),
    witnesses: Int32Array.from(placed, ({ witness }) => witness),
    isWhole: Uint8Array.from(placed, ({ isWhole }) => (isWhole ? 1 : 0)),
    isProof: Uint8Array.from(placed, ({ isProof }) => (isProof ? 1 : 0)),
  };
}

const slotOf = (hash: number, bits: number): number => Math.imul(hash, 0x9e3779b1) >>> (32 - bits);

/**
 * Finds which of many literals a text starts with, or ends with, by a hash of up to eight characters at that side.
 *
 * Literals shorter than that are looked up by their own length.
 */
export class AnchorTable {
  readonly parts: AnchorParts;
  readonly #isAtEnd: boolean;
  readonly #lengths: number;
  readonly #bits: number;
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #texts: readonly string[];
  readonly #witnesses: Int32Array;
  readonly #isWhole: Uint8Array;
  readonly #isProof: Uint8Array;
  readonly #isLast: Uint8Array;

  constructor(parts: AnchorParts) {
    this.parts = parts;
    this.#isAtEnd = parts.isAtEnd;
    this.#lengths = parts.lengths;
    this.#bits = parts.bits;
    this.#slots = parts.slots;
    this.#hashes = parts.hashes;
    this.#texts = parts.texts;
    this.#witnesses = parts.witnesses;
    this.#isWhole = parts.isWhole;
    this.#isProof = parts.isProof;
    this.#isLast = parts.isLast;
  }

  /** A table of literals; undefined of none. */
  static of(literals: readonly AnchoredLiteral[], isAtEnd: boolean): AnchorTable | undefined {
    return literals.length === 0 ? undefined : new AnchorTable(partsOf(literals, isAtEnd));
  }

  /** Tells `sink` of every literal that `text` has at this side. */
  scan(text: string, sink: LiteralSink): void {
    const lengths = this.#lengths;
    const n = Math.min(REACH, text.length);
    const step = this.#isAtEnd ? -1 : 1;
    let at = this.#isAtEnd ? text.length - 1 : 0;
    let hash = 0x811c9dc5;
    for (let i = 0; i < n; i++, at += step) {
      hash = Math.imul(hash ^ UNIT[text.charCodeAt(at)]!, 0x01000193);
      if (((lengths >>> i) & 1) === 1) this.#compare(hash, text, sink);
    }
  }

  #compare(hash: number, text: string, sink: LiteralSink): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = slotOf(hash, this.#bits);
    let first = slots[slot]!;
    while (first !== 0 && this.#hashes[first - 1] !== hash) {
      slot = (slot + 1) & mask;
      first = slots[slot]!;
    }
    if (first === 0) return;
    const low = folded(text);
    for (let i = first - 1; ; i++) {
      const literal = this.#texts[i]!;
      const isHere =
        this.#isWhole[i] === 1
          ? low === literal
          : this.#isAtEnd
            ? low.endsWith(literal)
            : low.startsWith(literal);
      if (isHere) {
        if (this.#isProof[i] === 1) sink.proven(this.#witnesses[i]!);
        else sink.hinted(this.#witnesses[i]!);
      }
      if (this.#isLast[i] === 1) return;
    }
  }
}

function hashOf(text: string, isAtEnd: boolean): number {
  const n = Math.min(REACH, text.length);
  let hash = 0x811c9dc5;
  for (let i = 0; i < n; i++) {
    hash = Math.imul(hash ^ UNIT[text.charCodeAt(isAtEnd ? text.length - 1 - i : i)]!, 0x01000193);
  }
  return hash;
}
