import { folded } from './fold.ts';
import type { RegexSource } from './regex-source.ts';

/** Runs of literal text, folded, all of which stand in every text that one branch of a regular expression finds. */
export type RequiredRuns = readonly string[];

/**
 * Literal runs that each branch of a regular expression requires; undefined where a branch requires none.
 *
 * Reads the pattern's outermost level only: what is optional, in a group or in a class is passed over. So the runs are
 * necessary, never sufficient.
 */
export function requiredRuns({ pattern, ignoresCase }: RegexSource): RequiredRuns[] | undefined {
  let source = pattern;
  let isFolding = ignoresCase;
  const flags = /^\(\?([a-zA-Z]+)\)/.exec(source);
  if (flags !== null) {
    isFolding ||= flags[1]!.includes('i');
    source = source.slice(flags[0].length);
  }
  const branches: string[][] = [[]];
  let run = '';
  const flush = (): void => {
    if (run !== '') branches.at(-1)!.push(folded(run));
    run = '';
  };
  let i = 0;
  while (i < source.length) {
    const character = source[i]!;
    let literal: string | undefined;
    let end = i + 1;
    if (character === '|') {
      flush();
      branches.push([]);
      i++;
      continue;
    }
    if (character === '\\') {
      const next = source[i + 1];
      // quoted stretches and code points by number are rare enough to give up
      if (next === undefined || /[QExpP0-9]/.test(next)) return undefined;
      end = i + 2;
      if (!/[A-Za-z]/.test(next)) literal = next;
    } else if (character === '[') {
      end = endOfClass(source, i);
    } else if (character === '(') {
      // flags that hold from here on change what follows
      if (/^\(\?[a-zA-Z-]+\)/.test(source.slice(i, i + 12))) return undefined;
      end = endOfGroup(source, i);
    } else if (!'.^$'.includes(character)) {
      literal = character;
    }
    if (end < 0) return undefined;
    const quantifier = /^(?:[*+?]|\{[0-9]*,?[0-9]*\})\??/.exec(source.slice(end, end + 16))?.[0] ?? '';
    const isOptional = /^(?:[*?]|\{0)/.test(quantifier);
    // half of a character beyond the first 65,536 may be optional; RE2 takes the long s and the Kelvin sign for s and k, and has foldings of its own beyond ASCII
    const isSafe =
      literal !== undefined &&
      !/[\ud800-\udfff]/.test(literal) &&
      !(isFolding && /[skSK\u0080-\uffff]/.test(literal));
    if (!isSafe || isOptional) flush();
    else run += literal;
    if (quantifier !== '') flush();
    i = end + quantifier.length;
  }
  flush();
  return branches.some((runs) => runs.length === 0) ? undefined : branches;
}

/** The longest run of each branch, one of which stands in every text that is found; undefined where none is certain. */
export const requiredLiterals = (source: RegexSource): string[] | undefined =>
  requiredRuns(source)?.map((runs) => runs.reduce((best, run) => (run.length > best.length ? run : best)));

function endOfClass(source: string, start: number): number {
  let i = start + 1;
  if (source[i] === '^') i++;
  // a closing bracket in the first place is a member
  if (source[i] === ']') i++;
  for (; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '[' && source[i + 1] === ':') {
      const end = source.indexOf(':]', i + 2);
      if (end > 0) i = end + 1;
    } else if (source[i] === ']') return i + 1;
  }
  return -1;
}

function endOfGroup(source: string, start: number): number {
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '[') {
      const end = endOfClass(source, i);
      if (end < 0) return -1;
      i = end - 1;
    } else if (source[i] === '(') depth++;
    else if (source[i] === ')') {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}
