import { readFileSync } from 'node:fs';
import {
  ABSENT,
  type AnyEvent,
  fieldOf,
  keywordValues,
  type LazyEvent,
  type SigmaEvent,
} from '../../../src/triage/rules/sigma/match/event-field.ts';
import { parseEvent } from '../../../src/triage/rules/sigma/match/parse-event.ts';
import { compileRules, type RuleSet } from '../../../src/triage/rules/sigma/rule-set.ts';

const FOLDER = new URL('../../fixtures/sigma/', import.meta.url);

export const fixtureText = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

/** Rows of a file of JSON lines, numbers of an `event` with all their digits. */
export function fixtureRows<Row>(name: string): Row[] {
  return fixtureText(name)
    .trim()
    .split('\n')
    .map((line) => parseEvent(line) as unknown as Row);
}

export const rulesOf = (text: string, placeholders: Record<string, string[]> = {}): RuleSet =>
  compileRules([{ file: 'rules.yml', text }], { placeholders });

/** Whether the only rule of a text matches, or `refused`. */
export function verdictOf(text: string, event: AnyEvent): boolean | 'refused' {
  const rules = rulesOf(text);
  return rules.refused.length > 0 ? 'refused' : rules.match(event).length > 0;
}

/** The same event, its fields given when asked. */
export const lazily = (event: SigmaEvent): LazyEvent => ({
  get: (field) => {
    const value = fieldOf(event, field);
    return value === ABSENT ? undefined : value;
  },
  texts: () => keywordValues(event, 64).map(String),
});
