import { type AnchoredLiteral, AnchorTable } from './anchor-table.ts';
import { type GramCounts, GramTable, type InsideLiteral } from './gram-table.ts';
import { NODE_TEST, type Program } from './program.ts';
import { GRAM, type Sign, type Witness } from './witness.ts';

/** What is looked for in the values of one field. */
export interface FieldIndex {
  readonly field: number;
  readonly inside: GramTable | undefined;
  /** Short literals beyond ASCII. */
  readonly pairs: GramTable | undefined;
  readonly head: AnchorTable | undefined;
  readonly tail: AnchorTable | undefined;
  /** Witnesses that are evaluated whenever the field is there. */
  readonly present: Int32Array;
  /** The same where the field's text goes beyond ASCII. */
  readonly presentWide: Int32Array;
}

/** A nested field and the steps to it. */
export interface FieldPath {
  readonly name: string;
  readonly steps: readonly string[];
  readonly entry: FieldIndex;
}

/** Index over some rules of a program. */
export interface RuleIndex {
  readonly fields: ReadonlyMap<string, FieldIndex>;
  /** Nested fields by the first step to them. */
  readonly paths: ReadonlyMap<string, readonly FieldPath[]>;
  /** Fields with witnesses that are evaluated whenever the field is there. */
  readonly withPresent: readonly FieldIndex[];
  /** Whether any rule searches keywords, found by the tables or not. */
  readonly hasKeywords: boolean;
  /** Keyword witnesses that are evaluated on every event. */
  readonly keywordPresent: Int32Array;
  readonly keywords: GramTable | undefined;
  readonly keywordPairs: GramTable | undefined;
  /** Whether all literals of `keywordPairs` go beyond ASCII, so that other texts need not be searched. */
  readonly areKeywordPairsWide: boolean;
  /** Node of each witness. (nWitnesses,) */
  readonly witnessNode: Int32Array;
  /** Rules of witness w are `witnessRules[witnessStart[w] .. witnessStart[w + 1]]`. */
  readonly witnessStart: Int32Array;
  readonly witnessRules: Int32Array;
  /** Rules without a witness, which are evaluated on every event. */
  readonly always: Int32Array;
  /** 1 for each node that is a witness. (nNodes,) */
  readonly searched: Uint8Array;
}

/** What indexing needs of a program, computed once for all indexes over it. */
export interface IndexBasis {
  readonly program: Program;
  readonly witnesses: readonly (Witness | undefined)[];
  readonly counts: GramCounts;
  /** How each test shows itself; undefined for nodes that are none. (nNodes,) */
  readonly signs: readonly (Sign | undefined)[];
}

export function buildIndex(basis: IndexBasis, rules: readonly number[]): RuleIndex {
  const { program, counts } = basis;
  const rulesOf = new Map<number, number[]>();
  const always: number[] = [];
  for (const rule of rules) {
    const witness = basis.witnesses[program.roots[rule]!];
    if (witness === undefined) always.push(rule);
    for (const node of witness?.nodes ?? []) {
      const list = rulesOf.get(node);
      if (list === undefined) rulesOf.set(node, [rule]);
      else list.push(rule);
    }
  }
  const nodes = [...rulesOf.keys()];
  const searched = new Uint8Array(program.nNodes);
  const drafts = new Map<number, FieldDraft>();
  const draftOf = (field: number): FieldDraft => {
    let draft = drafts.get(field);
    if (draft === undefined) {
      draft = { inside: [], pairs: [], head: [], tail: [], present: [], presentWide: [] };
      drafts.set(field, draft);
    }
    return draft;
  };
  for (const [witness, node] of nodes.entries()) {
    searched[node] = 1;
    const field = program.field[node]!;
    place(basis.signs[node]!, witness, draftOf(field));
  }
  for (const field of fieldsOf(program, rules)) draftOf(field);

  const fields = new Map<string, FieldIndex>();
  const paths = new Map<string, FieldPath[]>();
  let keywords: GramTable | undefined;
  let keywordPairs: GramTable | undefined;
  let areKeywordPairsWide = true;
  let keywordPresent = new Int32Array(0);
  for (const [field, { inside, pairs, head, tail, present, presentWide }] of drafts) {
    const table = inside.length === 0 ? undefined : new GramTable(inside, counts, 4);
    const pairTable = pairs.length === 0 ? undefined : new GramTable(pairs, counts, 2);
    if (field === 0) {
      keywords = table;
      keywordPairs = pairTable;
      areKeywordPairsWide = pairs.every(({ text }) => /[^\0-\x7f]/.test(text));
      keywordPresent = Int32Array.from(present);
      continue;
    }
    const entry: FieldIndex = {
      field,
      inside: table,
      pairs: pairTable,
      head: head.length === 0 ? undefined : new AnchorTable(head, false),
      tail: tail.length === 0 ? undefined : new AnchorTable(tail, true),
      present: Int32Array.from(present),
      presentWide: Int32Array.from(presentWide),
    };
    const name = program.fields[field]!;
    fields.set(name, entry);
    const steps = name.split('.');
    if (steps.length > 1) {
      const list = paths.get(steps[0]!) ?? [];
      list.push({ name, steps, entry });
      paths.set(steps[0]!, list);
    }
  }
  const lists = [...rulesOf.values()];
  const witnessStart = new Int32Array(nodes.length + 1);
  for (const [i, list] of lists.entries()) witnessStart[i + 1] = witnessStart[i]! + list.length;
  return {
    fields,
    paths,
    withPresent: [...fields.values()].filter(({ present }) => present.length > 0),
    hasKeywords: drafts.has(0),
    keywordPresent,
    keywords,
    keywordPairs,
    areKeywordPairsWide,
    witnessNode: Int32Array.from(nodes),
    witnessStart,
    witnessRules: Int32Array.from(lists.flat()),
    always: Int32Array.from(always),
    searched,
  };
}

interface FieldDraft {
  readonly inside: InsideLiteral[];
  readonly pairs: InsideLiteral[];
  readonly head: AnchoredLiteral[];
  readonly tail: AnchoredLiteral[];
  readonly present: number[];
  readonly presentWide: number[];
}

function place(sign: Sign, witness: number, draft: FieldDraft): void {
  if (sign.kind === 'field') {
    (sign.isWide ? draft.presentWide : draft.present).push(witness);
    return;
  }
  const { isProof } = sign;
  for (const text of sign.texts) {
    if (sign.place === 'inside')
      (text.length < GRAM ? draft.pairs : draft.inside).push({ text, witness, isProof });
    else {
      const side = sign.place === 'start' ? draft.head : draft.tail;
      side.push({ text, witness, isProof, isWhole: sign.place === 'whole' });
    }
  }
}

/** Fields that any test of the rules looks at. */
function fieldsOf(program: Program, rules: readonly number[]): Set<number> {
  const fields = new Set<number>();
  const seen = new Uint8Array(program.nNodes);
  const open = rules.map((rule) => program.roots[rule]!);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen[node] === 1) continue;
    seen[node] = 1;
    if (program.kind[node] === NODE_TEST) {
      fields.add(program.field[node]!);
      const test = program.tests[node]!;
      if (test.kind === 'fieldref') fields.add(program.fields.indexOf(test.field));
    }
    const start = program.first[node]!;
    for (let i = start; i < start + program.count[node]!; i++) open.push(program.operands[i]!);
  }
  return fields;
}
