import { describe, expect, it } from 'vitest';
import { createRandom, deriveSeed } from '../../src/trees/random.ts';

describe('the seeded generator', () => {
  it('gives the same stream for a seed on every machine', () => {
    const random = createRandom(42);
    expect([random.uint32(), random.uint32(), random.uint32(), random.int(1000)]).toEqual([
      1914877441, 2810856818, 4215884613, 390,
    ]);
  });

  it('tells near seeds, large seeds and fractions apart', () => {
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 52, 0.5, 0.25, -0.5];
    const firsts = seeds.map((seed) => createRandom(seed).uint32());
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  it('draws evenly', () => {
    const random = createRandom(7);
    const counts = new Int32Array(10);
    for (let k = 0; k < 100_000; k++) counts[random.int(10)]!++;
    // Five standard deviations of a binomial with p = 1/10.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
  });

  it('gives uniform numbers in [0, 1) and normal ones around 0', () => {
    const random = createRandom(1);
    let sum = 0;
    let sumOfSquares = 0;
    for (let k = 0; k < 20_000; k++) {
      const uniform = random.next();
      expect(uniform >= 0 && uniform < 1).toBe(true);
      const deviate = random.normal();
      sum += deviate;
      sumOfSquares += deviate * deviate;
    }
    expect(Math.abs(sum / 20_000)).toBeLessThan(0.05);
    expect(Math.abs(sumOfSquares / 20_000 - 1)).toBeLessThan(0.05);
  });

  it('shuffles without losing a value', () => {
    const shuffled = createRandom(3).shuffle(Int32Array.from({ length: 50 }, (_, i) => i));
    expect([...shuffled]).not.toEqual([...shuffled].sort((a, b) => a - b));
    expect(new Set(shuffled).size).toBe(50);
  });

  it('derives unrelated seeds', () => {
    const derived = Array.from({ length: 1000 }, (_, index) => deriveSeed(5, index));
    expect(new Set(derived).size).toBe(1000);
    expect(deriveSeed(5, 3)).toBe(derived[3]);
    expect(deriveSeed(6, 3)).not.toBe(derived[3]);
  });

  it('refuses a seed that is not finite', () => {
    expect(() => createRandom(Number.POSITIVE_INFINITY)).toThrow('Expected `seed` to be a finite number');
  });
});
