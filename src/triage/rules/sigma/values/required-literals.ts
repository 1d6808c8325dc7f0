import { folded } from './fold.ts';
import type { RegexSource } from './regex-source.ts';

/** What every text has that one branch of a regular expression finds. */
export interface RequiredBranch {
  /** Runs of literal text, as {@link regexFolded} writes them, all of which stand in it. */
  readonly runs: readonly string[];
  /** Groups, of each of which one branch holds. */
  readonly groups: readonly (readonly RequiredBranch[])[];
}

/** Groups within each other that are looked into. */
const MAX_DEPTH = 4;

/**
 * `text` as required runs are compared: RE2 takes the long s for an s where case does not matter. The Kelvin sign is a k
 * to it and to us; no other letter of ASCII has a counterpart beyond it.
 */
export function regexFolded(text: string): string {
  const low = folded(text);
  return low.includes('\u017f') ? low.replaceAll('\u017f', 's') : low;
}

/**
 * What each branch of a regular expression requires; undefined where a branch requires nothing.
 *
 * What is optional or in a class is passed over. So what is required is necessary, never sufficient.
 */
export function requiredBranches({ pattern, ignoresCase }: RegexSource): RequiredBranch[] | undefined {
  let source = pattern;
  let isFolding = ignoresCase;
  const flags = /^\(\?([a-zA-Z]+)\)/.exec(source);
  if (flags !== null) {
    isFolding ||= flags[1]!.includes('i');
    source = source.slice(flags[0].length);
  }
  return branchesOf(source, isFolding, MAX_DEPTH);
}

interface OpenBranch {
  readonly runs: string[];
  readonly groups: RequiredBranch[][];
}

function branchesOf(source: string, isFolding: boolean, depth: number): RequiredBranch[] | undefined {
  let branch: OpenBranch = { runs: [], groups: [] };
  const branches = [branch];
  let run = '';
  const flush = (): void => {
    if (run !== '') branch.runs.push(regexFolded(run));
    run = '';
  };
  let i = 0;
  while (i < source.length) {
    const character = source[i]!;
    let literal: string | undefined;
    let group: string | undefined;
    let end = i + 1;
    if (character === '|') {
      flush();
      branch = { runs: [], groups: [] };
      branches.push(branch);
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
      if (end > 0) group = innerOf(source.slice(i, end));
    } else if (!'.^$'.includes(character)) {
      literal = character;
    }
    if (end < 0) return undefined;
    const quantifier = /^(?:[*+?]|\{[0-9]*,?[0-9]*\})\??/.exec(source.slice(end, end + 16))?.[0] ?? '';
    const isOptional = /^(?:[*?]|\{0)/.test(quantifier);
    // half of a character beyond the first 65,536 may be optional; RE2 has foldings of its own beyond ASCII
    const isSafe =
      literal !== undefined &&
      !/[\ud800-\udfff]/.test(literal) &&
      !(isFolding && /[\u0080-\uffff]/.test(literal));
    if (!isSafe || isOptional) flush();
    else run += literal;
    if (quantifier !== '') flush();
    if (group !== undefined && !isOptional && depth > 0) {
      const inner = branchesOf(group, isFolding, depth - 1);
      if (inner !== undefined) branch.groups.push(inner);
    }
    i = end + quantifier.length;
  }
  flush();
  return branches.some(({ runs, groups }) => runs.length + groups.length === 0) ? undefined : branches;
}

/** What stands in a group that has no flags of its own. */
function innerOf(group: string): string | undefined {
  if (group[1] !== '?') return group.slice(1, -1);
  return group[2] === ':' ? group.slice(3, -1) : undefined;
}

/** Whether a text, written by {@link regexFolded}, has what any branch requires. */
export function hasRequired(branches: readonly RequiredBranch[], low: string): boolean {
  return branches.some(
    ({ runs, groups }) =>
      runs.every((run) => low.includes(run)) && groups.every((group) => hasRequired(group, low)),
  );
}

/** Literals of a group that are looked for at most. */
const MAX_LITERALS = 24;

/** Literals of which one stands in every text that is found, as long as can be; undefined where none are certain. */
export function requiredLiterals(branches: readonly RequiredBranch[] | undefined): string[] | undefined {
  return branches?.flatMap(({ runs, groups }) => {
    const choices = runs.map((run) => [run]);
    for (const group of groups) {
      const literals = requiredLiterals(group)!;
      if (literals.length <= MAX_LITERALS || choices.length === 0) choices.push(literals);
    }
    return choices.reduce((best, choice) => (shortestOf(choice) > shortestOf(best) ? choice : best));
  });
}

const shortestOf = (literals: readonly string[]): number =>
  literals.reduce((shortest, { length }) => Math.min(shortest, length), Number.POSITIVE_INFINITY);

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
