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
  it.each(fixtureRows<Pair>('engine-pairs.ndjson'))('$name', ({ rule_yaml, event, match }) => {
    expect(verdictOf(rule_yaml, event)).toBe(match);
    expect(verdictOf(rule_yaml, lazily(event))).toBe(match);
  });
});
