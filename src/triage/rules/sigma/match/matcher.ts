import { textOfValue } from '../compile/test.ts';
import { LIMITS } from '../limits.ts';
import { Evaluator } from './evaluator.ts';
import { ABSENT, type AnyEvent, isLazy, type LazyEvent, pathOf, type SigmaEvent } from './event-field.ts';
import type { FieldIndex } from './field-index.ts';
import type { LiteralSink } from './gram-table.ts';
import type { Program } from './program.ts';
import type { RuleIndex } from './rule-index.ts';

const NON_ASCII = /[^\0-\x7f]/;

/**
 * Matches events against indexed rules: literals found in the event's values name the rules that could match, and only
 * these are evaluated.
 */
export class Matcher implements LiteralSink {
  readonly #program: Program;
  readonly #evaluator: Evaluator;
  /** Number of the event for which a rule became a candidate. */
  readonly #ruleStamp: Uint32Array;
  readonly #candidates: Int32Array;
  #nCandidates = 0;
  #index!: RuleIndex;
  #allowed: Uint8Array | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#evaluator = new Evaluator(program);
    this.#ruleStamp = new Uint32Array(program.roots.length);
    this.#candidates = new Int32Array(program.roots.length);
  }

  /** Rules that were evaluated on the last event. */
  get nCandidates(): number {
    return this.#nCandidates;
  }

  /**
   * Numbers of the rules of `index` that match, in ascending order.
   *
   * @param allowed 1 for each rule that is asked; undefined asks all
   */
  match(event: AnyEvent, index: RuleIndex, allowed?: Uint8Array): number[] {
    const evaluator = this.#evaluator;
    evaluator.begin(event, index.searched);
    // the evaluator starts to count anew after 2^31 events
    if (evaluator.stamp === 1) this.#ruleStamp.fill(0);
    this.#index = index;
    this.#allowed = allowed;
    this.#nCandidates = 0;
    if (isLazy(event)) this.#takeLazy(event);
    else this.#takeEvent(event);
    this.#takePresent();
    for (const rule of index.always) this.#addCandidate(rule);

    const hits: number[] = [];
    const { roots } = this.#program;
    for (let i = 0; i < this.#nCandidates; i++) {
      const rule = this.#candidates[i]!;
      if (evaluator.holds(roots[rule]!)) hits.push(rule);
    }
    evaluator.end();
    if (hits.length > 1) hits.sort((a, b) => a - b);
    return hits;
  }

  /** Takes the fields of an event that any rule looks at, and searches their values. */
  #takeEvent(event: SigmaEvent): void {
    const { fields, paths } = this.#index;
    const hasKeywords = this.#index.keywords !== undefined || this.#index.keywordPairs !== undefined;
    let nested: string[] | undefined;
    for (const key in event) {
      const value = event[key];
      if (value === undefined) continue;
      let entry = fields.get(key);
      if (entry === undefined && key.includes(' ')) entry = this.#blankless(key, event);
      if (typeof value === 'string') {
        if (entry !== undefined) this.#take(entry, value, value);
        else if (hasKeywords) this.#scanKeyword(value);
        continue;
      }
      const text = textOfValue(value);
      if (text !== undefined) {
        if (entry !== undefined) this.#take(entry, value, text);
        else if (hasKeywords && typeof value !== 'boolean') this.#scanKeyword(text);
        continue;
      }
      if (entry !== undefined) this.#takeOther(entry, value);
      if (value === null) continue;
      if (hasKeywords) this.#scanKeywords(value, LIMITS.eventDepth);
      if (paths.has(key)) {
        nested ??= [];
        nested.push(key);
      }
    }
    if (nested !== undefined) this.#takePaths(event, nested);
  }

  #takeLazy(event: LazyEvent): void {
    const { fields, keywords, keywordPairs } = this.#index;
    for (const [name, entry] of fields) {
      const value = event.get(name);
      if (value === undefined) continue;
      const text = textOfValue(value);
      if (text === undefined) this.#takeOther(entry, value);
      else {
        this.#evaluator.setScalar(entry.field, value, text);
        this.#scan(entry, text, false);
      }
    }
    if (keywords === undefined && keywordPairs === undefined) return;
    for (const text of event.texts()) this.#scanKeyword(String(text));
  }

  proven(witness: number): void {
    const node = this.#index.witnessNode[witness]!;
    const { memo, stamp } = this.#evaluator;
    const mark = stamp * 2 + 1;
    if (memo[node] === mark) return;
    memo[node] = mark;
    this.#addRules(witness);
  }

  hinted(witness: number): void {
    const node = this.#index.witnessNode[witness]!;
    // seen before: whatever it gave was dealt with
    if (this.#evaluator.memo[node]! >>> 1 === this.#evaluator.stamp) return;
    if (this.#evaluator.holdsFound(node)) this.#addRules(witness);
  }

  #addRules(witness: number): void {
    const { witnessStart, witnessRules } = this.#index;
    const end = witnessStart[witness + 1]!;
    for (let i = witnessStart[witness]!; i < end; i++) this.#addCandidate(witnessRules[i]!);
  }

  #addCandidate(rule: number): void {
    const { stamp } = this.#evaluator;
    if (this.#ruleStamp[rule] === stamp || this.#allowed?.[rule] === 0) return;
    this.#ruleStamp[rule] = stamp;
    this.#candidates[this.#nCandidates++] = rule;
  }

  /** Index of a name with blanks, unless the event has the name without them as well. */
  #blankless(key: string, event: SigmaEvent): FieldIndex | undefined {
    const name = key.replaceAll(' ', '');
    const entry = this.#index.fields.get(name);
    if (entry === undefined || Object.hasOwn(event, name) || this.#evaluator.hasField(entry.field)) {
      return undefined;
    }
    return entry;
  }

  #take(entry: FieldIndex, value: unknown, text: string): void {
    this.#evaluator.setScalar(entry.field, value, text);
    this.#scan(entry, text, typeof value !== 'boolean');
  }

  #scan(entry: FieldIndex, text: string, withKeywords: boolean): void {
    const { inside, pairs, head, tail } = entry.tables;
    tail?.scan(text, this);
    head?.scan(text, this);
    const keywords = withKeywords ? this.#index.keywords : undefined;
    if (inside === undefined) keywords?.scan(text, this);
    else if (keywords === undefined) inside.scan(text, this);
    else inside.scanBoth(keywords, text, this);
    if ((pairs !== undefined || entry.presentWide.length > 0) && NON_ASCII.test(text)) {
      pairs?.scan(text, this);
      for (const witness of entry.presentWide) this.hinted(witness);
    }
    if (withKeywords) this.#scanPairs(text);
  }

  /** Takes null, a list or an object; keywords are searched for elsewhere. */
  #takeOther(entry: FieldIndex, value: unknown): void {
    const texts = this.#evaluator.setOther(entry.field, value);
    if (texts !== undefined) for (const text of texts) this.#scan(entry, text, false);
  }

  #takePaths(event: SigmaEvent, heads: readonly string[]): void {
    for (const head of heads) {
      for (const { steps, entry } of this.#index.paths.get(head)!) {
        // a flat name wins, even with null
        if (this.#evaluator.hasField(entry.field)) continue;
        const value = pathOf(event[head], steps, 1);
        if (value === ABSENT || value === undefined) continue;
        const text = textOfValue(value);
        if (text === undefined) this.#takeOther(entry, value);
        else {
          this.#evaluator.setScalar(entry.field, value, text);
          this.#scan(entry, text, false);
        }
      }
    }
  }

  /** Evaluates witnesses that show by nothing but their field, once all fields are known. */
  #takePresent(): void {
    const { withPresent, keywordPresent } = this.#index;
    for (const witness of keywordPresent) this.hinted(witness);
    for (const { field, present } of withPresent) {
      if (this.#evaluator.hasField(field)) for (const witness of present) this.hinted(witness);
    }
  }

  #scanKeyword(text: string): void {
    this.#index.keywords?.scan(text, this);
    this.#scanPairs(text);
  }

  #scanPairs(text: string): void {
    const { keywordPairs, areKeywordPairsWide } = this.#index;
    if (keywordPairs === undefined) return;
    if (!areKeywordPairsWide || NON_ASCII.test(text)) keywordPairs.scan(text, this);
  }

  #scanKeywords(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#scanKeyword(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.#scanKeyword(String(value));
    else if (typeof value === 'object' && value !== null && depth > 0) {
      for (const inner of Array.isArray(value) ? value : Object.values(value)) {
        this.#scanKeywords(inner, depth - 1);
      }
    }
  }
}
