import { describe, expect, it } from 'vitest';
import { Matrix } from '../../src/trees/matrix.ts';
import { permutationImportance } from '../../src/trees/metrics/permutation-importance.ts';
import { r2Score, rootMeanSquaredError } from '../../src/trees/metrics/regression-metrics.ts';
import { seededUniform } from '../support/seeded-uniform.ts';

const nSamples = 400;
const nFeatures = 4;

/** y = 3 x0 + x1 + x2; column 2 is a copy of column 1 and column 3 plays no part. */
function linearData() {
  const next = seededUniform(21);
  const data = new Float32Array(nSamples * nFeatures);
  const y = new Float64Array(nSamples);
  for (let i = 0; i < nSamples; i++) {
    const row = i * nFeatures;
    data[row] = next();
    data[row + 1] = next();
    data[row + 2] = data[row + 1]!;
    data[row + 3] = next();
    y[i] = 3 * data[row]! + data[row + 1]! + data[row + 2]!;
  }
  return { X: Matrix.from(data, nSamples, nFeatures), y };
}

function predictLinear({ data }: Matrix): Float64Array {
  return Float64Array.from({ length: nSamples }, (_, i) => {
    const row = i * nFeatures;
    return 3 * data[row]! + data[row + 1]! + data[row + 2]!;
  });
}

describe('permutation importance', () => {
  const { X, y } = linearData();
  const r2 = (matrix: Matrix) => r2Score(y, predictLinear(matrix));

  it('ranks columns by how much the metric needs them', () => {
    const { baseline, mean, sd } = permutationImportance(X, r2, { nRepeats: 8 });
    expect(baseline).toBe(1);
    expect(mean[0]).toBeGreaterThan(mean[1]!);
    expect(mean[1]).toBeGreaterThan(0.05);
    expect(mean[3]).toBe(0);
    expect(sd[3]).toBe(0);
    expect(sd[0]).toBeGreaterThan(0);
  });

  it('gives the drops that mean and standard deviation are made of', () => {
    const { mean, sd, drops } = permutationImportance(X, r2, { nRepeats: 3 });
    const own = [...drops.subarray(0, 3)];
    const average = own.reduce((sum, drop) => sum + drop, 0) / 3;
    expect(mean[0]).toBeCloseTo(average, 12);
    expect(sd[0]).toBeCloseTo(Math.sqrt(own.reduce((sum, drop) => sum + (drop - average) ** 2, 0) / 3), 12);
  });

  it('shuffles the columns of a group together', () => {
    // Shuffled apart, columns 1 and 2 no longer agree; together they stay copies of each other.
    const seen: boolean[] = [];
    const metric = (matrix: Matrix) => {
      seen.push(matrix.data.every((value, p) => p % nFeatures !== 1 || value === matrix.data[p + 1]));
      return 0;
    };
    permutationImportance(X, metric, { groups: [[1, 2]], nRepeats: 2 });
    expect(seen).toEqual([true, true, true]);
  });

  it('keeps the values of a column and leaves the others alone', () => {
    const metric = (matrix: Matrix) => {
      const column = (m: Matrix, f: number) => m.data.filter((_, p) => p % nFeatures === f);
      expect(column(matrix, 0).sort()).toEqual(column(X, 0).sort());
      expect(column(matrix, 3)).toEqual(column(X, 3));
      return 0;
    };
    permutationImportance(X, metric, { groups: [[0], [1]], nRepeats: 1 });
  });

  it('counts a rising loss as importance', () => {
    const rmse = (matrix: Matrix) => rootMeanSquaredError(y, predictLinear(matrix));
    const { mean } = permutationImportance(X, rmse, { greaterIsBetter: false });
    expect(mean[0]).toBeGreaterThan(0.5);
  });

  it('gives the same result for the same seed and leaves the matrix unchanged', () => {
    const before = X.data.slice();
    const first = permutationImportance(X, r2, { seed: 5 });
    expect(permutationImportance(X, r2, { seed: 5 })).toEqual(first);
    expect(permutationImportance(X, r2, { seed: 6 }).mean[0]).not.toBe(first.mean[0]);
    expect(X.data).toEqual(before);
    // A column's shuffles do not depend on which others are asked for.
    expect(permutationImportance(X, r2, { seed: 5, groups: [[1]] }).mean[0]).toBe(first.mean[1]);
  });

  it.each([
    ['no repeats', { nRepeats: 0 }, 'Expected `nRepeats` to be an integer >= 1, got 0.'],
    ['a column out of range', { groups: [[4]] }, 'Expected `groups` to hold columns below 4, got 4.'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => permutationImportance(X, r2, options)).toThrow(message);
  });
});
