import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { countedVotes, effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import { fc } from '../support/fast-check.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const common = {
  disposition: fc.constantFrom(...DISPOSITIONS),
  at: fc.nat(600).map(at),
  whole: fc.constantFrom(undefined, 'incident-1'),
};
const proven: fc.Arbitrary<Vote> = fc.record({
  ...common,
  analyst: fc.constantFrom('ann', 'ben', 'cleo'),
  verified: fc.constant(true),
});
const claimed: fc.Arbitrary<Vote> = fc.record({
  ...common,
  analyst: fc.constantFrom('ann', 'owner-1', 'owner-2', 'owner-3'),
  verified: fc.constant(false),
  caller: fc.constantFrom(undefined, 'soar', 'importer'),
});
const record: fc.Arbitrary<Vote> = fc.record({
  ...common,
  analyst: fc.constant('ticket'),
  verified: fc.boolean(),
  from: fc.constant('record' as const),
});

describe('votes that count', () => {
  it('are never changed by a claim where a proven vote stands, be it on the alert or on its incident', () => {
    fc.assert(
      fc.property(
        fc.array(proven, { minLength: 1, maxLength: 4 }),
        fc.array(record, { maxLength: 1 }),
        fc.array(claimed, { maxLength: 5 }),
        (known, records, claims) => {
          const without = effectiveJudgement([...known, ...records]);
          const withClaims = effectiveJudgement([...claims, ...known, ...records, ...claims]);
          expect(withClaims.disposition).toBe(without.disposition);
          expect(withClaims.agreement).toBe(without.agreement);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('hold one claim of each proven caller at most', () => {
    fc.assert(
      fc.property(fc.array(claimed, { minLength: 1, maxLength: 8 }), (claims) => {
        const counted = countedVotes(claims).filter(({ caller }) => caller !== undefined);
        expect(new Set(counted.map(({ caller }) => caller)).size).toBe(counted.length);
      }),
    );
  });

  it('are those on the alert alone, where one stands on its whole incident as well', () => {
    const whole: Vote = {
      analyst: 'ann',
      disposition: 'benign',
      at: at(9),
      verified: true,
      whole: 'incident-1',
    };
    const alone: Vote = { analyst: 'ben', disposition: 'true_positive', at: at(1), verified: true };
    const ticket: Vote = { ...alone, analyst: 'ticket', verified: false, from: 'record' };
    expect(countedVotes([whole, alone])).toEqual([alone]);
    expect(countedVotes([whole, ticket])).toEqual([ticket]);
    expect(countedVotes([whole, { ...alone, verified: false }])).toEqual([whole]);
  });
});
