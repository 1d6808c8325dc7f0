import { compileDocuments } from './sigma/compile/compile.ts';
import { type KeptRules, keepRules } from './sigma/kept/kept-rules.ts';
import type { SigmaDocument } from './sigma/read/document.ts';
import { placeOf } from './sigma/read/place.ts';
import { type RuleText, readDocuments } from './sigma/read/read-documents.ts';
import type { RefusedDocument } from './sigma/refusal.ts';

/** Rules of a customer that are taken, over all files. */
const MAX_RULES = 5_000;

/** All rules of a customer, worked out as far as can be. */
export interface CustomerSet {
  readonly rules: KeptRules;
  readonly refused: readonly RefusedDocument[];
}

/**
 * Reads a customer's files and compiles what is in them into one set: filters and correlations may be about rules of any
 * file. Nearly all of the work to load them is here: YAML, regular expressions, what to look for in events.
 */
export function readCustomerSet(texts: readonly RuleText[]): CustomerSet {
  const refused: RefusedDocument[] = [];
  const documents: SigmaDocument[] = [];
  let nRules = 0;
  for (const text of texts) {
    const read = readDocuments(text);
    refused.push(...read.refused);
    for (const document of read.documents) {
      if (document.kind !== 'rule' || ++nRules <= MAX_RULES) {
        documents.push(document);
        continue;
      }
      const { file, id, title, at } = document;
      const reason = `Expected at most ${MAX_RULES} rules.`;
      refused.push({ file, ...placeOf(text.text, at), id, title, reason });
    }
  }
  const textOf = new Map(texts.map(({ file, text }) => [file, text]));
  const compiled = compileDocuments(documents, {
    placeOf: (file, at) => placeOf(textOf.get(file) ?? '', at),
  });
  return { rules: keepRules(compiled), refused: [...refused, ...compiled.refused] };
}
