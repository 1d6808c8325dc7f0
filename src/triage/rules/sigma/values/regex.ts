import { RE2JS } from 're2js';
import { LIMITS } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { folded } from './fold.ts';
import type { RegexSource } from './regex-source.ts';
import { type RequiredRuns, requiredRuns } from './required-literals.ts';

/** Characters of the longest line; of the whole text where a line break counts as a character. */
function longestLine(text: string, isDotAll: boolean): number {
  const lines = isDotAll ? [text] : text.split('\n');
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
  // `.{1000,}` asks for a length alone; as an automaton it has as many states
  readonly #minRun: number;

  readonly #runs: readonly RequiredRuns[] | undefined;

  constructor(source: RegexSource) {
    this.source = source;
    this.#runs = requiredRuns(source);
    this.#minRun = Number(/^\.\{([0-9]{1,4}),\}$/.exec(source.pattern)?.[1] ?? 0);
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

  test(text: string): boolean {
    const value = text.length > LIMITS.valueChars ? text.slice(0, LIMITS.valueChars) : text;
    if (this.#minRun > 0) return longestLine(value, this.source.isDotAll) >= this.#minRun;
    return this.#canMatch(value) && this.#compile().test(value);
  }

  /** Whether a text has the literal runs of any branch; far cheaper than the automaton. */
  #canMatch(text: string): boolean {
    if (this.#runs === undefined) return true;
    const low = folded(text);
    return this.#runs.some((runs) => runs.every((run) => low.includes(run)));
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
