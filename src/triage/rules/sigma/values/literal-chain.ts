// What a regular expression asks for in one piece, `net1?(?:\.exe)?"?\s+use` for instance: far cheaper to look for than
// to run the automaton, and far rarer in long scripts than its words by themselves.

import { gramHashes } from './gram-set.ts';

/** A part of a chain behind its head. */
export type Link =
  | { readonly kind: 'text'; readonly text: string; readonly isOptional: boolean }
  | { readonly kind: 'blanks'; readonly least: 0 | 1 };

/**
 * What is known of the place where a chain begins: a word begins or ends there, no word character stands before it, or
 * nothing.
 */
export type ChainStart = 'boundary' | 'gap' | 'anywhere';

/** Texts that stand one behind the other with nothing but what is named between them; folded as required runs are. */
export interface Chain {
  readonly head: string;
  readonly start: ChainStart;
  readonly rest: readonly Link[];
  /** What a text that has the chain has in its {@link GramSet}. */
  readonly grams: Int32Array;
}

/**
 * The first place at or behind `from` at which a chain stands in a folded text; -1 without.
 *
 * @param text the text before it was folded, character by character; without it the ends of words are not looked at
 */
export function findChain(
  { head, start, rest }: Chain,
  low: string,
  from: number,
  text: string | undefined,
): number {
  for (let at = low.indexOf(head, from); at >= 0; at = low.indexOf(head, at + 1)) {
    if (text !== undefined && !canStart(start, text, at)) continue;
    if (follows(rest, 0, low, at + head.length)) return at;
  }
  return -1;
}

function canStart(start: ChainStart, text: string, at: number): boolean {
  if (start === 'anywhere') return true;
  // a character beyond ASCII may be one of a word only once it is folded, so a gap says nothing of the character itself
  const isBehindWord = isWordAt(text, at - 1);
  return start === 'gap' ? !isBehindWord : isBehindWord !== isWordAt(text, at);
}

/** Texts of a chain that are not optional. */
export const textsOf = ({ head, rest }: Pick<Chain, 'head' | 'rest'>): string[] => [
  head,
  ...rest.flatMap((link) => (link.kind === 'text' && !link.isOptional ? [link.text] : [])),
];

function follows(rest: readonly Link[], first: number, low: string, from: number): boolean {
  let at = from;
  for (let i = first; i < rest.length; i++) {
    const link = rest[i]!;
    if (link.kind === 'blanks') {
      // no text behind blanks begins with one, so as many as there are can be taken
      const start = at;
      while (low.charCodeAt(at) <= 0x20) at++;
      if (at - start < link.least) return false;
    } else if (low.startsWith(link.text, at)) {
      if (link.isOptional && follows(rest, i + 1, low, at)) return true;
      at += link.text.length;
    } else if (!link.isOptional) return false;
  }
  return true;
}

/** Whether a word character of RE2 stands at a place of a text. */
function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

/** Gathers the links of one chain after the other, as a pattern is read. */
export class ChainBuilder {
  readonly #fold: (text: string) => string;
  #links: Link[] = [];
  #run = '';
  #start: ChainStart = 'anywhere';
  #next: ChainStart;

  /** @param start what is known of the place where the pattern begins */
  constructor(fold: (text: string) => string, start: ChainStart) {
    this.#fold = fold;
    this.#next = start;
  }

  get #isOpen(): boolean {
    return this.#run !== '' || this.#links.length > 0;
  }

  /** What is known of the place where a chain would begin now. */
  get next(): ChainStart {
    return this.#isOpen ? 'anywhere' : this.#next;
  }

  /** `\b`, or what ends with no word character. */
  place(next: ChainStart): void {
    if (!this.#isOpen) this.#next = next;
  }

  /** A character that must stand here. */
  literal(character: string): void {
    // `\s+ x`: the blanks before have taken it
    if (this.#isBehindBlanks && character <= ' ') return;
    if (!this.#isOpen) this.#start = this.#next;
    this.#next = 'anywhere';
    this.#run += character;
  }

  /** A text that may stand here; false where that cannot be told, so that the chain has to end. */
  optional(text: string): boolean {
    if (!this.#isOpen) {
      this.#next = 'anywhere';
      return true;
    }
    if (this.#isBehindBlanks && text.charCodeAt(0) <= 0x20) return false;
    this.#flushRun();
    this.#links.push({ kind: 'text', text: this.#fold(text), isOptional: true });
    return true;
  }

  /** `\s` with any quantifier. */
  blanks(least: 0 | 1): void {
    if (!this.#isOpen) {
      this.#next = least === 1 ? 'gap' : 'anywhere';
      return;
    }
    if (this.#isBehindBlanks) return;
    this.#flushRun();
    this.#links.push({ kind: 'blanks', least });
  }

  /** The chain so far, if any; the next one starts anew. */
  take(): Chain | undefined {
    this.#flushRun();
    const links = this.#links;
    this.#links = [];
    this.#next = 'anywhere';
    const [head, ...rest] = links;
    if (head?.kind !== 'text') return undefined;
    const chain = { head: head.text, start: this.#start, rest };
    const isWordStart = chain.start === 'gap' || (chain.start === 'boundary' && isWordAt(chain.head, 0));
    return { ...chain, grams: gramHashes(textsOf(chain), isWordStart) };
  }

  get #isBehindBlanks(): boolean {
    return this.#run === '' && this.#links.at(-1)?.kind === 'blanks';
  }

  #flushRun(): void {
    if (this.#run !== '') this.#links.push({ kind: 'text', text: this.#fold(this.#run), isOptional: false });
    this.#run = '';
  }
}
