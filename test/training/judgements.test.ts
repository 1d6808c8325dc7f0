import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { judge } from '../../src/training/dataset/judgements.ts';
import { DEFAULT_GUARDS } from '../../src/training/training-settings.ts';
import { fc } from '../support/fast-check.ts';
import { hex, rowsOf, START_MS, sample, vote } from './rows.ts';

const keyOf = (name: string): string => hex(`key ${name}`, 32);
const many = (
  n: number,
  of: (i: number) => {
    analyst?: string;
    disposition?: Disposition;
    minutes?: number;
    rule?: string;
    verified?: boolean;
  },
  prefix = 'a',
): FeedbackSample[] =>
  Array.from({ length: n }, (_, i) => {
    const {
      analyst = 'ann',
      disposition = 'benign',
      minutes = i / 10,
      rule = 'rule',
      verified = true,
    } = of(i);
    return sample(`${prefix}${i}`, [vote(analyst, disposition, minutes, { verified })], {
      ruleKey: hex(rule, 16),
    });
  });
const judgeAll = (samples: readonly FeedbackSample[], change = {}) =>
  judge(rowsOf(samples), [], { ...DEFAULT_GUARDS, ...change });

describe('judgements', () => {
  it('lets the first hundred judgements of one analyst pass', () => {
    const judged = judgeAll(many(100, (i) => ({ disposition: DISPOSITIONS[i % 4]!, minutes: i / 20 })));
    expect(judged.taught).toHaveLength(100);
    expect(judged.quarantined.size).toBe(0);
  });

  it('lets 130 alerts by 16 callers pass, verified or not', () => {
    for (const verified of [true, false]) {
      const judged = judgeAll(
        many(130, (i) => ({
          analyst: `caller ${i % 16}`,
          disposition: DISPOSITIONS[i % 4]!,
          minutes: 0,
          verified,
        })),
      );
      expect(judged.taught).toHaveLength(130);
    }
  });

  it('gives one judgement of a whole incident one weight and one place in the caps, and a word on an alert its own', () => {
    const whole = (i: number) =>
      vote('ann', 'true_positive', 1, { verified: true, whole: i < 40 ? 'aaaa' : 'bbbb' });
    const samples = Array.from({ length: 60 }, (_, i) => sample(`w${i}`, [whole(i)]));
    const alone = vote('bob', 'benign', 2);
    const judged = judgeAll([...samples, sample('own', [whole(0), alone])], { analystIncidentsPerHour: 3 });
    expect(judged.quarantined.size).toBe(0);
    expect(judged.taught).toHaveLength(61);
    const weights = judged.taught.map(({ weight }) => weight).sort((one, other) => one - other);
    expect(weights).toEqual([...Array(40).fill(1 / 40), ...Array(20).fill(1 / 20), 1]);
    expect(judged.taught.find(({ weight }) => weight === 1)?.disposition).toBe('benign');
  });

  it('holds back what one analyst judges beyond the hourly cap, and charges all unverified names to one quota', () => {
    const samples = many(30, (i) => ({ analyst: `made up ${i}`, verified: false, minutes: i / 60 }));
    const judged = judgeAll(samples, { analystIncidentsPerHour: 20 });
    expect(judged.taught).toHaveLength(20);
    expect([...judged.quarantined.values()].every((reason) => reason.startsWith('analyst_rate'))).toBe(true);
    // the first ones keep their place
    expect(judged.quarantined.has(keyOf('a0'))).toBe(false);
    expect(judged.quarantined.has(keyOf('a29'))).toBe(true);
  });

  it('counts incidents, not alerts', () => {
    const samples = Array.from({ length: 60 }, (_, i) =>
      sample(`m${i}`, [vote('ann', 'benign', i / 60)], { group: hex('one incident', 32) }),
    );
    expect(judgeAll(samples, { analystIncidentsPerHour: 20, ruleIncidentsPerDay: 20 }).taught).toHaveLength(
      60,
    );
  });

  it('exempts trusted analysts only where their name is verified', () => {
    const guards = { analystIncidentsPerHour: 10, trustedAnalysts: ['importer'] };
    const verified = many(30, () => ({ analyst: 'importer' }));
    const claimed = many(30, () => ({ analyst: 'importer', verified: false }));
    expect(judgeAll(verified, guards).taught).toHaveLength(30);
    expect(judgeAll(claimed, guards).taught).toHaveLength(10);
  });

  it('caps the share of one analyst only once there is a team', () => {
    const busy = many(300, () => ({ analyst: 'busy', disposition: 'false_positive', rule: 'r' }), 'b');
    const others = ['x', 'y', 'z'].flatMap((analyst) =>
      many(25, () => ({ analyst, disposition: 'false_positive', rule: 'r' }), analyst),
    );
    expect(judgeAll(busy).quarantined.size).toBe(0);
    const judged = judgeAll([...busy, ...others]);
    // 60 % of the 375 incidents
    expect(judged.quarantined.size).toBe(300 - 225);
    expect([...judged.quarantined.values()][0]).toMatch(/^analyst_share: busy/);
  });

  it('caps the share of one rule once many incidents are judged', () => {
    const noisy = many(900, () => ({ rule: 'noisy', minutes: 5 }), 'n');
    const rest = many(300, (i) => ({ rule: `rule ${i % 20}`, minutes: 5 }), 'o');
    const judged = judgeAll([...noisy, ...rest], {
      analystIncidentsPerHour: 10_000,
      ruleIncidentsPerDay: 10_000,
    });
    expect(judged.quarantined.size).toBe(900 - 720);
    expect(judgeAll(noisy.slice(0, 500)).quarantined.size).toBe(0);
  });

  it('holds back a sudden reversal of the record of a rule, and nothing of an honest rule', () => {
    const record = many(60, () => ({ disposition: 'true_positive', minutes: 0 }), 'r');
    const sudden = many(15, () => ({ analyst: 'mallory', disposition: 'benign', minutes: 100 }), 's');
    const judged = judgeAll([...record, ...sudden]);
    expect(judged.quarantined.size).toBe(15);
    expect([...judged.quarantined.keys()].sort()).toEqual(sudden.map((one) => one.snapshot.alertKey).sort());
    // one in ten against the record is daily life
    const honest = many(400, (i) => ({ disposition: i % 10 === 0 ? 'benign' : 'true_positive' }), 'h');
    expect(judgeAll(honest).quarantined.size).toBe(0);
  });

  it('believes a reversal that two verified analysts agree on, or an operator confirms', () => {
    const record = many(60, () => ({ disposition: 'true_positive', minutes: 0 }), 'r');
    const agreed = Array.from({ length: 15 }, (_, i) =>
      sample(`s${i}`, [vote('ann', 'benign', 100), vote('bob', 'benign', 101)], { ruleKey: hex('rule', 16) }),
    );
    expect(judgeAll([...record, ...agreed]).quarantined.size).toBe(0);
    const confirmed = many(15, () => ({ disposition: 'benign', minutes: 100 }), 's').map((one) => ({
      ...one,
      ruling: {
        action: 'confirm' as const,
        by: 'op',
        why: undefined,
        at: new Date(START_MS + 9e6).toISOString(),
      },
    }));
    expect(judgeAll([...record, ...confirmed]).quarantined.size).toBe(0);
  });

  it('frees none of a sudden reversal when some of it is rejected', () => {
    const record = many(60, () => ({ disposition: 'true_positive', minutes: 0 }), 'r');
    const sudden = many(15, () => ({ analyst: 'mallory', disposition: 'benign', minutes: 100 }), 's');
    const at = new Date(START_MS + 9e6).toISOString();
    const ruled = sudden.map((one, i) =>
      i < 8 ? { ...one, ruling: { action: 'reject' as const, by: 'op', why: undefined, at } } : one,
    );
    const judged = judgeAll([...record, ...ruled]);
    expect(judged.rejected).toHaveLength(8);
    expect([...judged.quarantined.keys()].sort()).toEqual(
      sudden
        .slice(8)
        .map((one) => one.snapshot.alertKey)
        .sort(),
    );
    expect(judged.taught).toHaveLength(60);
  });

  it('never learns from what an operator rejected, and guards again what is voted on after a confirmation', () => {
    const at = new Date(START_MS + 60_000).toISOString();
    const rejected = sample(
      'no',
      [vote('ann', 'benign')],
      {},
      { action: 'reject', by: 'op', why: 'wrong', at },
    );
    expect(judgeAll([rejected])).toMatchObject({ taught: [], rejected: [keyOf('no')] });
    const later = sample(
      'later',
      [vote('ann', 'benign'), vote('eve', 'benign', 5)],
      {},
      { action: 'confirm', by: 'op', why: undefined, at },
    );
    expect(judgeAll([later], { ruleIncidentsPerDay: 0 }).quarantined.has(keyOf('later'))).toBe(true);
  });

  it('leaves out the votes of excluded analysts, from a moment on or all of them', () => {
    const samples = [
      sample('both', [
        vote('ann', 'benign'),
        vote('mallory', 'true_positive', 1),
        vote('mallet', 'true_positive', 1),
      ]),
      sample('early', [vote('mallory', 'true_positive', -10)]),
      sample('late', [vote('mallory', 'true_positive', 10)]),
    ];
    const exclude = (since?: string) =>
      judge(
        rowsOf(samples),
        [{ analyst: 'mallory', by: 'op', at: vote('op', 'benign').at, ...(since ? { since } : {}) }],
        DEFAULT_GUARDS,
      );
    expect(exclude().excluded.toSorted()).toEqual([keyOf('early'), keyOf('late')].toSorted());
    expect(exclude(new Date(START_MS).toISOString()).excluded).toEqual([keyOf('late')]);
    expect(judgeAll(samples).excluded).toEqual([]);
  });

  it('weighs a judgement by the agreement of its votes', () => {
    const { taught } = judgeAll([
      sample('c', [vote('a', 'benign'), vote('b', 'benign'), vote('c', 'suspicious', 3, { risk_score: 80 })]),
    ]);
    expect(taught).toMatchObject([{ disposition: 'benign', weight: 2 / 3, risk: Number.NaN }]);
  });

  it('puts every row in exactly one part, whatever the votes', () => {
    const voteArb = fc.record({
      analyst: fc.constantFrom('a', 'b', 'c', 'd'),
      disposition: fc.constantFrom(...DISPOSITIONS),
      minutes: fc.integer({ min: 0, max: 5000 }),
      verified: fc.boolean(),
    });
    const sampleArb = fc.record({
      votes: fc.uniqueArray(voteArb, { minLength: 1, maxLength: 4, selector: (one) => one.analyst }),
      rule: fc.constantFrom('r1', 'r2'),
      group: fc.integer({ min: 0, max: 20 }),
      ruling: fc.option(fc.constantFrom('confirm' as const, 'reject' as const), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(sampleArb, { maxLength: 60 }), fc.boolean(), (specs, excludes) => {
        const samples = specs.map(({ votes, rule, group, ruling }, i) =>
          sample(
            `x${i}`,
            votes.map((one) => vote(one.analyst, one.disposition, one.minutes, { verified: one.verified })),
            { ruleKey: hex(rule, 16), group: hex(`g${group}`, 32) },
            ruling && { action: ruling, by: 'op', why: undefined, at: vote('op', 'benign', 2500).at },
          ),
        );
        const rows = rowsOf(samples);
        const exclusions = excludes ? [{ analyst: 'a', by: 'op', at: vote('op', 'benign').at }] : [];
        const tight = {
          ...DEFAULT_GUARDS,
          analystIncidentsPerHour: 5,
          ruleIncidentsPerDay: 8,
          recordIncidents: 5,
          reversalWindow: 4,
          teamSize: 2,
          teamIncidents: 3,
        };
        const judged = judge(rows, exclusions, tight);
        const all = [
          ...judged.taught.map(({ index }) => rows[index]!.alertKey),
          ...judged.quarantined.keys(),
          ...judged.rejected,
          ...judged.excluded,
        ];
        expect(all.toSorted()).toEqual(rows.map((row) => row.alertKey).toSorted());
        // running it again is a replay
        expect(judge(rows, exclusions, tight)).toEqual(judged);
        for (const { index, disposition } of judged.taught) {
          if (excludes)
            expect(
              rows[index]!.votes.some((one) => one.analyst !== 'a' && one.disposition === disposition),
            ).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
