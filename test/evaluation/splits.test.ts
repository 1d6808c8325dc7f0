import { describe, expect, it } from 'vitest';
import type { EvaluationSet } from '../../src/evaluation/evaluation-set.ts';
import {
  groupSplits,
  randomSplits,
  ruleSplits,
  type Split,
  tenantSplits,
  timeSplit,
} from '../../src/evaluation/splits.ts';
import { fc } from '../support/fast-check.ts';

interface Row {
  readonly group: string;
  readonly tenant: string;
  readonly rule: string;
  readonly day: number;
}

const setOf = (rows: readonly Row[]): EvaluationSet =>
  ({
    rows: {
      groups: rows.map(({ group }) => group),
      occurredAtMs: Float64Array.from(rows, ({ day }) => day * 86_400_000 + 1),
    },
    tenants: rows.map(({ tenant }) => tenant),
    rules: rows.map(({ rule }) => rule),
  }) as unknown as EvaluationSet;

const name = fc.integer({ min: 0, max: 12 }).map(String);
const rows = fc.array(
  fc.record({ group: name, tenant: name, rule: name, day: fc.integer({ min: 0, max: 20 }) }),
  {
    minLength: 1,
    maxLength: 60,
  },
);

/** Names found on both sides of a split. */
const torn = (split: Split, names: readonly string[]): string[] => {
  const fit = new Set(split.fit.map((i) => names[i]!));
  return split.test.map((i) => names[i]!).filter((one) => fit.has(one));
};

describe('splits', () => {
  it('never part a group, a tenant or a rule, and test every row once', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, seed) => {
        const set = setOf(all);
        for (const [splits, names] of [
          [groupSplits(set, 4, seed), set.rows.groups],
          [tenantSplits(set, 4, seed), set.tenants],
          [ruleSplits(set, 4, seed), set.rules],
        ] as const) {
          for (const split of splits) expect(torn(split, names)).toEqual([]);
          const tested = splits.flatMap(({ test }) => test).sort((a, b) => a - b);
          if (new Set(names).size >= 4) expect(tested).toEqual(all.map((_, i) => i));
        }
      }),
    );
  });

  it('order time: nothing tested is of before the cut, nothing fitted after, and no incident is on both sides', () => {
    fc.assert(
      fc.property(rows, (all) => {
        for (const split of timeSplit(setOf(all))) {
          const firstTested = Math.min(...split.test.map((i) => all[i]!.day));
          expect(split.fit.every((i) => all[i]!.day < firstTested)).toBe(true);
          expect(
            torn(
              split,
              all.map(({ group }) => group),
            ),
          ).toEqual([]);
        }
      }),
    );
  });

  it('test the last quarter of the days', () => {
    const all = Array.from({ length: 8 }, (_, day) => ({ group: String(day), tenant: '', rule: '', day }));
    expect(timeSplit(setOf(all))).toEqual([{ name: 'time ordered', fit: [0, 1, 2, 3, 4, 5], test: [6, 7] }]);
  });

  it('learn nothing from an incident that was still open at the cut, and test what it raised from then on', () => {
    const groups = ['0', '1', 'long', '3', '4', '5', 'long', '7'];
    const all = groups.map((group, day) => ({ group, tenant: '', rule: '', day }));
    expect(timeSplit(setOf(all))).toEqual([{ name: 'time ordered', fit: [0, 1, 3, 4, 5], test: [6, 7] }]);
  });

  it('are the same for the same seed and others for another', () => {
    const set = setOf(
      Array.from({ length: 40 }, (_, i) => ({ group: String(i), tenant: '', rule: '', day: i })),
    );
    expect(randomSplits(set, 4, 1)).toEqual(randomSplits(set, 4, 1));
    expect(randomSplits(set, 4, 1)).not.toEqual(randomSplits(set, 4, 2));
  });

  it('are left out where there are fewer names than folds', () => {
    const set = setOf(
      [0, 1, 2, 3].map((i) => ({ group: String(i), tenant: 'one', rule: String(i), day: 0 })),
    );
    expect(tenantSplits(set, 4, 1)).toEqual([]);
    expect(timeSplit(set)).toEqual([]);
    expect(ruleSplits(set, 4, 1)).toHaveLength(4);
  });
});
