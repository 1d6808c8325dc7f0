import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { CompiledCorrelation } from '../compile/compiled-rule.ts';
import { FieldIndex, type FieldParts } from '../match/field-index.ts';
import { type IndexRules, indexOf, indexRulesOf } from '../match/rule-index.ts';
import { RuleSet } from '../rule-set.ts';
import { type KeptProgram, type KeptTest, programOf } from './kept-program.ts';
import { type KeptRules, type RuleHead, rulesOf } from './kept-rules.ts';

// Rules on their way from the thread that compiled them: the tables of the index are built there and change hands without
// being copied; texts are built anew on the other side, a part at a time, so that nothing there waits for all of them.

const TEXTS_OF_PART = 2_000;
const RULES_OF_PART = 200;

/** One message. */
export type SentPart =
  | { readonly kind: 'program'; readonly program: Omit<KeptProgram, 'texts' | 'others'> }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'tests'; readonly others: readonly (readonly [number, KeptTest])[] }
  | { readonly kind: 'heads'; readonly heads: readonly RuleHead[] }
  | { readonly kind: 'field'; readonly field: FieldParts }
  | {
      readonly kind: 'end';
      readonly rules: IndexRules;
      readonly correlations: readonly CompiledCorrelation[];
    };

/** The parts of kept rules, in order; nothing that was transferred may be used afterwards. */
export function* partsOf({ heads, correlations, program, index }: KeptRules): Generator<SentPart> {
  const { texts, others, ...numbers } = program;
  yield { kind: 'program', program: numbers };
  for (const some of slices(texts, TEXTS_OF_PART)) yield { kind: 'texts', texts: some };
  for (const some of slices(others, TEXTS_OF_PART)) yield { kind: 'tests', others: some };
  for (const some of slices(heads, RULES_OF_PART)) yield { kind: 'heads', heads: some };
  for (const draft of index.fields) yield { kind: 'field', field: new FieldIndex(draft).parts };
  yield { kind: 'end', rules: indexRulesOf(index), correlations };
}

/** Memory of a part that can change hands. */
export function buffersOf(value: unknown, into: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) into.push(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const inner of Object.values(value)) buffersOf(inner, into);
  }
  return into;
}

/** Puts the parts together again. */
export class SentRules {
  #program: Omit<KeptProgram, 'texts' | 'others'> | undefined;
  readonly #texts: string[] = [];
  readonly #others: (readonly [number, KeptTest])[] = [];
  readonly #heads: RuleHead[] = [];
  readonly #fields: FieldIndex[] = [];
  #end: Extract<SentPart, { kind: 'end' }> | undefined;

  take(part: SentPart): void {
    switch (part.kind) {
      case 'program':
        this.#program = part.program;
        break;
      case 'texts':
        for (const text of part.texts) this.#texts.push(text);
        break;
      case 'tests':
        for (const test of part.others) this.#others.push(test);
        break;
      case 'heads':
        for (const head of part.heads) this.#heads.push(head);
        break;
      case 'field':
        this.#fields.push(new FieldIndex(part.field));
        break;
      case 'end':
        this.#end = part;
    }
  }

  /** Whether the last part was taken. */
  get isWhole(): boolean {
    return this.#end !== undefined;
  }

  /** The set, once every part was taken; others run between its steps. */
  async set(): Promise<RuleSet> {
    if (this.#program === undefined || this.#end === undefined)
      throw new Error('Expected all parts of the rules.');
    const program = programOf({ ...this.#program, texts: this.#texts, others: this.#others });
    await yieldToOthers();
    const rules = rulesOf(this.#heads, program);
    await yieldToOthers();
    const index = indexOf(program, this.#fields, this.#end.rules);
    return new RuleSet(
      { rules, correlations: this.#end.correlations, refused: [], lints: [] },
      { program, index },
    );
  }
}

function* slices<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
