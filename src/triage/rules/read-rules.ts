import { compileDocuments } from './sigma/compile/compile.ts';
import type { SigmaDocument } from './sigma/read/document.ts';
import { placeOf } from './sigma/read/place.ts';
import { type RuleText, readDocuments } from './sigma/read/read-documents.ts';
import type { RefusedDocument } from './sigma/refusal.ts';

/** What one file of rules holds. */
export interface ReadRules {
  /** Plain values, which cross to another thread. Rules among them compile. */
  readonly documents: readonly SigmaDocument[];
  readonly refused: readonly RefusedDocument[];
}

/** Reads files of rules, in their order. */
export type RulesReader = (texts: readonly RuleText[]) => Promise<readonly ReadRules[]>;

/**
 * Reads one file and tries every rule of it: nearly all of the work to load it is here, YAML and regular expressions.
 * Filters and correlations are read alone, as they are about rules of other files too.
 */
export function readRules(source: RuleText): ReadRules {
  const { documents, refused } = readDocuments(source);
  const bad: RefusedDocument[] = [];
  const good = documents.filter((document) => {
    if (document.kind !== 'rule') return true;
    const compiled = compileDocuments([document], { placeOf: (_, at) => placeOf(source.text, at) });
    bad.push(...compiled.refused);
    return compiled.refused.length === 0;
  });
  return { documents: good, refused: [...refused, ...bad] };
}

/** Reads on the caller's own thread. */
export const readRulesHere: RulesReader = async (texts) => texts.map(readRules);
