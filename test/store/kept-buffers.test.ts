import { describe, expect, it } from 'vitest';
import { KeptBuffers } from '../../src/store/azure/kept-buffers.ts';
import { fc } from '../support/fast-check.ts';

describe('KeptBuffers', () => {
  it('lends no memory twice, and none that is too small', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 300_000 })), { maxLength: 60 }), (steps) => {
        const memory = new KeptBuffers();
        const lent: Buffer[] = [];
        // a number is taken, none gives the oldest back
        for (const nBytes of steps) {
          if (nBytes === null) {
            const oldest = lent.shift();
            if (oldest !== undefined) memory.give(oldest);
            continue;
          }
          const buffer = memory.take(nBytes);
          expect(buffer.length).toBeGreaterThanOrEqual(nBytes);
          expect(lent.some((other) => other.buffer === buffer.buffer)).toBe(false);
          lent.push(buffer);
        }
      }),
    );
  });

  it('lends what was given back, and keeps 8 MiB at most', () => {
    const memory = new KeptBuffers();
    const mib = Array.from({ length: 9 }, () => memory.take(1024 * 1024));
    for (const buffer of mib) memory.give(buffer);
    const again = Array.from({ length: 9 }, () => memory.take(1024 * 1024));
    expect(again.filter((buffer) => mib.includes(buffer))).toHaveLength(8);
  });
});
