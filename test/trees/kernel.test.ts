import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileKernel, FIT_KERNEL, SCORING_KERNEL, SHAP_KERNEL } from '../../scripts/kernel.ts';
import { Kernel } from '../../src/trees/kernel.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';

describe('the kernel', () => {
  it.each([FIT_KERNEL, SCORING_KERNEL, SHAP_KERNEL])(
    'is what its sources compile to: $file',
    async (module) => {
      const generated = readFileSync(new URL(`../../${module.file}`, import.meta.url), 'utf8');
      expect(await compileKernel(module)).toBe(generated);
    },
  );

  it('hands out places that do not meet, and grows its memory for them', () => {
    const kernel = new Kernel();
    const sizes = [1, 15, 16, 17, 70_000, 1, 200_000];
    const places = sizes.map((size) => kernel.allocate(size));
    places.forEach((at, k) => {
      expect(at % 16).toBe(0);
      expect(at).toBeGreaterThan(0);
      if (k > 0) expect(at).toBeGreaterThanOrEqual(places[k - 1]! + sizes[k - 1]!);
      kernel.bytes(at, sizes[k]!).fill(k + 1);
    });
    places.forEach((at, k) => {
      expect(kernel.bytes(at, sizes[k]!).every((byte) => byte === k + 1)).toBe(true);
    });
  });

  it('gives borrowed places back', () => {
    const kernel = new Kernel();
    const inside = kernel.borrow(() => kernel.allocate(1000));
    expect(kernel.allocate(1000)).toBe(inside);
  });

  it('refuses what 32-bit addresses do not reach', () => {
    const kernel = new Kernel();
    const message = 'Expected rows, columns and classes that take at most 4 GB to fit, got 5.0.';
    expect(() => kernel.allocate(5 * 2 ** 30)).toThrow(message);
    const X = Matrix.from(
      Float32Array.from({ length: 20_000 }, (_, i) => i),
      20_000,
      1,
    );
    const y = new Int32Array(20_000).fill(59_999, 10_000);
    expect(() => RandomForestClassifier.fit(X, y)).toThrow('at most 4 GB to fit, got 9.2.');
  });

  it('can be made again and again, its memory given back each time', () => {
    // Address space for ten gigabytes each: without giving back, a thousand would be past what a process can hold.
    for (let k = 0; k < 3000; k++) {
      const kernel = new Kernel();
      const at = kernel.allocate(200_000);
      expect(kernel.float64(at, 1)[0]).toBe(0);
      kernel.bytes(at, 200_000).fill(1);
    }
    expect(process.memoryUsage().rss).toBeLessThan(1e9);
  });

  it.each([0, 1, 2, 100, 5000])('sorts %i floats as a typed array does', (n) => {
    const random = createRandom(n);
    const kernel = new Kernel();
    const at = kernel.allocate(4 * n);
    const values = kernel.float32(at, n);
    for (let i = 0; i < n; i++) values[i] = random.normal() * 10 ** (random.int(70) - 35);
    const sorted = values.slice().sort();
    kernel.run.sortFloats(at, n, kernel.allocate(4 * n), kernel.allocate(3 * 2048 * 4));
    expect(kernel.float32(at, n)).toEqual(sorted);
  });

  it.each([1, 2, 5])('gives %i classes the probabilities and gradients that Math.exp gives', (nClasses) => {
    const random = createRandom(nClasses);
    const n = 301;
    const kernel = new Kernel();
    const [margins, proba, labels, weights, gradients, hessians] = [8, 8, 4, 8, 8, 8].map((size) =>
      kernel.allocate(size * n * nClasses),
    ) as [number, number, number, number, number, number];
    const m = kernel.float64(margins, n * nClasses).map(() => random.normal() * 10 ** random.int(3));
    const w = kernel.float64(weights, n).map(() => random.next());
    const y = kernel.int32(labels, n).map(() => random.int(nClasses));
    kernel.float64(margins, n * nClasses).set(m);
    kernel.float64(weights, n).set(w);
    kernel.int32(labels, n).set(y);
    kernel.run.softmaxRows(margins, n, nClasses, proba);
    const expected = new Float64Array(n * nClasses);
    for (let i = 0; i < n; i++) {
      const row = m.subarray(i * nClasses, (i + 1) * nClasses);
      const shares = row.map((margin) => Math.exp(margin - Math.max(...row)));
      const sum = shares.reduce((total, share) => total + share, 0);
      expected.set(
        shares.map((share) => share / sum),
        i * nClasses,
      );
    }
    expect(kernel.float64(proba, n * nClasses)).toEqual(expected);
    const c = nClasses - 1;
    for (const weightsAt of [0, weights]) {
      kernel.run.writeClassGradients(proba, labels, weightsAt, c, nClasses, n, gradients, hessians);
      const p = (i: number) => expected[i * nClasses + c]!;
      const weight = (i: number) => (weightsAt === 0 ? 1 : w[i]!);
      expect(kernel.float64(gradients, n)).toEqual(
        w.map((_, i) => weight(i) * ((y[i] === c ? 1 : 0) - p(i))),
      );
      expect(kernel.float64(hessians, n)).toEqual(w.map((_, i) => weight(i) * p(i) * (1 - p(i))));
    }
  });
});
