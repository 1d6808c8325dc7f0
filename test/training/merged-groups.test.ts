import { describe, expect, it } from 'vitest';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import { MAX_MERGED_ROWS, mergedGroups } from '../../src/training/dataset/merged-groups.ts';
import { fc } from '../support/fast-check.ts';

const name = (n: number): string => n.toString(16).padStart(32, '0');
const names = Array.from({ length: 400 }, (_, i) => name(i));
const heldOut = names.filter(isHeldOut);
const fitted = names.filter((one) => !isHeldOut(one));
const rowOf = (group: string, isKnown = true) => ({ alertKey: group, group, isKnown });

describe('groups that turned out to be one incident', () => {
  it('take one name, whichever way the merges are told', () => {
    const rows = fitted.slice(0, 4).map((group) => rowOf(group));
    const [a, b, c, d] = fitted as [string, string, string, string];
    for (const merges of [
      [
        [a, b],
        [c, b],
      ],
      [[c, b, a]],
      [
        [b, c],
        [a, c],
      ],
    ]) {
      const { into } = mergedGroups(rows, merges);
      expect(new Set([a, b, c].map((group) => into.get(group) ?? group)).size).toBe(1);
      expect(into.get(d)).toBeUndefined();
    }
  });

  it('leave the hold-out together where one of them was learned from, else stay in it together', () => {
    const [held, other] = heldOut as [string, string];
    const [fit] = fitted as [string];
    const left = mergedGroups([rowOf(held), rowOf(fit)], [[held, fit]]);
    expect(left.into.get(held)).toBe(fit);
    const stays = mergedGroups([rowOf(held), rowOf(other)], [[held, other]]);
    expect([...stays.into.values()].every(isHeldOut)).toBe(true);
    // a row that no release has seen settles nothing
    const joins = mergedGroups([rowOf(held), rowOf(fit, false)], [[held, fit]]);
    expect(joins.into.get(fit)).toBe(held);
  });

  it('are never split between hold-out and fit (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names.slice(0, 60)), fc.boolean()), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.array(fc.array(fc.constantFrom(...names.slice(0, 60)), { minLength: 2, maxLength: 4 }), {
          maxLength: 8,
        }),
        (some, merges) => {
          const rows = some.map(([group, isKnown]) => rowOf(group, isKnown));
          const { into } = mergedGroups(rows, merges);
          const present = new Set(rows.map(({ group }) => group));
          const nameOf = (group: string): string => into.get(group) ?? group;
          for (const merge of merges) {
            const here = merge.filter((group) => present.has(group));
            expect(new Set(here.map(nameOf)).size).toBeLessThanOrEqual(1);
          }
          for (const { group, isKnown } of rows)
            if (isKnown && !isHeldOut(group)) expect(isHeldOut(nameOf(group))).toBe(false);
        },
      ),
    );
  });

  it('stay apart where the merge would gather too many rows, and are reported', () => {
    const rows = names.slice(0, MAX_MERGED_ROWS + 1).map((group) => rowOf(group));
    const { into, refused } = mergedGroups(rows, [rows.map(({ group }) => group)]);
    expect(into.size).toBe(0);
    expect(refused).toHaveLength(1);
  });
});
