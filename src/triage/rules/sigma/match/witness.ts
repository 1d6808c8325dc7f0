import type { FieldTest } from '../compile/test.ts';
import { folded } from '../values/fold.ts';
import { ANY, DASH, type Token } from '../values/pattern.ts';
import { requiredLiterals } from '../values/required-literals.ts';
import { NODE_AND, NODE_AT_LEAST, NODE_OR, NODE_TEST, type Program } from './program.ts';

/** How a test shows itself in an event before it is evaluated. */
export type Sign =
  /** A folded literal; where `isProof` is set, finding it at its place is the test itself. */
  | {
      readonly kind: 'literal';
      readonly place: 'whole' | 'start' | 'end' | 'inside';
      readonly texts: readonly string[];
      readonly isProof: boolean;
    }
  /** Nothing but the field, or for keywords any event; with `isWide` only where its text goes beyond ASCII. */
  | { readonly kind: 'field'; readonly isWide: boolean };

/** Literals inside a text are found by four characters in a row, short ones by two. */
export const GRAM = 4;

const NON_ASCII = /[^\0-\x7f]/;

/**
 * Whether a literal inside a text is too short to be looked for. Short ones in ASCII are so among keywords only: there
 * the alternative is to search every text of the event for each of them.
 */
const isTooShort = (text: string, isKeyword: boolean): boolean =>
  text.length < GRAM && !(text.length >= 2 && (isKeyword || NON_ASCII.test(text)));

/** Sign of a test; undefined where it may hold although the field is absent. */
export function signOf(test: FieldTest, isKeyword: boolean): Sign | undefined {
  const field: Sign = { kind: 'field', isWide: false };
  switch (test.kind) {
    case 'text': {
      const text = test.isCased ? folded(test.text) : test.text;
      // keywords are only searched for inside; a short or an empty literal says too little
      if (test.place === 'inside' || isKeyword) {
        if (!isKeyword && text.length === 1 && NON_ASCII.test(text)) return { kind: 'field', isWide: true };
        return isTooShort(text, isKeyword)
          ? field
          : {
              kind: 'literal',
              place: 'inside',
              texts: [text],
              isProof: !test.isCased && test.place === 'inside',
            };
      }
      if (text === '') return field;
      return { kind: 'literal', place: test.place, texts: [text], isProof: !test.isCased };
    }
    case 'glob':
      return globSign(test.tokens, test.isCased) ?? field;
    case 'regex': {
      const texts = requiredLiterals(test.regex.required);
      if (texts === undefined || texts.some((text) => text.length < GRAM)) return field;
      return { kind: 'literal', place: 'inside', texts, isProof: false };
    }
    case 'null':
      return undefined;
    default:
      return field;
  }
}

/** The longest stretch of a glob without wildcards; dashes in it are written as `-`. */
function globSign(tokens: readonly Token[], isCased: boolean): Sign | undefined {
  let longest = '';
  let run = '';
  for (const token of [...tokens, ANY as Token]) {
    if (typeof token === 'string') run += isCased ? folded(token) : token;
    else if (token === DASH) run += '-';
    else {
      if (run.length > longest.length) longest = run;
      run = '';
    }
  }
  if (longest.length < GRAM) return undefined;
  return { kind: 'literal', place: 'inside', texts: [longest], isProof: false };
}

/** Tests of which at least one holds whenever a node does; `cost` estimates how often that is for nothing. */
export interface Witness {
  readonly nodes: readonly number[];
  readonly cost: number;
}

/**
 * The cheapest witness of each node that has one.
 *
 * An AND has those of its operands, an OR needs all of them together, and a NOT has none: it holds where nothing is.
 *
 * @param costOf how often a test is likely to show its sign; infinite without one. (nNodes,)
 */
export function findWitnesses(program: Program, costOf: Float64Array): (Witness | undefined)[] {
  const witnesses = new Array<Witness | undefined>(program.nNodes);
  const taken = new Int32Array(program.nNodes).fill(-1);
  for (let node = 0; node < program.nNodes; node++) {
    const kind = program.kind[node];
    if (kind === NODE_TEST) {
      witnesses[node] = Number.isFinite(costOf[node]) ? { nodes: [node], cost: costOf[node]! } : undefined;
    } else if (kind === NODE_AND) {
      let best: Witness | undefined;
      const end = program.first[node]! + program.count[node]!;
      for (let i = program.first[node]!; i < end; i++) {
        const one = witnesses[program.operands[i]!];
        if (one !== undefined && (best === undefined || one.cost < best.cost)) best = one;
      }
      witnesses[node] = best;
    } else if (kind === NODE_OR || kind === NODE_AT_LEAST) {
      witnesses[node] = union(program, node, witnesses, taken);
    }
  }
  return witnesses;
}

/** @param taken the node that each node was last taken for, so that none is taken twice; (nNodes,) */
function union(
  { operands, first, count }: Program,
  node: number,
  witnesses: readonly (Witness | undefined)[],
  taken: Int32Array,
): Witness | undefined {
  const nodes: number[] = [];
  let cost = 0;
  const end = first[node]! + count[node]!;
  for (let i = first[node]!; i < end; i++) {
    const part = witnesses[operands[i]!];
    if (part === undefined) return undefined;
    for (const one of part.nodes) {
      if (taken[one] === node) continue;
      taken[one] = node;
      nodes.push(one);
    }
    cost += part.cost;
  }
  return { nodes, cost };
}
