import type { FieldTest } from './sigma/compile/test.ts';
import { type KeptProgram, type KeptTest, programOf } from './sigma/kept/kept-program.ts';
import type { KeptRules, RuleHead } from './sigma/kept/kept-rules.ts';
import type { AnchoredLiteral } from './sigma/match/anchor-table.ts';
import type { FieldDraft } from './sigma/match/field-index.ts';
import type { InsideLiteral } from './sigma/match/gram-table.ts';

// The shipped rules as one artefact: what the engine has worked out of them, in few bytes. What only readers need
// (references, false positives, sources) stays in rules/ and docs/rules.md.

/** One rule. */
type HeadRow = readonly [
  name: string,
  title: string,
  level: RuleHead['level'],
  /** Parted by blanks. */
  tags: string,
  module: string,
  /** Its number in the list of log sources. */
  logsource: number,
  attributes: Readonly<Record<string, unknown>>,
];

// Ascending numbers are kept as their distances, which repeat and so take little room.

/**
 * A literal inside a text, its witness as the distance from the one before; without a text of its own it has that of its
 * witness and finding it is the test.
 */
type InsideRow = readonly [witness: number, end: number, text?: string];
/** A literal at an end of a text; its witness as it is. */
type AnchorRow = readonly [witness: number] | readonly [witness: number, isWhole: 0 | 1, text: string];

/** A regular expression with `i`, `m` and `s` of its flags, or another test as it is. */
type TestRow = readonly [pattern: string, flags: string] | KeptTest;

interface FieldRow {
  readonly field: number;
  readonly inside: readonly InsideRow[];
  readonly pairs: readonly InsideRow[];
  readonly head: readonly AnchorRow[];
  readonly tail: readonly AnchorRow[];
  readonly present: readonly number[];
  readonly presentWide: readonly number[];
}

export interface ShippedRules {
  /** Names the rules: the same rules give the same name. */
  readonly id: string;
  readonly heads: readonly HeadRow[];
  readonly logsources: readonly RuleHead['logsource'][];
  /** Operands as how far back they stand from their node, roots as steps. */
  readonly program: Omit<KeptProgram, 'others'> & {
    readonly others: readonly (readonly [node: number, test: TestRow])[];
  };
  readonly fields: readonly FieldRow[];
  readonly witnessNode: readonly number[];
  readonly witnessRules: readonly (readonly number[])[];
  readonly always: readonly number[];
}

/** Attributes of a rule that the engine uses. */
const KEPT = ['reason', 'against', 'group'] as const;

export function toShipped({ heads, correlations, program, index }: KeptRules): Omit<ShippedRules, 'id'> {
  if (correlations.length > 0) throw new Error('Expected no correlations among the shipped rules.');
  const { tests } = programOf(program);
  const witnessTest = (witness: number): FieldTest => tests[index.witnessNode[witness]!]!;
  const hasOwnText = ({ witness, text, isProof }: { witness: number; text: string; isProof: boolean }) => {
    const test = witnessTest(witness);
    return !(isProof && test.kind === 'text' && test.text === text);
  };
  const insideRows = (literals: readonly InsideLiteral[]): InsideRow[] => {
    const steps = stepsOf(literals.map(({ witness }) => witness));
    return literals.map((one, i) =>
      hasOwnText(one) ? [steps[i]!, one.end, one.text] : [steps[i]!, one.end],
    );
  };
  const anchorRow = (one: AnchoredLiteral): AnchorRow =>
    hasOwnText(one) ? [one.witness, one.isWhole ? 1 : 0, one.text] : [one.witness];
  const sources = [...new Set(heads.map(({ logsource }) => JSON.stringify(logsource)))];
  return {
    heads: heads.map(
      ({ name, title, level, tags, file, logsource, attributes }): HeadRow => [
        name,
        title,
        level,
        tags.join(' '),
        file.split('/')[0]!,
        sources.indexOf(JSON.stringify(logsource)),
        Object.fromEntries(KEPT.flatMap((key) => (key in attributes ? [[key, attributes[key]]] : []))),
      ],
    ),
    logsources: sources.map((source) => JSON.parse(source) as RuleHead['logsource']),
    program: {
      ...program,
      others: program.others.map(([node, test]) => [node, testRow(test)]),
      kind: Array.from(program.kind),
      count: Array.from(program.count),
      operands: distances(program),
      least: Array.from(program.least),
      field: Array.from(program.field),
      place: Array.from(program.place),
      roots: stepsOf(Array.from(program.roots)),
    },
    fields: index.fields.map(({ inside, pairs, head, tail, ...others }) => ({
      ...others,
      inside: insideRows(inside),
      pairs: insideRows(pairs),
      head: head.map(anchorRow),
      tail: tail.map(anchorRow),
    })),
    witnessNode: stepsOf(index.witnessNode),
    witnessRules: index.witnessRules,
    always: index.always,
  };
}

export function fromShipped(shipped: ShippedRules): KeptRules {
  const { heads, logsources, fields, witnessRules, always } = shipped;
  const witnessNode = fromSteps(shipped.witnessNode);
  const program: KeptProgram = {
    ...shipped.program,
    others: shipped.program.others.map(([node, row]) => [node, testOf(row)]),
    operands: fromDistances(shipped.program),
    roots: fromSteps(shipped.program.roots),
  };
  const texts = textsByNode(program);
  const insidesOf = (rows: readonly InsideRow[]): InsideLiteral[] => {
    const witnesses = fromSteps(rows.map(([step]) => step));
    return rows.map(([, end, text], i) => {
      const witness = witnesses[i]!;
      return text === undefined
        ? { text: texts[witnessNode[witness]!]!, witness, isProof: true, end }
        : { text, witness, isProof: false, end };
    });
  };
  const anchorOf = ([witness, isWhole, text]: AnchorRow): AnchoredLiteral => {
    if (text !== undefined) return { text, witness, isProof: false, isWhole: isWhole === 1 };
    const node = witnessNode[witness]!;
    // 1 is the place `whole`
    return { text: texts[node]!, witness, isProof: true, isWhole: program.place[node] === 1 };
  };
  return {
    heads: heads.map(
      ([name, title, level, tags, module, logsource, attributes]): RuleHead => ({
        id: name,
        name,
        title,
        level,
        tags: tags === '' ? [] : tags.split(' '),
        logsource: logsources[logsource]!,
        attributes,
        file: `${module}/${module}.yml`,
        isReported: true,
      }),
    ),
    correlations: [],
    program,
    index: {
      witnessNode,
      witnessRules,
      always,
      fields: fields.map(
        ({ inside, pairs, head, tail, ...others }): FieldDraft => ({
          ...others,
          inside: insidesOf(inside),
          pairs: insidesOf(pairs),
          head: head.map(anchorOf),
          tail: tail.map(anchorOf),
        }),
      ),
    },
  };
}

function testRow(test: KeptTest): TestRow {
  if (test.kind !== 'regex') return test;
  const { pattern, ignoresCase, isMultiline, isDotAll } = test.regex;
  return [pattern, `${ignoresCase ? 'i' : ''}${isMultiline ? 'm' : ''}${isDotAll ? 's' : ''}`];
}

function testOf(row: TestRow): KeptTest {
  if ('kind' in row) return row;
  const [pattern, flags] = row;
  return {
    kind: 'regex',
    regex: {
      pattern,
      ignoresCase: flags.includes('i'),
      isMultiline: flags.includes('m'),
      isDotAll: flags.includes('s'),
    },
  };
}

/** The texts of text tests by their node; '' of all others. */
function textsByNode({ place, texts }: KeptProgram): string[] {
  let n = 0;
  return Array.from(place, (one) => (one === 0 ? '' : texts[n++]!));
}

function distances({ count, operands }: KeptProgram): number[] {
  const all: number[] = [];
  eachOperand(count, (node, at) => all.push(node - operands[at]!));
  return all;
}

function fromDistances({ count, operands }: Pick<KeptProgram, 'count' | 'operands'>): Int32Array {
  const all = new Int32Array(operands.length);
  eachOperand(count, (node, at) => {
    all[at] = node - operands[at]!;
  });
  return all;
}

/** Each operand's place in the list and the node that it belongs to. */
function eachOperand(count: ArrayLike<number>, visit: (node: number, at: number) => void): void {
  let at = 0;
  for (let node = 0; node < count.length; node++) {
    for (let k = 0; k < count[node]!; k++) visit(node, at++);
  }
}

/** Each number as its distance from the one before. */
const stepsOf = (numbers: readonly number[]): number[] =>
  numbers.map((number, i) => number - (numbers[i - 1] ?? 0));

function fromSteps(steps: ArrayLike<number>): number[] {
  let sum = 0;
  return Array.from(steps, (step) => {
    sum += step;
    return sum;
  });
}
