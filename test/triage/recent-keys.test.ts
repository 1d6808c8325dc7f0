import { describe, expect, it } from 'vitest';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { fc } from '../support/fast-check.ts';

const DAY_MS = 24 * 3_600_000;

describe('RecentKeys', () => {
  it('knows the keys of this generation and the one before, however often it is asked in between', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((digit) => digit.repeat(32));
    const step = fc.record({ key, adds: fc.boolean(), afterMs: fc.constantFrom(0, 1, DAY_MS / 2, DAY_MS) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 2, max: 8 }), (steps, maxKeys) => {
        const recent = new RecentKeys(maxKeys);
        let [newer, older] = [new Set<string>(), new Set<string>()];
        let startedAtMs = Number.NEGATIVE_INFINITY;
        let nowMs = 0;
        for (const one of steps) {
          nowMs += one.afterMs;
          if (!one.adds) {
            expect(recent.has(one.key)).toBe(newer.has(one.key) || older.has(one.key));
            continue;
          }
          if (nowMs - startedAtMs >= DAY_MS || newer.size >= Math.ceil(maxKeys / 2)) {
            [newer, older, startedAtMs] = [new Set(), newer, nowMs];
          }
          expect(recent.add(one.key, nowMs)).toBe(!newer.has(one.key) && !older.has(one.key));
          newer.add(one.key);
        }
      }),
    );
  });
});
