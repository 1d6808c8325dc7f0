import type { CorrelationDocument, FilterDocument, RuleDocument, SigmaDocument } from '../read/document.ts';
import { type Lint, Refusal, type RefusedDocument } from '../refusal.ts';
import { compileDetection } from './compile-detection.ts';
import type { CompiledCorrelation, CompiledRule } from './compiled-rule.ts';
import { allOf, canHoldByAbsence, type Expression } from './expression.ts';
import { linkCorrelations } from './link-correlations.ts';
import { isConflict } from './logsource.ts';
import type { Placeholders } from './placeholders.ts';

export interface CompileOptions {
  /** Values for the placeholders of `expand`. A rule whose placeholder has none is refused. */
  readonly placeholders?: Placeholders;
  /** The documents compiled before: regular expressions are compiled when they are first asked. @default false */
  readonly areChecked?: boolean;
  /** Line and column of a character of a file, for what is refused. */
  readonly placeOf?: (file: string, at: number) => { readonly line: number; readonly column: number };
}

export interface Compiled {
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly CompiledCorrelation[];
  readonly refused: readonly RefusedDocument[];
  readonly lints: readonly Lint[];
}

/** A compiled filter and the rules it was written for. */
interface BoundFilter {
  readonly document: FilterDocument;
  readonly expression: Expression;
}

/**
 * Compiles documents: rules with the filters that name them, then the correlations over them.
 *
 * What cannot be compiled is reported and left out. A filter's effect is `(rule) and (filter's condition)`.
 */
export function compileDocuments(
  documents: readonly SigmaDocument[],
  options: CompileOptions = {},
): Compiled {
  const refused: RefusedDocument[] = [];
  const lints: Lint[] = [];
  const placeOf = options.placeOf ?? (() => ({ line: 0, column: 0 }));
  const refuse = ({ file, id, title, at }: SigmaDocument, reason: string, place = at): void => {
    refused.push({ file, ...placeOf(file, place), id, title, reason });
  };
  const lint = ({ file, id, at }: SigmaDocument, message: string, place: number): void => {
    lints.push({ file, line: placeOf(file, place >= 0 ? place : at).line, id, message });
  };
  const expressionOf = (document: RuleDocument | FilterDocument): Expression | undefined => {
    try {
      return compileDetection(document.detection, {
        placeholders: options.placeholders ?? {},
        areChecked: options.areChecked ?? false,
        lint: (message, at) => lint(document, message, at),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(document, error.message, error.at >= 0 ? error.at : document.at);
      return undefined;
    }
  };

  const refusedNames = new Set<string>();
  const filters: BoundFilter[] = [];
  const drafts: { document: RuleDocument; expression: Expression }[] = [];
  const taken = new Set<string>();
  for (const document of documents) {
    if (document.kind === 'correlation') continue;
    const expression = expressionOf(document);
    if (document.kind === 'filter') {
      if (expression === undefined) continue;
      filters.push({ document, expression });
      if (document.detection.conditions.every(({ text }) => !/\bnot\b/.test(text))) {
        lint(
          document,
          'the condition has no `not`, so only events that it selects are left to the rules.',
          -1,
        );
      }
      continue;
    }
    if (expression === undefined) {
      for (const name of [document.id, document.name]) if (name !== '') refusedNames.add(name);
      continue;
    }
    if (document.id !== '' && taken.has(document.id)) {
      lint(document, `the id ${document.id} stands in an earlier rule as well.`, -1);
    }
    taken.add(document.id);
    if (document.title === '') lint(document, 'the rule has no `title`.', -1);
    drafts.push({ document, expression });
  }

  const byName = new Map<string, number>();
  for (const [i, { document }] of drafts.entries()) {
    for (const name of [document.name, document.id]) if (name !== '') byName.set(name, i);
  }
  const correlationDocuments = documents.filter(
    (document): document is CorrelationDocument => document.kind === 'correlation',
  );
  const linked = linkCorrelations(
    correlationDocuments,
    { rule: (name) => byName.get(name), isRefused: (name) => refusedNames.has(name) },
    (document, reason) => refuse(document, reason),
  );
  for (const { document } of filters) {
    const unknown = (document.rules ?? []).filter((name) => !byName.has(name));
    if (unknown.length > 0) lint(document, `no rule of this set is called ${unknown.join(', ')}.`, -1);
  }

  const { rules: silentRules, correlations: silentCorrelations } = silenced(linked);
  const rules = drafts.map(({ document, expression }, index): CompiledRule => {
    const bound = filters.filter((filter) => appliesTo(filter.document, document));
    const whole = allOf([expression, ...bound.map((filter) => filter.expression)]);
    return {
      index,
      id: document.id,
      name: document.name,
      title: document.title,
      level: document.level,
      tags: document.tags,
      logsource: document.logsource,
      attributes: document.attributes,
      file: document.file,
      isReported: !silentRules.has(index),
      expression: whole,
      canBeHalf: canHoldByAbsence(whole),
    };
  });
  const correlations = linked.map((correlation) => ({
    ...correlation,
    isReported: !silentCorrelations.has(correlation.index),
  }));
  return { rules, correlations, refused, lints };
}

/** Rules and correlations that only feed others: every correlation that names them keeps them to itself. */
function silenced(linked: readonly Omit<CompiledCorrelation, 'isReported'>[]) {
  const silent = { rule: new Set<number>(), correlation: new Set<number>() };
  const generated = { rule: new Set<number>(), correlation: new Set<number>() };
  for (const { document, sources } of linked) {
    for (const { kind, index } of sources) (document.generate ? generated : silent)[kind].add(index);
  }
  return {
    rules: without(silent.rule, generated.rule),
    correlations: without(silent.correlation, generated.correlation),
  };
}

const without = (some: ReadonlySet<number>, others: ReadonlySet<number>): Set<number> =>
  new Set([...some].filter((index) => !others.has(index)));

function appliesTo(filter: FilterDocument, rule: RuleDocument): boolean {
  const isNamed =
    filter.rules === null ||
    filter.rules.some((name) => name !== '' && (name === rule.id || name === rule.name));
  return isNamed && !isConflict(filter.logsource, rule.logsource);
}
