import { type AnchoredLiteral, type AnchorParts, AnchorTable } from './anchor-table.ts';
import { type GramParts, GramTable, type InsideLiteral } from './gram-table.ts';

/** What is looked for in the values of one field, as lists. */
export interface FieldDraft {
  readonly field: number;
  readonly inside: readonly InsideLiteral[];
  /** Literals too short for grams of four characters. */
  readonly pairs: readonly InsideLiteral[];
  readonly head: readonly AnchoredLiteral[];
  readonly tail: readonly AnchoredLiteral[];
  /** Witnesses that are evaluated whenever the field is there. */
  readonly present: readonly number[];
  /** The same where the field's text goes beyond ASCII. */
  readonly presentWide: readonly number[];
}

/** The same as tables: plain values, which cross to another thread. */
export interface FieldParts {
  readonly field: number;
  readonly inside: GramParts | undefined;
  readonly pairs: GramParts | undefined;
  readonly head: AnchorParts | undefined;
  readonly tail: AnchorParts | undefined;
  readonly present: Int32Array;
  readonly presentWide: Int32Array;
}

interface Tables {
  readonly inside: GramTable | undefined;
  readonly pairs: GramTable | undefined;
  readonly head: AnchorTable | undefined;
  readonly tail: AnchorTable | undefined;
}

/** What is looked for in the values of one field. The tables of a draft are built when the field is first searched. */
export class FieldIndex {
  readonly field: number;
  readonly present: Int32Array;
  readonly presentWide: Int32Array;
  #draft: FieldDraft | undefined;
  #tables: Tables | undefined;

  constructor(draft: FieldDraft | FieldParts) {
    this.field = draft.field;
    this.present = Int32Array.from(draft.present);
    this.presentWide = Int32Array.from(draft.presentWide);
    if (isDraft(draft)) this.#draft = draft;
    else {
      const { inside, pairs, head, tail } = draft;
      this.#tables = {
        inside: inside && new GramTable(inside),
        pairs: pairs && new GramTable(pairs),
        head: head && new AnchorTable(head),
        tail: tail && new AnchorTable(tail),
      };
    }
  }

  get tables(): Tables {
    if (this.#tables === undefined) {
      const { inside, pairs, head, tail } = this.#draft!;
      this.#tables = {
        inside: GramTable.of(inside, 4),
        pairs: GramTable.of(pairs, 2),
        head: AnchorTable.of(head, false),
        tail: AnchorTable.of(tail, true),
      };
      this.#draft = undefined;
    }
    return this.#tables;
  }

  get parts(): FieldParts {
    const { inside, pairs, head, tail } = this.tables;
    const { field, present, presentWide } = this;
    return {
      field,
      present,
      presentWide,
      inside: inside?.parts,
      pairs: pairs?.parts,
      head: head?.parts,
      tail: tail?.parts,
    };
  }
}

const isDraft = (draft: FieldDraft | FieldParts): draft is FieldDraft => Array.isArray(draft.inside);
