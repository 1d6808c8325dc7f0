import { describe, expect, it } from 'vitest';
import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import { fixtureRows, lazily, verdictOf } from './sigma-fixtures.ts';

interface Pair {
  readonly name: string;
  readonly rule_yaml: string;
  readonly event: SigmaEvent;
  readonly match: boolean | 'refused';
}

describe('pairs on which Sigma engines differ', () => {
  // the second file holds more of our own on each row of the tables in docs/sigma.md
  it.each(['engine-pairs.ndjson', 'own-pairs.ndjson'].flatMap((file) => fixtureRows<Pair>(file)))(
    '$name',
    ({ rule_yaml, event, match }) => {
      expect(verdictOf(rule_yaml, event)).toBe(match);
      expect(verdictOf(rule_yaml, lazily(event))).toBe(match);
    },
  );
});
