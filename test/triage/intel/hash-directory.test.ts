import { describe, expect, it } from 'vitest';
import { HASHES_PER_STEP, HashDirectory } from '../../../src/triage/intel/table/hash-directory.ts';
import { fc } from '../../support/fast-check.ts';

const half = fc.integer({ min: 0, max: 0xffffffff });

describe('HashDirectory', () => {
  it('holds every hash of a list within the bounds it gives, however the hashes are spread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(half, fc.integer({ min: 0, max: 3 })), { maxLength: 300 }),
        half,
        (list, asked) => {
          const sorted = Uint32Array.from(list).sort();
          const directory = HashDirectory.of(sorted);
          for (const high of [...list, asked, 0, 0xffffffff]) {
            const within = sorted.subarray(directory.from(high), directory.to(high));
            const all = sorted.filter((one) => one === high).length;
            expect(within.filter((one) => one === high).length).toBe(all);
          }
        },
      ),
    );
  });

  it('keeps its buckets short', () => {
    const sorted = Uint32Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0).sort();
    const directory = HashDirectory.of(sorted);
    let longest = 0;
    for (const high of sorted) longest = Math.max(longest, directory.to(high) - directory.from(high));
    expect(longest).toBeLessThan(40);
    expect(directory.sizeBytes).toBeLessThan(100_000);
  });

  it('is made in steps of so many hashes, the same as at once', () => {
    const sorted = Uint32Array.from({ length: 1_000_000 }, (_, i) => i * 4_294);
    const steps = HashDirectory.inSteps(sorted);
    let n = 1;
    let step = steps.next();
    for (; !step.done; step = steps.next()) n++;
    expect(n).toBe(Math.ceil(sorted.length / HASHES_PER_STEP));
    const atOnce = HashDirectory.of(sorted);
    for (let high = 0; high < 2 ** 32; high += 9_999_991) {
      expect([step.value.from(high), step.value.to(high)]).toEqual([atOnce.from(high), atOnce.to(high)]);
    }
  });
});
