import { describe, expect, it } from 'vitest';
import { Group, type GroupJudgement } from '../../src/triage/correlation/group.ts';
import { fc } from '../support/fast-check.ts';

const group = (): Group => new Group({ cell: 1, kind: 0, key: 1 }, 'g-1');
const word = (analyst: string, disposition: GroupJudgement['disposition'], second: number) => ({
  analyst,
  disposition,
  at: new Date(Date.UTC(2026, 2, 1, 9, 0, second)).toISOString(),
});

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
    const words = fc.array(
      fc
        .tuple(
          fc.constantFrom('ana', 'ben'),
          fc.constantFrom('benign' as const, 'true_positive' as const, undefined),
          fc.integer({ min: 0, max: 4 }),
        )
        .map(([analyst, disposition, second]) => word(analyst, disposition, second)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 8 }), (all, at) => {
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

  it('of a build that kept one alone are read', () => {
    const { judgements: _, ...older } = group().capture()();
    const { disposition, ...who } = word('ana', 'benign', 1);
    expect(Group.from({ ...older, judged: { disposition, ...who } }).judged).toEqual({ disposition, ...who });
  });
});
