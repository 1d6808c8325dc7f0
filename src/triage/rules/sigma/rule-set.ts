import { type Compiled, compileDocuments } from './compile/compile.ts';
import type { CompiledCorrelation, CompiledRule } from './compile/compiled-rule.ts';
import { isConflict } from './compile/logsource.ts';
import type { Placeholders } from './compile/placeholders.ts';
import type { AnyEvent } from './match/event-field.ts';
import { indexBasis } from './match/index-basis.ts';
import { Matcher } from './match/matcher.ts';
import { evaluatePlain, type MatchedField, matchedFields } from './match/plain.ts';
import { buildProgram } from './match/program.ts';
import { buildIndex, type IndexBasis, type RuleIndex } from './match/rule-index.ts';
import type { Logsource, SigmaDocument } from './read/document.ts';
import { placeOf } from './read/place.ts';
import { type RuleText, readDocuments } from './read/read-documents.ts';
import type { Lint, RefusedDocument } from './refusal.ts';

/** A rule that matched an event. */
export class Hit {
  readonly rule: CompiledRule;
  readonly #event: AnyEvent;
  #isHalf: boolean | undefined;

  constructor(rule: CompiledRule, event: AnyEvent) {
    this.rule = rule;
    this.#event = event;
  }

  /** Whether the match holds only because a field is absent: with it known, it could be otherwise. */
  get isHalf(): boolean {
    this.#isHalf ??= evaluatePlain(this.rule.expression, this.#event, 'unknown') !== true;
    return this.#isHalf;
  }

  /** Fields that speak for the match, with the values that they have in the event. */
  matchedFields(): MatchedField[] {
    return matchedFields(this.rule.expression, this.#event);
  }
}

/** Indexes by log source that are kept; each is a few hundred kilobytes at most. */
const MAX_INDEXES = 64;

/**
 * Compiled rules, matched against one event at a time. Not safe to use from within its own calls; a set keeps nothing
 * of an event once `match` has returned, but for the hits that it gave.
 */
export class RuleSet {
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly CompiledCorrelation[];
  readonly refused: readonly RefusedDocument[];
  readonly lints: readonly Lint[];
  readonly #basis: IndexBasis;
  readonly #matcher: Matcher;
  readonly #indexes = new Map<string, RuleIndex>();
  readonly #known: Readonly<Record<keyof Logsource, ReadonlySet<string>>>;

  constructor({ rules, correlations, refused, lints }: Compiled) {
    this.rules = rules;
    this.correlations = correlations;
    this.refused = refused;
    this.lints = lints;
    const program = buildProgram(rules.map(({ expression }) => expression));
    this.#basis = indexBasis(program);
    this.#matcher = new Matcher(program);
    const valuesOf = (part: keyof Logsource): Set<string> =>
      new Set(rules.flatMap(({ logsource }) => logsource[part] ?? []));
    this.#known = {
      category: valuesOf('category'),
      product: valuesOf('product'),
      service: valuesOf('service'),
    };
  }

  /**
   * Rules that match an event, in the order of the set.
   *
   * @param logsource where the event comes from; rules for another source are left out. Undefined checks none. Give
   *   every part that is known, and `-` for one that the event surely has not: a missing part speaks for any.
   */
  match(event: AnyEvent, logsource?: Logsource): Hit[] {
    const hits: Hit[] = [];
    for (const rule of this.matchedRules(event, logsource)) {
      if (rule.isReported) hits.push(new Hit(rule, event));
    }
    return hits;
  }

  /** The same with rules that only feed correlations, without explanation. */
  matchedRules(event: AnyEvent, logsource?: Logsource): CompiledRule[] {
    return this.#matcher.match(event, this.#indexFor(logsource)).map((index) => this.rules[index]!);
  }

  /** Fields that any rule for a log source looks at, and whether any searches keywords. */
  askedFields(logsource?: Logsource): { readonly fields: ReadonlySet<string>; readonly keywords: boolean } {
    const { fields, hasKeywords } = this.#indexFor(logsource);
    return { fields: new Set(fields.keys()), keywords: hasKeywords };
  }

  /** Rules that the last event was evaluated against, for measurements. */
  get nCandidates(): number {
    return this.#matcher.nCandidates;
  }

  #indexFor(logsource: Logsource | undefined): RuleIndex {
    const part = (key: keyof Logsource): string | undefined => {
      const value = logsource?.[key]?.toLowerCase();
      // values that no rule names are all the same, so their number cannot grow
      return value === undefined || this.#known[key].has(value) ? value : '-';
    };
    const source: Logsource = {
      category: part('category'),
      product: part('product'),
      service: part('service'),
    };
    const key = JSON.stringify([source.category ?? null, source.product ?? null, source.service ?? null]);
    let index = this.#indexes.get(key);
    if (index === undefined) {
      const rules = this.rules.filter((rule) => !isConflict(rule.logsource, source));
      index = buildIndex(
        this.#basis,
        rules.map((rule) => rule.index),
      );
    } else {
      // the map keeps the order of use, so that the one unused for longest goes first
      this.#indexes.delete(key);
    }
    this.#indexes.set(key, index);
    if (this.#indexes.size > MAX_INDEXES) this.#indexes.delete(this.#indexes.keys().next().value!);
    return index;
  }
}

export interface RuleOptions {
  readonly placeholders?: Placeholders;
}

/**
 * Compiles rules from YAML. What cannot be read or compiled stands in `refused`, the rest works.
 *
 * @param texts files, each with any number of documents: rules, filters, correlations
 */
export function compileRules(texts: readonly RuleText[], { placeholders }: RuleOptions = {}): RuleSet {
  const read = texts.map(readDocuments);
  const textOf = new Map(texts.map(({ file, text }) => [file, text]));
  const compiled = compileDocuments(
    read.flatMap(({ documents }) => documents),
    { placeholders, placeOf: (file, at) => placeOf(textOf.get(file) ?? '', at) },
  );
  return new RuleSet({
    ...compiled,
    refused: [...read.flatMap(({ refused }) => refused), ...compiled.refused],
  });
}

/**
 * Compiles documents that were read before, by a build for instance: no YAML is needed. With `areChecked` the regular
 * expressions are taken to be good and are compiled when they are first asked, which is most of the time to load.
 */
export function compileRead(
  documents: readonly SigmaDocument[],
  { placeholders, areChecked }: RuleOptions & { readonly areChecked?: boolean } = {},
): RuleSet {
  return new RuleSet(compileDocuments(documents, { placeholders, areChecked }));
}
