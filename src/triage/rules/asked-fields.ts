import type { AskedFields } from './fields/alert-event.ts';
import type { RuleSet } from './sigma/rule-set.ts';

/**
 * What nearly every alert has, whatever happened: the vendor's words and judgement, its time, and counts that may be 0.
 * That no rule matched them says nothing.
 */
const LABELS =
  /^(alert\.(id|title|rule_id|rule_name|source|vendor|category|severity|severity_rank|text|hour)|entity\.count(\..+)?|entity\.host)$/;

/** Fields that rules for `category` ask for, over all sets. */
export function askedFields(sets: readonly RuleSet[], category: string): AskedFields {
  const asked = sets.map((set) => set.askedFields({ category }));
  return {
    fields: new Set(asked.flatMap(({ fields }) => [...fields])),
    keywords: asked.some(({ keywords }) => keywords),
  };
}

/** Whether a field, where it is there, tells something that happened. */
export function isTelling(field: string): boolean {
  return !LABELS.test(field);
}
