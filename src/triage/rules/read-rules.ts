import { readCustomerSet } from './customer-set.ts';
import type { RuleText } from './sigma/read/read-documents.ts';
import type { RefusedDocument } from './sigma/refusal.ts';
import { type RuleSet, setOfKept } from './sigma/rule-set.ts';

/** What a customer's files hold. */
export interface ReadRules {
  readonly set: RuleSet;
  readonly refused: readonly RefusedDocument[];
}

/** Reads all files of a customer into one set. */
export type RulesReader = (texts: readonly RuleText[]) => Promise<ReadRules>;

/** Reads on the caller's own thread. */
export const readRulesHere: RulesReader = async (texts) => {
  const { rules, refused } = readCustomerSet(texts);
  return { set: setOfKept(rules), refused };
};
