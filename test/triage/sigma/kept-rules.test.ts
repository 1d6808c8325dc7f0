import { expect, it } from 'vitest';
import { keepRules } from '../../../src/triage/rules/sigma/kept/kept-rules.ts';
import {
  buffersOf,
  partsOf,
  type SentPart,
  SentRules,
} from '../../../src/triage/rules/sigma/kept/sent-rules.ts';
import { evaluatePlain } from '../../../src/triage/rules/sigma/match/plain.ts';
import { compileRead } from '../../../src/triage/rules/sigma/rule-set.ts';
import { fc } from '../../support/fast-check.ts';
import { randomEvent, randomRule } from './random-rules.ts';

it('rules that were sent mean what they meant, by their index, their expressions and their halves', async () => {
  const rules = fc.array(randomRule, { minLength: 60, maxLength: 60, size: 'max' });
  const events = fc.array(randomEvent, { minLength: 60, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(rules, events, async (documents, all) => {
      const set = compileRead(documents);
      const received = new SentRules();
      for (const part of partsOf(keepRules(set))) {
        received.take(structuredClone(part, { transfer: buffersOf(part) }) as SentPart);
      }
      const sent = await received.set();
      expect(sent.rules.map(({ canBeHalf }) => canBeHalf)).toEqual(
        set.rules.map(({ canBeHalf }) => canBeHalf),
      );
      for (const event of all) {
        const idsOf = ({ index }: { readonly index: number }): number => index;
        expect(sent.matchedRules(event).map(idsOf)).toEqual(set.matchedRules(event).map(idsOf));
        for (const [i, { expression }] of sent.rules.entries()) {
          for (const ofAbsent of ['sigma', 'unknown'] as const) {
            expect(evaluatePlain(expression, event, ofAbsent)).toBe(
              evaluatePlain(set.rules[i]!.expression, event, ofAbsent),
            );
          }
        }
      }
    }),
    { numRuns: 3 },
  );
});
