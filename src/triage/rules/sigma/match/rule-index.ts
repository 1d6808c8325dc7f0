import type { AnchoredLiteral } from './anchor-table.ts';
import { type FieldDraft, FieldIndex } from './field-index.ts';
import type { GramCounts, GramTable, InsideLiteral } from './gram-table.ts';
import { NODE_TEST, type Program } from './program.ts';
import { GRAM, type Sign, type Witness } from './witness.ts';

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

/** An index as lists: what is looked for, and which rules it names. */
export interface IndexDraft {
  /** Every field that any test of the rules looks at; 0 are the keywords. */
  readonly fields: readonly FieldDraft[];
  /** Node of each witness. */
  readonly witnessNode: readonly number[];
  /** Rules of each witness. */
  readonly witnessRules: readonly (readonly number[])[];
  /** Rules without a witness. */
  readonly always: readonly number[];
}

/** What an index holds beside its fields. */
export type IndexRules = Pick<RuleIndex, 'witnessNode' | 'witnessStart' | 'witnessRules' | 'always'>;

export const buildIndex = (basis: IndexBasis, rules: readonly number[]): RuleIndex =>
  indexOfDraft(basis.program, draftIndex(basis, rules));

/** Works out what to look for. */
export function draftIndex(basis: IndexBasis, rules: readonly number[]): IndexDraft {
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
  const drafts = new Map<number, OpenDraft>();
  const draftOf = (field: number): OpenDraft => {
    let draft = drafts.get(field);
    if (draft === undefined) {
      draft = { field, inside: [], pairs: [], head: [], tail: [], present: [], presentWide: [] };
      drafts.set(field, draft);
    }
    return draft;
  };
  const nodes = [...rulesOf.keys()];
  for (const [witness, node] of nodes.entries()) {
    place(basis.signs[node]!, witness, counts, draftOf(program.field[node]!));
  }
  for (const field of fieldsOf(program, rules)) draftOf(field);
  return {
    fields: [...drafts.values()],
    witnessNode: nodes,
    witnessRules: [...rulesOf.values()],
    always,
  };
}

export function indexOfDraft(program: Program, draft: IndexDraft): RuleIndex {
  return indexOf(
    program,
    draft.fields.map((field) => new FieldIndex(field)),
    indexRulesOf(draft),
  );
}

export function indexRulesOf({ witnessNode, witnessRules, always }: Omit<IndexDraft, 'fields'>): IndexRules {
  const witnessStart = new Int32Array(witnessNode.length + 1);
  for (const [i, list] of witnessRules.entries()) witnessStart[i + 1] = witnessStart[i]! + list.length;
  return {
    witnessNode: Int32Array.from(witnessNode),
    witnessStart,
    witnessRules: Int32Array.from(witnessRules.flat()),
    always: Int32Array.from(always),
  };
}

/** Puts an index together from its fields. */
export function indexOf(program: Program, all: readonly FieldIndex[], rules: IndexRules): RuleIndex {
  const fields = new Map<string, FieldIndex>();
  const paths = new Map<string, FieldPath[]>();
  let keywordIndex: FieldIndex | undefined;
  for (const entry of all) {
    if (entry.field === 0) {
      keywordIndex = entry;
      continue;
    }
    const name = program.fields[entry.field]!;
    fields.set(name, entry);
    const steps = name.split('.');
    if (steps.length > 1) {
      const list = paths.get(steps[0]!) ?? [];
      list.push({ name, steps, entry });
      paths.set(steps[0]!, list);
    }
  }
  const searched = new Uint8Array(program.nNodes);
  for (const node of rules.witnessNode) searched[node] = 1;
  const pairs = keywordIndex?.tables.pairs;
  return {
    ...rules,
    fields,
    paths,
    withPresent: [...fields.values()].filter(({ present }) => present.length > 0),
    hasKeywords: keywordIndex !== undefined,
    keywordPresent: keywordIndex?.present ?? new Int32Array(0),
    keywords: keywordIndex?.tables.inside,
    keywordPairs: pairs,
    areKeywordPairsWide: pairs?.parts.texts.every((text) => /[^\0-\x7f]/.test(text)) ?? true,
    searched,
  };
}

type OpenDraft = {
  -readonly [Key in keyof FieldDraft]: FieldDraft[Key] extends readonly (infer Item)[]
    ? Item[]
    : FieldDraft[Key];
};

function place(sign: Sign, witness: number, counts: GramCounts, draft: OpenDraft): void {
  if (sign.kind === 'field') {
    (sign.isWide ? draft.presentWide : draft.present).push(witness);
    return;
  }
  const { isProof } = sign;
  for (const text of sign.texts) {
    if (sign.place === 'inside') {
      const reach = text.length < GRAM ? 2 : 4;
      const literal: InsideLiteral = { text, witness, isProof, end: counts.rarestEnd(text, reach) };
      (reach === 2 ? draft.pairs : draft.inside).push(literal);
    } else {
      const side = sign.place === 'start' ? draft.head : draft.tail;
      const literal: AnchoredLiteral = { text, witness, isProof, isWhole: sign.place === 'whole' };
      side.push(literal);
    }
  }
}

/** Fields that any test of the rules looks at. */
export function fieldsOf(program: Program, rules: readonly number[]): Set<number> {
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
