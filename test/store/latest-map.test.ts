import { describe, expect, it } from 'vitest';
import { LatestMap } from '../../src/store/latest-map.ts';
import { fc } from '../support/fast-check.ts';

describe('LatestMap', () => {
  it('gives what was set last of the last n keys, and of no more than twice as many', () => {
    const key = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(key, { maxLength: 100 }), (n, keys) => {
        const map = new LatestMap<number, number>(n);
        for (const [at, each] of keys.entries()) map.set(each, at);
        const newestFirst = [...new Set([...keys].reverse())];
        for (const each of newestFirst.slice(0, n)) expect(map.get(each)).toBe(keys.lastIndexOf(each));
        for (const each of newestFirst.slice(2 * n)) expect(map.get(each)).toBeUndefined();
        expect(map.get(-1)).toBeUndefined();
      }),
    );
  });
});
