import { LIMITS } from '../limits.ts';
import type { CorrelationDocument } from '../read/document.ts';
import { Refusal } from '../refusal.ts';
import type { CompiledCorrelation } from './compiled-rule.ts';

/** What a reference of a correlation can lead to. */
export interface RuleNames {
  /** Index of a compiled rule; undefined where there is none. */
  rule(reference: string): number | undefined;
  /** Names and ids of rules that were refused. */
  isRefused(reference: string): boolean;
}

/**
 * Finds the rules of each correlation; inner correlations come before outer ones in the result.
 *
 * @param refuse is told of a correlation whose rules are missing, refused or refer to themselves
 */
export function linkCorrelations(
  documents: readonly CorrelationDocument[],
  names: RuleNames,
  refuse: (document: CorrelationDocument, reason: string) => void,
): Omit<CompiledCorrelation, 'isReported'>[] {
  const byReference = new Map<string, CorrelationDocument>();
  for (const document of documents) {
    for (const reference of [document.name, document.id]) {
      if (reference !== '') byReference.set(reference, document);
    }
  }
  const linked: Omit<CompiledCorrelation, 'isReported'>[] = [];
  const done = new Map<CorrelationDocument, number | undefined>();
  const open = new Set<CorrelationDocument>();

  const sourceOf = (document: CorrelationDocument, reference: string, depth: number) => {
    const rule = names.rule(reference);
    if (rule !== undefined) return { kind: 'rule', index: rule } as const;
    const inner = byReference.get(reference);
    if (inner !== undefined) {
      const index = link(inner, depth + 1);
      if (index !== undefined) return { kind: 'correlation', index } as const;
      throw new Refusal(
        `Expected \`rules\` to name rules that were taken, got \`${reference}\`, which was refused.`,
      );
    }
    throw new Refusal(
      names.isRefused(reference)
        ? `Expected \`rules\` to name rules that were taken, got \`${reference}\`, which was refused.`
        : `Expected \`rules\` to name rules of this set, got \`${reference}\`.`,
      document.at,
    );
  };

  const link = (document: CorrelationDocument, depth: number): number | undefined => {
    if (done.has(document)) return done.get(document);
    try {
      if (open.has(document))
        throw new Refusal('Expected correlations that do not refer to themselves, got a circle.');
      if (depth > LIMITS.chainDepth) {
        throw new Refusal(`Expected at most ${LIMITS.chainDepth} correlations within each other, got more.`);
      }
      open.add(document);
      const sources = document.rules.map((reference) => sourceOf(document, reference, depth));
      const fieldFor = (reference: string, field: string): string =>
        document.aliases.find(([alias, rule]) => alias === field && rule === reference)?.[2] ?? field;
      const index = linked.length;
      linked.push({
        index,
        document,
        sources,
        groupFields: document.rules.map((reference) =>
          document.groupBy.map((field) => fieldFor(reference, field)),
        ),
        valueFields: document.rules.map((reference) =>
          document.fields.map((field) => fieldFor(reference, field)),
        ),
      });
      done.set(document, index);
      return index;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!done.has(document)) refuse(document, error.message);
      done.set(document, undefined);
      return undefined;
    } finally {
      open.delete(document);
    }
  };

  for (const document of documents) link(document, 1);
  return linked;
}
