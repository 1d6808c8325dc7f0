import { describe, expect, it } from 'vitest';
import { Group, type GroupJudgement } from '../../src/triage/correlation/group.ts';
import { fc } from '../support/fast-check.ts';

const group = (): Group => new Group({ cell: 1, kind: 0, key: 1 }, 'g-1');
const word = (
  analyst: string,
  disposition: GroupJudgement['disposition'],
  second: number,
  verified?: boolean,
): GroupJudgement => ({
  analyst,
  disposition,
  ...(verified === undefined ? {} : { verified }),
  at: new Date(Date.UTC(2026, 2, 1, 9, 0, second)).toISOString(),
});

/** Words of two analysts, claimed, proven or of builds that did not say. */
const words = (verified: readonly (boolean | undefined)[]) =>
  fc.array(
    fc
      .tuple(
        fc.constantFrom('ana', 'ben'),
        fc.constantFrom('benign' as const, 'true_positive' as const, undefined),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(...verified),
      )
      // a withdrawal of an older build does not say whether it was proven
      .map(([analyst, disposition, second, isProven]) =>
        word(analyst, disposition, second, disposition === undefined ? isProven : isProven === true),
      ),
    { maxLength: 8 },
  );

describe('judgements of an incident', () => {
  it('the last that stands counts; one taken back gives way to that of another analyst', () => {
    const judged = group();
    judged.judge(word('ana', 'benign', 1));
    judged.judge(word('ben', 'true_positive', 2));
    expect(judged.judged).toMatchObject({ analyst: 'ben', disposition: 'true_positive' });
    judged.judge(word('ben', undefined, 3));
    expect(judged.judged).toMatchObject({ analyst: 'ana', disposition: 'benign' });
    judged.judge(word('ana', undefined, 4));
    expect(judged.judged).toBeUndefined();
  });

  it('are the same in any order, over any split into groups that merge, and once stored', () => {
    fc.assert(
      fc.property(words([undefined, true, false]), fc.integer({ min: 0, max: 8 }), (all, at) => {
        const plain = group();
        for (const one of all) plain.judge(one);
        const [left, right] = [group(), group()];
        for (const one of all.slice(at).reverse()) left.judge(one);
        for (const one of all.slice(0, at)) right.judge(one);
        left.absorb(Group.from(JSON.parse(JSON.stringify(right.capture()()))));
        expect(left.judged).toEqual(plain.judged);
      }),
    );
  });

  it('that are proven are never displaced by claims, under whatever name, later, in merges or by taking back', () => {
    fc.assert(
      fc.property(
        words([true]),
        words([false]),
        words([false]),
        fc.integer({ min: 0, max: 8 }),
        (proven, claims, others, at) => {
          const alone = group();
          for (const one of proven) alone.judge(one);
          fc.pre(alone.judged !== undefined);
          const [left, right] = [group(), group()];
          for (const one of [...others, ...proven.slice(0, at), ...claims]) left.judge(one);
          for (const one of [...claims, ...proven.slice(at), ...others]) right.judge(one);
          left.absorb(Group.from(JSON.parse(JSON.stringify(right.capture()()))));
          expect(left.judged).toEqual(alone.judged);
        },
      ),
    );
  });

  it('that are proven to be taken back leave the claims of others, and later ones under the name', () => {
    const judged = group();
    judged.judge(word('ana', 'benign', 1, false));
    judged.judge(word('ana', 'true_positive', 2, true));
    judged.judge(word('ana', undefined, 3, true));
    expect(judged.judged).toBeUndefined();
    judged.judge(word('ben', 'benign', 2, false));
    expect(judged.judged).toMatchObject({ analyst: 'ben' });
    judged.judge(word('ana', 'suspicious', 4, false));
    expect(judged.judged).toMatchObject({ analyst: 'ana', disposition: 'suspicious' });
  });

  it('are taken back by a build that did not say whose word was proven', () => {
    const judged = group();
    judged.judge(word('ana', 'true_positive', 1, true));
    judged.judge(word('ana', undefined, 2));
    expect(judged.judged).toBeUndefined();
  });

  it('of a build that kept one alone are read', () => {
    const { judgements: _, ...older } = group().capture()();
    const judged = { ...word('ana', 'benign', 1), disposition: 'benign' as const };
    expect(Group.from({ ...older, judged }).judged).toEqual(judged);
  });
});
