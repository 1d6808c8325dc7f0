import { folded } from './fold.ts';
import type { GramSet } from './gram-set.ts';
import { type Chain, ChainBuilder, type ChainStart, findChain, textsOf } from './literal-chain.ts';
import type { RegexSource } from './regex-source.ts';

/**
 * What every text has that one branch of a regular expression finds, one behind the other: chains of literal text, as
 * {@link withoutLongS} writes them, and groups, of each of which one branch stands there.
 */
export type RequiredBranch = readonly (Chain | readonly RequiredBranch[])[];

/** Groups within each other that are looked into. */
const MAX_DEPTH = 4;

/** `text` as required runs are compared. */
export const regexFolded = (text: string): string => withoutLongS(folded(text));

/**
 * A folded text as required runs are compared: RE2 takes the long s for an s where case does not matter. The Kelvin sign
 * is a k to it and to us; no other letter of ASCII has a counterpart beyond it.
 */
export function withoutLongS(low: string): string {
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
  return branchesOf(source, isFolding, MAX_DEPTH, 'anywhere');
}

function branchesOf(
  source: string,
  isFolding: boolean,
  depth: number,
  start: ChainStart,
): RequiredBranch[] | undefined {
  let branch: (Chain | RequiredBranch[])[] = [];
  const branches = [branch];
  const builder = new ChainBuilder(regexFolded, start);
  const endChain = (): void => {
    const chain = builder.take();
    if (chain !== undefined) branch.push(chain);
  };
  let i = 0;
  while (i < source.length) {
    const character = source[i]!;
    if (character === '|') {
      endChain();
      builder.place(start);
      branch = [];
      branches.push(branch);
      i++;
      continue;
    }
    const atom = atomAt(source, i);
    if (atom === undefined) return undefined;
    const at = i;
    const quantifier =
      /^(?:[*+?]|\{[0-9]*(?:,[0-9]*)?\})\??/.exec(source.slice(atom.end, atom.end + 16))?.[0] ?? '';
    const isOptional = /^(?:[*?]|\{0)/.test(quantifier);
    i = atom.end + quantifier.length;
    if (atom.kind === 'boundary' && quantifier === '') builder.place('boundary');
    else if (atom.kind === 'blank') builder.blanks(isOptional ? 0 : 1);
    else if (atom.kind === 'literal' && isSafe(atom.text, isFolding) && !isOptional) {
      builder.literal(atom.text);
      if (quantifier !== '') endChain();
    } else if (
      /^\?/.test(quantifier) &&
      atom.text !== undefined &&
      isSafe(atom.text, isFolding) &&
      builder.optional(atom.text)
    ) {
      // may stand here or not: the chain goes on
    } else {
      const { next } = builder;
      endChain();
      if (isOptional) continue;
      if (atom.kind === 'group' && depth > 0) {
        const inner = branchesOf(atom.inner, isFolding, depth - 1, next);
        if (inner !== undefined) branch.push(inner);
      }
      if (isGap(source.slice(at, atom.end))) builder.place('gap');
    }
  }
  endChain();
  return branches.some(({ length }) => length === 0) ? undefined : branches;
}

/** A class of nothing but characters of ASCII that no word has. */
const GAP_CLASS = /^\[(?:[^\w\u0080-\uffff\\^[\]-]|\\(?:[^\w\u0080-\uffff]|[stnrf]|x2[0-9a-fA-F]))+-?\]$/;

/** Whether an atom leaves no word character before what follows: `^`, `\s`, `[\s"]`, or a group of such. */
function isGap(atom: string): boolean {
  if (atom === '^' || atom === '\\s') return true;
  if (atom[0] === '[') return GAP_CLASS.test(atom);
  const inner = atom[0] === '(' ? innerOf(atom) : undefined;
  if (inner === undefined) return false;
  for (let i = 0; ; ) {
    const end = inner[i] === '[' ? endOfClass(inner, i) : i + (inner[i] === '\\' ? 2 : 1);
    if (end < 0 || !isGap(inner.slice(i, end))) return false;
    if (end === inner.length) return true;
    if (inner[end] !== '|') return false;
    i = end + 1;
  }
}

/** One character, class or group of a pattern, and where it ends. */
type Atom =
  | { readonly kind: 'literal'; readonly end: number; readonly text: string }
  /** `text` where it is nothing but a text. */
  | {
      readonly kind: 'group';
      readonly end: number;
      readonly inner: string;
      readonly text?: string | undefined;
    }
  | { readonly kind: 'boundary' | 'blank' | 'other'; readonly end: number; readonly text?: undefined };

/** Undefined for what is rare enough to give up on. */
function atomAt(source: string, i: number): Atom | undefined {
  const character = source[i]!;
  if (character === '\\') {
    const code = /^x([0-7][0-9a-fA-F])/.exec(source.slice(i + 1, i + 4));
    if (code !== null)
      return { kind: 'literal', end: i + 4, text: String.fromCharCode(Number.parseInt(code[1]!, 16)) };
    const next = source[i + 1];
    // quoted stretches and other code points by number
    if (next === undefined || /[QExpP0-9]/.test(next)) return undefined;
    if (!/[A-Za-z]/.test(next)) return { kind: 'literal', end: i + 2, text: next };
    return { kind: next === 'b' ? 'boundary' : next === 's' ? 'blank' : 'other', end: i + 2 };
  }
  if (character === '[') {
    const end = endOfClass(source, i);
    return end < 0 ? undefined : { kind: 'other', end };
  }
  if (character === '(') {
    // flags that hold from here on change what follows
    if (/^\(\?[a-zA-Z-]+\)/.test(source.slice(i, i + 12))) return undefined;
    const end = endOfGroup(source, i);
    if (end < 0) return undefined;
    const inner = innerOf(source.slice(i, end));
    return inner === undefined
      ? { kind: 'other', end }
      : { kind: 'group', end, inner, text: plainText(inner) };
  }
  return '.^$'.includes(character)
    ? { kind: 'other', end: i + 1 }
    : { kind: 'literal', end: i + 1, text: character };
}

/** The text that a pattern without operators finds. */
function plainText(pattern: string): string | undefined {
  if (!/^(?:\\[^A-Za-z0-9]|[^\\[\](){}.*+?^$|])+$/.test(pattern)) return undefined;
  return pattern.replaceAll(/\\(.)/g, '$1');
}

/** Half of a character beyond the first 65,536 may be optional; RE2 has foldings of its own beyond ASCII. */
const isSafe = (text: string, isFolding: boolean): boolean =>
  !/[\ud800-\udfff]/.test(text) && !(isFolding && /[\u0080-\uffff]/.test(text));

/** What stands in a group that has no flags of its own. */
function innerOf(group: string): string | undefined {
  if (group[1] !== '?') return group.slice(1, -1);
  return group[2] === ':' ? group.slice(3, -1) : undefined;
}

/**
 * Whether a text, written by {@link withoutLongS}, has what any branch requires, in its order.
 *
 * @param text the text before it was folded, so that the ends of words can be told
 * @param grams those of the text, or of one that it is part of, so that little is searched for in vain
 */
export function hasRequired(
  branches: readonly RequiredBranch[],
  low: string,
  text?: string,
  grams?: GramSet,
): boolean {
  for (const branch of branches) if (endOf(branch, low, 0, text, grams) >= 0) return true;
  return false;
}

/** Grams of a text that has what a branch requires, for each choice that it leaves: its chains with those of a group. */
export function requiredGrams(branches: readonly RequiredBranch[]): Int32Array[] {
  return branches.flatMap((branch) => {
    const own = branch.flatMap((part) => ('head' in part ? [...part.grams] : []));
    const group = branch.find((part): part is readonly RequiredBranch[] => !('head' in part));
    if (group === undefined) return [Int32Array.from(own)];
    return requiredGrams(group).map((inner) => Int32Array.from([...own, ...inner]));
  });
}

/**
 * A place that is not behind the end of what a branch requires, each part sought from the end of the head of the one
 * before; -1 without.
 */
function endOf(
  branch: RequiredBranch,
  low: string,
  from: number,
  text: string | undefined,
  grams: GramSet | undefined,
): number {
  let end = from;
  for (const part of branch) {
    if ('head' in part) {
      if (grams?.mayHave(part.grams) === false) return -1;
      const start = findChain(part, low, end, text);
      if (start < 0) return -1;
      end = start + part.head.length;
      continue;
    }
    let first = -1;
    for (const inner of part) {
      const innerEnd = endOf(inner, low, end, text, grams);
      if (innerEnd >= 0 && (first < 0 || innerEnd < first)) first = innerEnd;
    }
    if (first < 0) return -1;
    end = first;
  }
  return end;
}

/** Literals of a group that are looked for at most. */
const MAX_LITERALS = 24;

/** Literals of which one stands in every text that is found, as long as can be; undefined where none are certain. */
export function requiredLiterals(branches: readonly RequiredBranch[] | undefined): string[] | undefined {
  return branches?.flatMap((branch) => {
    const choices = branch.flatMap((part) => ('head' in part ? textsOf(part).map((text) => [text]) : []));
    for (const part of branch) {
      if ('head' in part) continue;
      const literals = requiredLiterals(part)!;
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
