import { hasPlace, type Place, textOfValue } from '../compile/test.ts';
import { folded } from '../values/fold.ts';

/** Stands between values that are searched together; a literal that has it itself is searched one by one. */
const SEPARATOR = '\0';

/** The scalars of a list as texts, folded when asked and searched together, so that a literal costs one search. */
export class ListTexts {
  /** Scalars as the event has them. */
  readonly values: readonly unknown[];
  readonly texts: readonly string[];
  #folded: readonly string[] | undefined;
  #joined: string | undefined;

  constructor(values: readonly unknown[]) {
    this.values = values;
    // scalars always have a text
    this.texts = values.map((value) => textOfValue(value)!);
  }

  /** Each text folded. */
  get folded(): readonly string[] {
    this.#folded ??= this.texts.map(folded);
    return this.#folded;
  }

  /** The folded texts in a row: whatever one of them has, this has. */
  get joined(): string {
    this.#joined ??= this.folded.join(SEPARATOR);
    return this.#joined;
  }

  /** Whether any text has a literal at a place; the literal is folded unless `isCased`. */
  has(literal: string, place: Place, isCased: boolean): boolean {
    if (place === 'inside' && !isCased && !literal.includes(SEPARATOR)) return this.joined.includes(literal);
    const texts = isCased ? this.texts : this.folded;
    for (const text of texts) if (hasPlace(text, literal, place)) return true;
    return false;
  }
}
