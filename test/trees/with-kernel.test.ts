import { describe, expect, it } from 'vitest';
import { Kernel } from '../../src/trees/kernel.ts';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';
import { withKernel } from '../../src/trees/with-kernel.ts';

function dataSet(nSamples: number, nFeatures: number, seed: number) {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: nSamples * nFeatures }, () =>
    random.next() < 0.1 ? Number.NaN : Math.round(20 * random.next()),
  );
  const y = Int32Array.from({ length: nSamples }, () => random.int(3));
  return { X: Matrix.from(data, nSamples, nFeatures), y };
}

describe('a fit on the memory of the fit before', () => {
  it('comes to what it comes to on memory of its own', () => {
    const sets = [dataSet(700, 9, 1), dataSet(90, 4, 2), dataSet(300, 20, 3)];
    const fits = sets.flatMap(({ X, y }, seed) => {
      const sampleWeight = Float64Array.from(y, (label, i) => 1 + label + (i % 3));
      return [
        () => RandomForestClassifier.fit(X, y, { nEstimators: 5, seed, sampleWeight }),
        () => RandomForestClassifier.fit(X, y, { nEstimators: 5, seed }),
        () => GradientBoostingClassifier.fit(X, y, { nEstimators: 5, seed, subsample: 0.7 }),
        () => GradientBoostingRegressor.fit(X, Float64Array.from(y), { nEstimators: 5, seed, sampleWeight }),
      ];
    });
    // A fit within a fit finds no memory laid by.
    const alone = fits.map((grow) => withKernel(() => grow().toBuffer()));
    const kept = [...fits, ...[...fits].reverse()].map((grow) => grow());
    const bytes = kept.map((one) => one.toBuffer());
    expect(bytes).toEqual([...alone, ...[...alone].reverse()]);
  });

  it('finds it cleared, and shares it with none that runs meanwhile', () => {
    withKernel((outer) => {
      const at = outer.allocate(100_000);
      outer.bytes(at, 100_000).fill(7);
      withKernel((inner) => {
        const within = inner.allocate(100_000);
        expect(inner.bytes(within, 100_000).every((byte) => byte === 0)).toBe(true);
        inner.bytes(within, 100_000).fill(9);
      });
      expect(outer.bytes(at, 100_000).every((byte) => byte === 7)).toBe(true);
    });
    withKernel((next) => {
      const at = next.allocate(100_000);
      expect(next.bytes(at, 100_000).every((byte) => byte === 0)).toBe(true);
    });
  });

  it('runs the same instance, and none that another fit runs meanwhile', () => {
    const [first, within, next] = [
      withKernel((outer) => outer.run),
      withKernel(() => withKernel((inner) => inner.run)),
      withKernel(({ run }) => run),
    ];
    expect(within).not.toBe(first);
    expect(next).toBe(first);
  });

  it('gives up what was allocated at any time, borrowed or not', () => {
    const kernel = new Kernel();
    kernel.borrow(() => kernel.bytes(kernel.allocate(50_000), 50_000).fill(3));
    const { memory } = kernel.giveUp();
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });

  it('keeps nothing of a fit that failed', () => {
    expect(() =>
      withKernel((kernel) => {
        kernel.bytes(kernel.allocate(1000), 1000).fill(5);
        throw new Error('no rows');
      }),
    ).toThrow('no rows');
    withKernel((kernel) => {
      expect(kernel.bytes(kernel.allocate(1000), 1000).every((byte) => byte === 0)).toBe(true);
    });
  });
});
