import { type Compiled, compileDocuments } from './compile/compile.ts';
import type { CompiledCorrelation, CompiledRule } from './compile/compiled-rule.ts';
import { isConflict } from './compile/logsource.ts';
import type { Placeholders } from './compile/placeholders.ts';
import { programOf } from './kept/kept-program.ts';
import { type KeptRules, rulesOf } from './kept/kept-rules.ts';
import type { AnyEvent } from './match/event-field.ts';
import { indexBasis } from './match/index-basis.ts';
import { Matcher } from './match/matcher.ts';
import { evaluatePlain, type MatchedField, matchedFields } from './match/plain.ts';
import { buildProgram, type Program } from './match/program.ts';
import { buildIndex, fieldsOf, type IndexBasis, indexOfDraft, type RuleIndex } from './match/rule-index.ts';
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
    this.#isHalf ??=
      this.rule.canBeHalf && evaluatePlain(this.rule.expression, this.#event, 'unknown') !== true;
    return this.#isHalf;
  }

  /** Fields that speak for the match, with the values that they have in the event. */
  matchedFields(): MatchedField[] {
    return matchedFields(this.rule.expression, this.#event);
  }
}

/** Log sources whose index is kept; each is a few hundred kilobytes at most. */
const MAX_ROUTES = 64;

/**
 * Compiled rules, matched against one event at a time. Not safe to use from within its own calls; a set keeps nothing
 * of an event once `match` has returned, but for the hits that it gave.
 */
export class RuleSet {
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly CompiledCorrelation[];
  readonly refused: readonly RefusedDocument[];
  readonly lints: readonly Lint[];
  readonly #program: Program;
  readonly #matcher: Matcher;
  /** Undefined where one index over all rules was worked out ahead. */
  readonly #basis: IndexBasis | undefined;
  readonly #whole: RuleIndex | undefined;
  /** By the numbers of a log source's three values. */
  readonly #routes = new Map<number, Route>();
  readonly #values: Readonly<Record<keyof Logsource, ReadonlyMap<string, number>>>;

  constructor(compiled: Compiled, ahead?: { readonly program: Program; readonly index: RuleIndex }) {
    const { rules, correlations, refused, lints } = compiled;
    this.rules = rules;
    this.correlations = correlations;
    this.refused = refused;
    this.lints = lints;
    this.#program = ahead?.program ?? buildProgram(rules.map(({ expression }) => expression));
    this.#whole = ahead?.index;
    this.#basis = ahead === undefined ? indexBasis(this.#program) : undefined;
    this.#matcher = new Matcher(this.#program);
    this.#values = {
      category: valuesOf(rules, 'category'),
      product: valuesOf(rules, 'product'),
      service: valuesOf(rules, 'service'),
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
    const { index, allowed } = this.#routeOf(logsource);
    return this.#matcher.match(event, index, allowed).map((number) => this.rules[number]!);
  }

  /** Fields that any rule for a log source looks at, and whether any searches keywords. */
  askedFields(logsource: Logsource = {}): {
    readonly fields: ReadonlySet<string>;
    readonly keywords: boolean;
  } {
    const asked = this.rules.filter((rule) => !isConflict(rule.logsource, logsource));
    const fields = fieldsOf(
      this.#program,
      asked.map(({ index }) => index),
    );
    const keywords = fields.delete(0);
    return { fields: new Set([...fields].map((field) => this.#program.fields[field]!)), keywords };
  }

  /** Does, a piece at a time, what the first events would wait for: tables are built, expressions compiled. */
  *preparing(): Generator<void> {
    for (const { tables } of this.#whole?.fields.values() ?? []) if (tables !== undefined) yield;
    for (const test of this.#program.tests) {
      if (test?.kind !== 'regex') continue;
      test.regex.prepare();
      yield;
    }
  }

  /** Rules that the last event was evaluated against, for measurements. */
  get nCandidates(): number {
    return this.#matcher.nCandidates;
  }

  #routeOf(logsource: Logsource | undefined): Route {
    const { category, product, service } = this.#values;
    const key =
      (numberOf(category, logsource?.category) * (product.size + 2) + numberOf(product, logsource?.product)) *
        (service.size + 2) +
      numberOf(service, logsource?.service);
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = this.#newRoute({
        category: logsource?.category?.toLowerCase(),
        product: logsource?.product?.toLowerCase(),
        service: logsource?.service?.toLowerCase(),
      });
    } else {
      // the map keeps the order of use, so that the one unused for longest goes first
      this.#routes.delete(key);
    }
    this.#routes.set(key, route);
    if (this.#routes.size > MAX_ROUTES) this.#routes.delete(this.#routes.keys().next().value!);
    return route;
  }

  #newRoute(source: Logsource): Route {
    const isAsked = (rule: CompiledRule): boolean => !isConflict(rule.logsource, source);
    if (this.#whole !== undefined) {
      return { index: this.#whole, allowed: Uint8Array.from(this.rules, (rule) => (isAsked(rule) ? 1 : 0)) };
    }
    const asked = this.rules.filter(isAsked).map(({ index }) => index);
    return { index: buildIndex(this.#basis!, asked), allowed: undefined };
  }
}

/** How events of one log source are matched. */
interface Route {
  readonly index: RuleIndex;
  /** 1 for each rule for this log source; undefined where the index has no others. */
  readonly allowed: Uint8Array | undefined;
}

/** Number of each value that a part of the rules' log sources has, from 2 on. */
function valuesOf(rules: readonly CompiledRule[], part: keyof Logsource): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { logsource } of rules) {
    const value = logsource[part];
    if (value !== undefined && !values.has(value)) values.set(value, values.size + 2);
  }
  return values;
}

/** 0 for a part left out; 1 for any value that no rule names, so that the number of indexes cannot grow with them. */
function numberOf(values: ReadonlyMap<string, number>, value: string | undefined): number {
  return value === undefined ? 0 : (values.get(value) ?? values.get(value.toLowerCase()) ?? 1);
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

/** A set of rules that were worked out ahead. */
export function setOfKept({ heads, correlations, program: kept, index }: KeptRules): RuleSet {
  const program = programOf(kept);
  return new RuleSet(
    { rules: rulesOf(heads, program), correlations, refused: [], lints: [] },
    { program, index: indexOfDraft(program, index) },
  );
}
