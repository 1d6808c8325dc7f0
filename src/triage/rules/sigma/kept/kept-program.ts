import type { FieldTest, Place } from '../compile/test.ts';
import type { Program } from '../match/program.ts';
import { Regex } from '../values/regex.ts';
import type { RegexSource } from '../values/regex-source.ts';

/** A test in plain values, as JSON has them. */
export type KeptTest =
  | Exclude<FieldTest, { kind: 'regex' | 'compare' }>
  | { readonly kind: 'regex'; readonly regex: RegexSource }
  /** An integer beyond 2^53 as its digits. */
  | (Omit<Extract<FieldTest, { kind: 'compare' }>, 'value'> & { readonly value: number | string });

/** A program in plain values, which a build stores and a thread sends. Lists are of one entry a node. */
export interface KeptProgram {
  readonly kind: ArrayLike<number>;
  readonly count: ArrayLike<number>;
  readonly operands: ArrayLike<number>;
  readonly least: ArrayLike<number>;
  readonly field: ArrayLike<number>;
  /** Of tests for a text: 1 to 4 as in {@link PLACES}, 4 more where case counts; 0 of all other nodes. */
  readonly place: ArrayLike<number>;
  /** The texts of these, in the order of the nodes. */
  readonly texts: readonly string[];
  /** Every other test and its node. */
  readonly others: readonly (readonly [node: number, test: KeptTest])[];
  readonly fields: readonly string[];
  readonly roots: ArrayLike<number>;
}

const PLACES: readonly Place[] = ['whole', 'start', 'end', 'inside'];

export function keepProgram(program: Program): KeptProgram {
  const place = new Uint8Array(program.nNodes);
  const texts: string[] = [];
  const others: [number, KeptTest][] = [];
  for (const [node, test] of program.tests.entries()) {
    if (test === undefined) continue;
    if (test.kind === 'text') {
      place[node] = 1 + PLACES.indexOf(test.place) + (test.isCased ? PLACES.length : 0);
      texts.push(test.text);
    } else others.push([node, keptTest(test)]);
  }
  const { kind, count, operands, least, field, fields, roots } = program;
  return { kind, count, operands, least, field, place, texts, others, fields, roots };
}

export function programOf(kept: KeptProgram): Program {
  const count = Int32Array.from(kept.count);
  const nNodes = count.length;
  const first = new Int32Array(nNodes);
  for (let node = 1; node < nNodes; node++) first[node] = first[node - 1]! + count[node - 1]!;
  const tests = new Array<FieldTest | undefined>(nNodes).fill(undefined);
  let nTexts = 0;
  for (let node = 0; node < nNodes; node++) {
    const place = kept.place[node]!;
    if (place === 0) continue;
    const isCased = place > PLACES.length;
    tests[node] = {
      kind: 'text',
      place: PLACES[isCased ? place - 1 - PLACES.length : place - 1]!,
      text: kept.texts[nTexts++]!,
      isCased,
    };
  }
  for (const [node, test] of kept.others) tests[node] = testOf(test);
  return {
    nNodes,
    kind: Uint8Array.from(kept.kind),
    first,
    count,
    operands: Int32Array.from(kept.operands),
    least: Int32Array.from(kept.least),
    field: Int32Array.from(kept.field),
    tests,
    fields: kept.fields,
    roots: Int32Array.from(kept.roots),
  };
}

function keptTest(test: FieldTest): KeptTest {
  if (test.kind === 'regex') return { kind: 'regex', regex: test.regex.source };
  if (test.kind !== 'compare') return test;
  const { kind, order, value } = test;
  return { kind, order, value: typeof value === 'bigint' ? String(value) : value };
}

function testOf(test: KeptTest): FieldTest {
  if (test.kind === 'regex') return { kind: 'regex', regex: new Regex(test.regex) };
  if (test.kind !== 'compare') return test;
  const { kind, order, value } = test;
  return { kind, order, value: typeof value === 'string' ? BigInt(value) : value };
}
