import { DecisionTreeClassifier } from 'ml-cart';
import { RandomForestClassifier } from 'ml-random-forest';
import { describe, expect, it } from 'vitest';
import { withSplitSearch } from '../../src/trees/mljs/split-search.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

const value = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(0.1, -0.1, -0, 1e-40, 2 ** -149, 3.4028234663852886e38, -3.4028234663852886e38),
  fc.integer({ min: 2 ** 53 - 8, max: 2 ** 53 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
);
const dataSet = fc.integer({ min: 1, max: 4 }).chain((nColumns) =>
  fc.array(
    fc.record({
      x: fc.array(value, { minLength: nColumns, maxLength: nColumns }),
      label: fc.constantFrom(0, 1, 3),
    }),
    { minLength: 2, maxLength: 60 },
  ),
);

/** A fitted tree as text: JSON has no -0, which a cut may be. */
const textOf = (model: unknown): string =>
  JSON.stringify(model, (_, one) => (Object.is(one, -0) ? '-0' : one));

describe('the split search for ml-cart', () => {
  it('grows the very trees that the library grows by itself', () => {
    fc.assert(
      fc.property(dataSet, fc.integer({ min: 1, max: 4 }), (rows, minNumSamples) => {
        const grown = () => {
          const tree = new DecisionTreeClassifier({ minNumSamples, gainThreshold: 0 });
          tree.train(
            rows.map(({ x }) => x),
            rows.map(({ label }) => label),
          );
          return textOf(tree.toJSON());
        };
        expect(withSplitSearch(grown)).toBe(grown());
      }),
      { numRuns: 300 },
    );
  });

  it('grows the very forests that ml-random-forest grows by itself', () => {
    const random = createRandom(5);
    const X = Array.from({ length: 240 }, () =>
      Array.from({ length: 7 }, (_, f) => (f % 2 === 0 ? Math.round(6 * random.next()) : random.next())),
    );
    const y = X.map(([a = 0, b = 0]) => (a > 3 ? (b > 0.5 ? 2 : 0) : random.next() > 0.8 ? 1 : 0));
    const grown = () => {
      const options = { nEstimators: 6, maxFeatures: 0.75, replacement: false, seed: 9, noOOB: true };
      const treeOptions = { minNumSamples: 3, maxDepth: Infinity, gainThreshold: 0 };
      const forest = new RandomForestClassifier({ ...options, isClassifier: true, treeOptions });
      forest.train(X, y);
      return textOf(forest.toJSON());
    };
    const own = grown();
    expect(withSplitSearch(grown)).toBe(own);
    expect(own.length).toBeGreaterThan(5_000);
  });

  it('is lent for one call, which may fail', () => {
    const { bestSplit } = Object.getPrototypeOf(
      new DecisionTreeClassifier(true, { options: {}, root: { distribution: 0 } }).root,
    ) as { bestSplit: unknown };
    const now = () =>
      (
        Object.getPrototypeOf(
          new DecisionTreeClassifier(true, { options: {}, root: { distribution: 0 } }).root,
        ) as { bestSplit: unknown }
      ).bestSplit;
    expect(withSplitSearch(now)).not.toBe(bestSplit);
    expect(now()).toBe(bestSplit);
    expect(() =>
      withSplitSearch(() => {
        throw new Error('no rows');
      }),
    ).toThrow('no rows');
    expect(now()).toBe(bestSplit);
  });
});
