import { describe, expect, it } from 'vitest';
import { type ForeignTree, readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import { LEAF } from '../../src/trees/forest/forest.ts';
import { fc } from '../support/fast-check.ts';

/** Splits on one threshold: value 1 on the left, 2 on the right. */
const stump = (threshold: number): ForeignTree => ({
  feature: [0, -2, -2],
  threshold: [threshold, -2, -2],
  left: [2, -1, -1],
  right: [1, -1, -1],
  value: [0, 2, 1],
  cover: [10, 4, 6],
});

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('trees of other libraries', () => {
  it('puts children side by side after their parent', () => {
    const forest = readForeignTrees([stump(0.5), stump(1)], { nFeatures: 1, leftWhen: '<=' });
    expect([...forest.roots]).toEqual([0, 3]);
    expect([...forest.feature]).toEqual([0, LEAF, LEAF, 0, LEAF, LEAF]);
    expect([...forest.left]).toEqual([1, 0, 0, 4, 0, 0]);
    expect([...forest.value]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...forest.cover]).toEqual([10, 6, 4, 10, 6, 4]);
  });

  it.each(['<=', '<'] as const)('sends every float32 where the double comparison %s sends it', (leftWhen) => {
    const goesLeft = (x: number, threshold: number) => (leftWhen === '<=' ? x <= threshold : x < threshold);
    const check = (x: number, threshold: number) => {
      const forest = readForeignTrees([stump(threshold)], { nFeatures: 1, leftWhen });
      expect(x <= forest.threshold[0]!).toBe(goesLeft(x, threshold));
    };
    fc.assert(fc.property(float32, fc.double({ noNaN: true, noDefaultInfinity: true }), check));
    // Thresholds on a value, and between neighbours above 2^24, where float32 has gaps.
    fc.assert(fc.property(float32, (x) => check(x, x)));
    const large = fc.integer({ min: 2 ** 24, max: 2 ** 30 }).map(Math.fround);
    fc.assert(fc.property(large, fc.constantFrom(-1, -0.5, 0.5, 1), (x, step) => check(x, x + step)));
  });

  it('maps the columns of a tree to the columns of the data', () => {
    const forest = readForeignTrees([{ ...stump(0), features: [3] }], { nFeatures: 4, leftWhen: '<=' });
    expect(forest.feature[0]).toBe(3);
  });

  it.each([
    ['a cycle', { left: [0, -1, -1] }, 'Expected a usable child at node 0 of tree 0, got 0.'],
    ['a shared child', { left: [1, 2, -1], right: [1, 2, -1] }, 'Expected tree 0 to reach every node once'],
    ['a child out of range', { right: [7, -1, -1] }, 'Expected a usable child at node 0 of tree 0, got 7.'],
    [
      'a column out of range',
      { feature: [1, 0, 0] },
      'Expected a usable feature at node 0 of tree 0, got 1.',
    ],
    ['a NaN threshold', { threshold: [NaN, 0, 0] }, 'Expected a usable threshold at node 0 of tree 0'],
    [
      'a missing leaf value',
      { value: [0, 2] },
      'Expected a usable value at node 2 of tree 0, got undefined.',
    ],
    ['a negative cover', { cover: [1, 1, -1] }, 'Expected a usable cover at node 2 of tree 0, got -1.'],
  ])('refuses %s', (_what, change, message) => {
    const read = () => readForeignTrees([{ ...stump(0), ...change }], { nFeatures: 1, leftWhen: '<' });
    expect(read).toThrow(RangeError);
    expect(read).toThrow(message);
  });
});
