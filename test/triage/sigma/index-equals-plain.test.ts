import { expect, it } from 'vitest';
import { keepRules } from '../../../src/triage/rules/sigma/kept/kept-rules.ts';
import { evaluatePlain } from '../../../src/triage/rules/sigma/match/plain.ts';
import { compileRead, setOfKept } from '../../../src/triage/rules/sigma/rule-set.ts';
import { fc } from '../../support/fast-check.ts';
import { randomEvent, randomRule } from './random-rules.ts';
import { lazily } from './sigma-fixtures.ts';

const N_RUNS = 10;
const N_RULES = 200;
const N_EVENTS = 500;

it(`the index finds what evaluating every rule finds, on ${N_RUNS * N_RULES * N_EVENTS} random pairs`, () => {
  let nPairs = 0;
  let nMatches = 0;
  const rules = fc.array(randomRule, { minLength: N_RULES, maxLength: N_RULES, size: 'max' });
  const events = fc.array(randomEvent, { minLength: N_EVENTS, maxLength: N_EVENTS, size: 'max' });
  fc.assert(
    fc.property(rules, events, (documents, all) => {
      const set = compileRead(documents);
      expect(set.refused).toEqual([]);
      // the same worked out ahead, with one index for all log sources
      const kept = setOfKept(structuredClone(keepRules(set)));
      for (const [i, event] of all.entries()) {
        const isRouted = i % 4 === 0;
        const logsource = isRouted ? { product: 'windows' } : undefined;
        const asked = i % 3 === 0 ? kept : set;
        const found = asked
          .matchedRules(i % 10 === 0 ? lazily(event) : event, logsource)
          .map(({ index }) => index);
        const wanted = set.rules.filter(
          (rule) =>
            !(isRouted && rule.logsource.product === 'linux') &&
            evaluatePlain(rule.expression, event, 'sigma') === true,
        );
        nPairs += set.rules.length;
        nMatches += wanted.length;
        const expected = wanted.map(({ index }) => index);
        const differing = [
          ...found.filter((index) => !expected.includes(index)),
          ...expected.filter((index) => !found.includes(index)),
        ];
        for (const index of differing) {
          throw new Error(
            `rule ${JSON.stringify(documents[index]?.detection)} ${found.includes(index) ? 'matches only' : 'does not match'} by the index on ${JSON.stringify(event)}`,
          );
        }
      }
    }),
    // a counterexample names one rule and one event, so there is nothing to shrink
    { numRuns: N_RUNS, endOnFailure: true },
  );
  expect(nPairs).toBeGreaterThanOrEqual(1_000_000);
  expect(nMatches).toBeGreaterThan(nPairs / 100);
});
