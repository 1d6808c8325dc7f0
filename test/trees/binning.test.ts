import { describe, expect, it } from 'vitest';
import { float32Between, previousFloat32 } from '../../src/trees/float32.ts';
import { binMatrix, MAX_BINS, MISSING_CODE, splitThreshold } from '../../src/trees/growing/binning.ts';
import { Kernel } from '../../src/trees/kernel.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

const column = (values: readonly number[]) => Matrix.from(Float32Array.from(values), values.length, 1);

/** The binned matrix, its codes read out of the kernel's memory. */
function binned(X: Matrix) {
  const kernel = new Kernel();
  const matrix = binMatrix(X, kernel);
  const columnCodes = [...matrix.columns].map((_, c) =>
    kernel.bytes(matrix.columnCodes + c * X.nSamples, X.nSamples),
  );
  return {
    ...matrix,
    source: matrix,
    codes: kernel.bytes(matrix.codes, X.nSamples * matrix.stride),
    columnCodes,
  };
}
const float32 = fc.float({ noDefaultInfinity: true });

describe('binning', () => {
  it('keeps the order of values, and equal values in one bin', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 2, maxLength: 600 }), (values) => {
        const X = column(values);
        const { columnCodes, columns, nBins, binMin, binMax } = binned(X);
        if (columns.length === 0) return;
        const codes = columnCodes[0]!;
        // A missing value has no place in an order: a comparison with it would leave the others unsorted.
        const rows = [...X.data.keys()];
        for (const i of rows.filter((row) => Number.isNaN(X.data[row]!))) expect(codes[i]).toBe(MISSING_CODE);
        const byValue = rows
          .filter((row) => !Number.isNaN(X.data[row]!))
          .sort((a, b) => X.data[a]! - X.data[b]!);
        let previous = -1;
        for (const i of byValue) {
          const value = X.data[i]!;
          expect(codes[i]).toBeLessThan(nBins[0]!);
          expect(binMin[codes[i]!]! <= value && value <= binMax[codes[i]!]!).toBe(true);
          if (previous >= 0) {
            const apart = codes[i]! - codes[previous]!;
            expect(value > X.data[previous]! ? apart >= 0 : apart === 0).toBe(true);
          }
          previous = i;
        }
      }),
    );
  });

  it('gives each of up to 255 distinct values its own bin', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i % MAX_BINS) - 100);
    expect(binned(column(values)).nBins[0]).toBe(MAX_BINS);
  });

  it('fills bins evenly where there are more distinct values', () => {
    const random = createRandom(1);
    const { columnCodes, nBins } = binned(column(Array.from({ length: 25_500 }, () => random.normal())));
    const counts = new Int32Array(256);
    for (const code of columnCodes[0]!) counts[code]!++;
    expect(nBins[0]).toBe(MAX_BINS);
    expect(Math.max(...counts)).toBeLessThan(130);
  });

  it('keeps bins for rare values beside a very common one', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 10_000 }, () => (random.next() < 0.9 ? 0 : random.normal()));
    expect(binned(column(values)).nBins[0]).toBeGreaterThan(200);
  });

  it('takes borders of very large columns from a sample and closes up bins that stay empty', () => {
    const random = createRandom(1);
    const X = column(Array.from({ length: 300_000 }, () => random.normal()));
    const { columnCodes, nBins, binMin, binMax } = binned(X);
    expect(nBins[0]).toBe(MAX_BINS);
    for (let bin = 0; bin < nBins[0]!; bin++) {
      expect(binMin[bin]! <= binMax[bin]!).toBe(true);
      if (bin > 0) expect(binMin[bin]!).toBeGreaterThan(binMax[bin - 1]!);
    }
    expect(
      columnCodes[0]!.every((code, i) => X.data[i]! >= binMin[code]! && X.data[i]! <= binMax[code]!),
    ).toBe(true);
  });

  it('keeps the codes by row and by column alike', () => {
    const random = createRandom(1);
    const X = Matrix.from(
      Float32Array.from({ length: 3000 }, () => random.normal()),
      600,
      5,
    );
    const { codes, columnCodes, stride } = binned(X);
    expect(stride).toBe(8);
    columnCodes.forEach((column, c) => {
      expect(column.every((code, i) => code === codes[i * stride + c])).toBe(true);
    });
  });

  it('leaves out columns that cannot separate rows', () => {
    const NaNs = Number.NaN;
    const X = Matrix.from(Float32Array.of(1, NaNs, 3, 0, 5, 1, NaNs, 4, -0, NaNs), 2, 5);
    expect([...binned(X).columns]).toEqual([2, 4]);
  });
});

describe('thresholds', () => {
  it('keep every training row on its side', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 2, maxLength: 80 }), (values) => {
        const X = column(values);
        const matrix = binned(X);
        if (matrix.columns.length === 0) return;
        for (let bin = 0; bin + 1 < matrix.nBins[0]!; bin++) {
          const threshold = splitThreshold(matrix.source, 0, bin, bin + 1);
          expect(Math.fround(threshold)).toBe(threshold);
          X.data.forEach((value, i) => {
            if (!Number.isNaN(value)) expect(value <= threshold).toBe(matrix.columnCodes[0]![i]! <= bin);
          });
        }
      }),
    );
  });

  it('lie halfway, or at the left one of two float32 neighbours', () => {
    expect(float32Between(1, 2)).toBe(1.5);
    expect(float32Between(16777216, 16777218)).toBe(16777216);
    expect(float32Between(-3.4028234663852886e38, 3.4028234663852886e38)).toBe(0);
    expect(float32Between(0, 1.401298464324817e-45)).toBe(0);
  });

  it('step down through zero', () => {
    expect(previousFloat32(1)).toBe(Math.fround(1 - 2 ** -24));
    expect(previousFloat32(0)).toBe(-1.401298464324817e-45);
    expect(previousFloat32(-0)).toBe(-1.401298464324817e-45);
    expect(previousFloat32(1.401298464324817e-45)).toBe(0);
    expect(previousFloat32(Number.POSITIVE_INFINITY)).toBe(3.4028234663852886e38);
  });
});
