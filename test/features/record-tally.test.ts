import { describe, expect, it } from 'vitest';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { type KeyTallyOptions, tallyKeys } from '../../src/features/record-tally.ts';
import { fc } from '../support/fast-check.ts';

const N_FAMILIES = RECORD_FAMILIES.length;

/** What a tally is, said plainly: by text, and all rows anew. */
function plainTally(keys: readonly (readonly string[])[], options: KeyTallyOptions) {
  const lastSeenAtMs = new Map<string, number>();
  const isReal = (i: number): boolean => options.synthetic?.[i] !== 1;
  keys.forEach((own, i) => {
    if (!isReal(i)) return;
    for (const key of own) {
      if (key !== '')
        lastSeenAtMs.set(key, Math.max(lastSeenAtMs.get(key) ?? -Infinity, options.seenAtMs?.[i] ?? i));
    }
  });
  const kept = [...lastSeenAtMs.keys()]
    .sort((a, b) => lastSeenAtMs.get(b)! - lastSeenAtMs.get(a)! || (a < b ? -1 : 1))
    .slice(0, options.maxKeys)
    .sort();
  const entries = keys.flatMap((own, i) =>
    Array.from({ length: N_FAMILIES }, (_, family) => (isReal(i) ? kept.indexOf(own[family] || 'none') : -1)),
  );
  return { keys: kept, entries };
}

const key = fc.oneof(
  fc.constant(''),
  fc.nat(30).map((n) => (n * 0x9e3779b1).toString(16).padStart(16, '0')),
);
// a build that knew fewer families left shorter rows
const rows = fc.array(fc.array(key, { minLength: N_FAMILIES - 2, maxLength: N_FAMILIES }), { maxLength: 12 });

describe('the keys of rows', () => {
  it('are numbered as their texts say, whichever rows are taken and were taken before', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(
          fc.record({
            picks: fc.array(fc.nat(11), { maxLength: 15 }),
            further: rows,
            isSynthetic: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
            seenAtMs: fc.option(fc.array(fc.nat(5), { minLength: 30, maxLength: 30 }), { nil: undefined }),
            maxKeys: fc.integer({ min: 1, max: 40 }),
          }),
          { maxLength: 5 },
        ),
        (known, calls) => {
          for (const { picks, further, isSynthetic, seenAtMs, maxKeys } of calls) {
            // the very rows that were numbered before, some of them twice, with others that were not
            const keys = [...picks.flatMap((at) => (known[at] === undefined ? [] : [known[at]])), ...further];
            const options = {
              maxKeys,
              synthetic: Uint8Array.from(keys, (_, i) => (isSynthetic[i] ? 1 : 0)),
              ...(seenAtMs === undefined ? {} : { seenAtMs: Float64Array.from(seenAtMs) }),
            };
            const n = keys.length;
            const { keys: kept, entries } = tallyKeys(keys, new Int32Array(n), new Float32Array(n), options);
            expect({ keys: kept, entries: [...entries] }).toEqual(plainTally(keys, options));
          }
        },
      ),
    );
  });

  it('are refused by name, each time', () => {
    const keys = [['0123456789abcdef', 'not a key']];
    for (const _ of [1, 2])
      expect(() => tallyKeys(keys, new Int32Array(1), [1], { maxKeys: 5 })).toThrow(
        "Expected a key of 16 hex digits or '', got 'not a key'.",
      );
    // a synthetic row never enters a record
    expect(tallyKeys(keys, new Int32Array(1), [1], { maxKeys: 5, synthetic: Uint8Array.of(1) }).keys).toEqual(
      [],
    );
  });
});
