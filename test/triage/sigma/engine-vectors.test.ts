import { describe, expect, it } from 'vitest';
import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import { fixtureText, rulesOf } from './sigma-fixtures.ts';

interface Vector {
  readonly name: string;
  readonly rules_yaml: string;
  readonly cases: readonly { readonly event: SigmaEvent; readonly matches: number }[];
}

const vectorsOf = (name: string): Vector[] =>
  (JSON.parse(fixtureText(`vectors/${name}.json`)) as { vectors: Vector[] }).vectors;

/** rsigma fills placeholders from the event itself; here they are given as lists. */
const placeholdersOf = (rules: string, event: SigmaEvent): Record<string, string[]> =>
  rules.includes('|expand')
    ? Object.fromEntries(Object.entries(event).map(([name, value]) => [name, [String(value)]]))
    : {};

describe.each(['rsigma', 'go-sigma-rule-engine'])('tests of %s', (engine) => {
  it.each(vectorsOf(engine))('$name', ({ rules_yaml, cases }) => {
    for (const { event, matches } of cases) {
      const rules = rulesOf(rules_yaml, placeholdersOf(rules_yaml, event));
      expect(rules.refused).toEqual([]);
      expect(rules.match(event)).toHaveLength(matches);
    }
  });
});
