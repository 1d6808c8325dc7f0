import { describe, expect, it } from 'vitest';
import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import { reportsOf } from './correlation-runs.ts';
import { fixtureRows, rulesOf } from './sigma-fixtures.ts';

interface CorrelationCase {
  readonly name: string;
  readonly rules_yaml: string;
  readonly events: readonly SigmaEvent[];
  readonly refused?: boolean;
  readonly fires_at?: readonly number[];
  readonly holds_at?: readonly number[];
}

describe('correlations on which Sigma engines differ', () => {
  it.each(fixtureRows<CorrelationCase>('engine-correlations.ndjson'))(
    '$name',
    ({ rules_yaml, events, refused, fires_at, holds_at }) => {
      const rules = rulesOf(rules_yaml);
      expect(rules.refused.length > 0).toBe(refused ?? false);
      if (refused) return;
      for (const [report, wanted] of [
        ['crossing', fires_at],
        ['holds', holds_at],
      ] as const) {
        const reports = reportsOf(rules, events, { report });
        expect(reports.flatMap((titles, i) => (titles.includes('Corr corr') ? [i] : []))).toEqual(wanted);
      }
    },
  );
});
