import { RE2JS } from 're2js';
import { LIMITS } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { folded } from './fold.ts';
import type { GramSet } from './gram-set.ts';
import type { RegexSource } from './regex-source.ts';
import {
  hasRequired,
  type RequiredBranch,
  requiredBranches,
  requiredGrams,
  withoutLongS,
} from './required-literals.ts';

/** Characters of the longest line, or of the first; of the whole text where a line break counts as a character. */
function lineLength(text: string, isDotAll: boolean, isFirst: boolean): number {
  const lines = isDotAll ? [text] : text.split('\n', isFirst ? 1 : undefined);
  // a character beyond the first 65,536 is one
  return Math.max(
    ...lines.map((line) => line.length - (line.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0)),
  );
}

/**
 * A regular expression of RE2, which needs time linear in the text for every pattern; a search anywhere in the text.
 *
 * Look-around and back references are refused, `\d` and `\w` are ASCII, and `$` is the very end of the text.
 */
export class Regex {
  readonly source: RegexSource;
  #compiled: RE2JS | undefined;
  // `.{1000,}` and `^.{1000}` ask for a length alone; as an automaton they have as many states
  readonly #minRun: number;
  readonly #isAtStart: boolean;

  /** Found out when first asked for, by the index or by a test. */
  #required: readonly RequiredBranch[] | 'nothing' | undefined;
  #grams: readonly Int32Array[] | undefined;

  constructor(source: RegexSource) {
    this.source = source;
    const length = /^(\^?)\.\{([0-9]{1,4}),?\}$/.exec(source.pattern);
    this.#minRun = Number(length?.[2] ?? 0);
    this.#isAtStart = length?.[1] === '^' && !source.isMultiline;
  }

  /** Throws a `Refusal` that names what is wrong with the pattern. */
  check(at: number): void {
    const { pattern } = this.source;
    if (pattern.length > LIMITS.regexChars) {
      throw new Refusal(
        `Expected at most ${LIMITS.regexChars} characters in a regular expression, got ${pattern.length}.`,
        at,
      );
    }
    try {
      this.#compile();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Refusal(`Expected a regular expression of RE2, got an error: ${reason}.`, at);
    }
  }

  /**
   * Whether it is found anywhere in a text.
   *
   * @param low the text folded, where the caller has it
   * @param grams those of the text, or of one that it is part of, where the caller has them
   */
  test(text: string, low: string = folded(text), grams?: GramSet): boolean {
    const value = text.length > LIMITS.valueChars ? text.slice(0, LIMITS.valueChars) : text;
    if (this.#minRun > 0) {
      return (
        value.length >= this.#minRun &&
        lineLength(value, this.source.isDotAll, this.#isAtStart) >= this.#minRun
      );
    }
    return this.canMatch(low, text, grams) && this.#compile().test(value);
  }

  /** What each branch requires of a text; undefined where one requires nothing. */
  get required(): readonly RequiredBranch[] | undefined {
    this.#required ??= requiredBranches(this.source) ?? 'nothing';
    return this.#required === 'nothing' ? undefined : this.#required;
  }

  /**
   * Whether a folded text has what any branch requires; far cheaper than the automaton.
   *
   * @param text the text before it was folded, where it is one
   */
  canMatch(low: string, text?: string, grams?: GramSet): boolean {
    const { required } = this;
    return required === undefined || hasRequired(required, withoutLongS(low), text, grams);
  }

  /** What the grams of a text have of each branch; undefined where one requires nothing. */
  get grams(): readonly Int32Array[] | undefined {
    const { required } = this;
    if (required !== undefined) this.#grams ??= requiredGrams(required);
    return this.#grams;
  }

  /** Compiles what the first text that has all it requires would wait for. */
  prepare(): void {
    void this.grams;
    if (this.#minRun === 0) this.#compile();
  }

  #compile(): RE2JS {
    if (this.#compiled === undefined) {
      const { pattern, ignoresCase, isMultiline, isDotAll } = this.source;
      const flags =
        (ignoresCase ? RE2JS.CASE_INSENSITIVE : 0) |
        (isMultiline ? RE2JS.MULTILINE : 0) |
        (isDotAll ? RE2JS.DOTALL : 0);
      this.#compiled = RE2JS.compile(pattern, flags);
    }
    return this.#compiled;
  }
}
