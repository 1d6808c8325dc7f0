import { type FieldTest, hasPlace, passes, type ValueTest } from '../compile/test.ts';
import { LIMITS } from '../limits.ts';
import { folded } from '../values/fold.ts';
import { GramSet, gramHashes } from '../values/gram-set.ts';
import type { Regex } from '../values/regex.ts';
import { type AnyEvent, keywordValues, scalarsOf } from './event-field.ts';
import { ListTexts } from './list-texts.ts';
import { NODE_AND, NODE_NOT, NODE_OR, NODE_TEST, type Program } from './program.ts';

const SLOT_SCALAR = 1;
const SLOT_NULL = 2;
const SLOT_LIST = 3;
const SLOT_OBJECT = 4;

/**
 * Evaluates nodes of a program on one event at a time. Results are remembered until the next event, so a part that many
 * rules share is computed once, and only when a rule asks for it.
 *
 * Instead of clearing anything between events, every entry carries the number of the event it was made for.
 */
export class Evaluator {
  readonly program: Program;
  /** Twice the event's number, plus 1 where the node holds. (nNodes,) */
  readonly memo: Uint32Array;
  /** Number of the current event. */
  stamp = 0;
  readonly #slotStamp: Uint32Array;
  readonly #slotKind: Uint8Array;
  readonly #values: unknown[];
  readonly #texts: string[];
  readonly #folded: (string | undefined)[];
  /** Grams of each field that a test asked for, and the number of the event they were gathered of. */
  readonly #grams: (GramSet | undefined)[];
  readonly #gramStamp: Uint32Array;
  /** Grams of the literal of each text test that was asked for. */
  readonly #literalGrams: (Int32Array | undefined)[];
  #event: AnyEvent = {};
  #keywords: ListTexts | undefined;
  /** Nodes whose literals were all searched for, so that what was not found does not hold. */
  #searched: Uint8Array = new Uint8Array(0);

  constructor(program: Program) {
    this.program = program;
    this.memo = new Uint32Array(program.nNodes);
    const nFields = program.fields.length;
    this.#slotStamp = new Uint32Array(nFields);
    this.#slotKind = new Uint8Array(nFields);
    this.#values = new Array<unknown>(nFields).fill(undefined);
    this.#texts = new Array<string>(nFields).fill('');
    this.#folded = new Array<string | undefined>(nFields).fill(undefined);
    this.#grams = new Array<GramSet | undefined>(nFields).fill(undefined);
    this.#gramStamp = new Uint32Array(nFields);
    this.#literalGrams = new Array<Int32Array | undefined>(program.nNodes).fill(undefined);
  }

  begin(event: AnyEvent, searched: Uint8Array): void {
    this.stamp++;
    // the event's number shares 32 bits with the result
    if (this.stamp === 0x7fffffff) {
      this.memo.fill(0);
      this.#slotStamp.fill(0);
      this.#gramStamp.fill(0);
      this.stamp = 1;
    }
    this.#event = event;
    this.#searched = searched;
    this.#keywords = undefined;
  }

  /** Forgets the event, so that a long-lived matcher does not keep it in memory. */
  end(): void {
    this.#event = {};
    this.#keywords = undefined;
  }

  hasField(field: number): boolean {
    return this.#slotStamp[field] === this.stamp;
  }

  setScalar(field: number, value: unknown, text: string): void {
    this.#slotStamp[field] = this.stamp;
    this.#slotKind[field] = SLOT_SCALAR;
    this.#values[field] = value;
    this.#texts[field] = text;
    this.#folded[field] = undefined;
  }

  /** Takes null, an object or a list; gives the texts of a list. */
  setOther(field: number, value: unknown): readonly string[] | undefined {
    this.#slotStamp[field] = this.stamp;
    if (value === null) {
      this.#slotKind[field] = SLOT_NULL;
      return undefined;
    }
    if (!Array.isArray(value)) {
      this.#slotKind[field] = SLOT_OBJECT;
      return undefined;
    }
    this.#slotKind[field] = SLOT_LIST;
    const list = new ListTexts(scalarsOf(value));
    this.#values[field] = list;
    return list.texts;
  }

  /** Folded text of a field that holds a scalar. */
  foldedText(field: number): string {
    let text = this.#folded[field];
    if (text === undefined) {
      text = folded(this.#texts[field]!);
      this.#folded[field] = text;
    }
    return text;
  }

  /** Whether a node holds for the current event. */
  holds(node: number): boolean {
    const { memo, stamp, program } = this;
    const known = memo[node]!;
    if (known >>> 1 === stamp) return (known & 1) === 1;
    const kind = program.kind[node]!;
    let result: boolean;
    if (kind === NODE_TEST) {
      result = this.#searched[node] === 1 ? false : this.#test(node);
    } else {
      const { operands } = program;
      const start = program.first[node]!;
      const end = start + program.count[node]!;
      if (kind === NODE_AND) {
        result = true;
        for (let i = start; i < end; i++) {
          if (!this.holds(operands[i]!)) {
            result = false;
            break;
          }
        }
      } else if (kind === NODE_OR) {
        result = false;
        for (let i = start; i < end; i++) {
          if (this.holds(operands[i]!)) {
            result = true;
            break;
          }
        }
      } else if (kind === NODE_NOT) {
        result = !this.holds(operands[start]!);
      } else {
        let missing = program.least[node]!;
        for (let i = start; i < end && missing > 0; i++) if (this.holds(operands[i]!)) missing--;
        result = missing === 0;
      }
    }
    memo[node] = stamp * 2 + (result ? 1 : 0);
    return result;
  }

  /** Evaluates a test whose literal was found somewhere, and remembers the result. */
  holdsFound(node: number): boolean {
    const known = this.memo[node]!;
    if (known >>> 1 === this.stamp) return (known & 1) === 1;
    const result = this.#test(node);
    this.memo[node] = this.stamp * 2 + (result ? 1 : 0);
    return result;
  }

  #test(node: number): boolean {
    const field = this.program.field[node]!;
    const test = this.program.tests[node]!;
    if (field === 0) return this.#testKeyword(test);
    if (this.#slotStamp[field] !== this.stamp) return test.kind === 'null';
    const kind = this.#slotKind[field]!;
    if (test.kind === 'exists') return true;
    if (test.kind === 'null') return kind === SLOT_NULL;
    if (kind === SLOT_SCALAR) {
      const text = this.#texts[field]!;
      if (test.kind === 'text') {
        return hasPlace(test.isCased ? text : this.foldedText(field), test.text, test.place);
      }
      if (test.kind === 'fieldref') return this.#testReference(test, [text]);
      if (test.kind === 'regex') {
        const grams = this.#gramsFor(test.regex, field);
        return grams !== null && test.regex.test(text, this.foldedText(field), grams);
      }
      const low = test.kind === 'glob' ? this.foldedText(field) : undefined;
      return passes(test, this.#values[field], text, low);
    }
    if (kind !== SLOT_LIST) return false;
    const list = this.#values[field] as ListTexts;
    if (test.kind === 'fieldref') return this.#testReference(test, list.texts);
    if (test.kind === 'regex') {
      const grams = this.#gramsFor(test.regex, field);
      return grams !== null && findsAny(test.regex, list, grams);
    }
    return this.#mayHave(test, node) && passesAny(test, list);
  }

  /** Grams of a field, undefined where they say nothing of a regular expression and null where they rule it out. */
  #gramsFor(regex: Regex, field: number): GramSet | undefined | null {
    const choices = regex.grams;
    if (choices === undefined) return undefined;
    const grams = this.#gramsOf(field);
    for (const choice of choices) if (grams.mayHave(choice)) return grams;
    return null;
  }

  /** Whether the grams of a list allow a text test; any other test may hold. */
  #mayHave(test: FieldTest, node: number): boolean {
    if (test.kind !== 'text' || test.text.length < 3) return true;
    let literal = this.#literalGrams[node];
    if (literal === undefined) {
      literal = gramHashes([folded(test.text)]);
      this.#literalGrams[node] = literal;
    }
    return this.#gramsOf(this.program.field[node]!).mayHave(literal);
  }

  /** Grams of a field that holds a scalar or a list. */
  #gramsOf(field: number): GramSet {
    let grams = this.#grams[field];
    if (grams === undefined) {
      grams = new GramSet();
      this.#grams[field] = grams;
    }
    if (this.#gramStamp[field] !== this.stamp) {
      this.#gramStamp[field] = this.stamp;
      const isScalar = this.#slotKind[field] === SLOT_SCALAR;
      grams.fill(isScalar ? this.foldedText(field) : (this.#values[field] as ListTexts).joined);
    }
    return grams;
  }

  #testReference(test: FieldTest & { kind: 'fieldref' }, texts: readonly string[]): boolean {
    const other = this.program.fields.indexOf(test.field);
    if (other < 0 || this.#slotStamp[other] !== this.stamp) return false;
    const kind = this.#slotKind[other]!;
    const others =
      kind === SLOT_SCALAR
        ? [this.#texts[other]!]
        : kind === SLOT_LIST
          ? (this.#values[other] as ListTexts).texts
          : [];
    return texts.some((text) =>
      others.some((part) =>
        test.isCased ? hasPlace(text, part, test.place) : hasPlace(folded(text), folded(part), test.place),
      ),
    );
  }

  #testKeyword(test: FieldTest): boolean {
    if (test.kind === 'null' || test.kind === 'exists' || test.kind === 'fieldref') return false;
    this.#keywords ??= new ListTexts(keywordValues(this.#event, LIMITS.eventDepth).map(String));
    return passesAny(test, this.#keywords);
  }
}

/** So many values are asked one by one at once: each looks for what the expression requires anyway. */
const FEW = 4;

/** Whether a regular expression is found in any value of a list, with the grams of all of them. */
function findsAny(regex: Regex, list: ListTexts, grams: GramSet | undefined): boolean {
  const { texts } = list;
  if (texts.length > FEW && !regex.canMatch(list.joined, undefined, grams)) return false;
  const { folded: low } = list;
  for (let i = 0; i < texts.length; i++) if (regex.test(texts[i]!, low[i], grams)) return true;
  return false;
}

/** Whether any value of a list passes a test. */
function passesAny(test: ValueTest, list: ListTexts): boolean {
  if (test.kind === 'text') return list.has(test.text, test.place, test.isCased);
  if (test.kind === 'regex') return findsAny(test.regex, list, undefined);
  const { values, texts, folded: low } = list;
  for (let i = 0; i < texts.length; i++) {
    if (passes(test, values[i], texts[i]!, low[i])) return true;
  }
  return false;
}
