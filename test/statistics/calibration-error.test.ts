// Expected calibration error: one input in 2, 5, 10 and 15 bins, as libraries count it and as we do.
import { describe, expect, it } from 'vitest';
import { expectedCalibrationError } from '../../src/trees/metrics/probability-metrics.ts';

const y = [0, 0, 1, 0, 1, 1, 0, 1];
const p = [0.1, 0.2, 0.2, 0.5, 0.5, 0.6, 0.9, 1];

/** Bins of equal width, a value on an edge in the one below: those of `calibration_curve`. */
function withEdgesBelow(nBins: number): number {
  const gaps = new Float64Array(nBins);
  y.forEach((label, i) => {
    gaps[Math.max(0, Math.ceil(p[i]! * nBins) - 1)]! += p[i]! - label;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / y.length;
}

const column = (nBins: number): number => expectedCalibrationError(y, p, nBins);
const table = (nBins: number): number =>
  expectedCalibrationError(
    y,
    p.flatMap((one) => [1 - one, one]),
    nBins,
  );

describe('the expected calibration error', () => {
  it.each([
    ['ours, one column: an edge in the bin above, of class 1', 2, column, 0.125],
    ['ours, one column: an edge in the bin above, of class 1', 5, column, 0.25],
    ['ours, one column: an edge in the bin above, of class 1', 10, column, 0.25],
    ['ours, one column: an edge in the bin above, of class 1', 15, column, 0.25],
    ['ours, a table: of the predicted class', 10, table, 0.225],
    ['scikit-learn 1.9.1: an edge in the bin below, of class 1', 2, withEdgesBelow, 0.125],
    ['scikit-learn 1.9.1: an edge in the bin below, of class 1', 5, withEdgesBelow, 0.225],
    ['scikit-learn 1.9.1: an edge in the bin below, of class 1', 10, withEdgesBelow, 0.25],
    ['scikit-learn 1.9.1: an edge in the bin below, of class 1', 15, withEdgesBelow, 0.25],
  ])('%s, in %d bins', (_library, nBins, error, expected) => {
    expect(error(nBins)).toBeCloseTo(expected, 12);
  });

  it('takes 10 bins unless told otherwise, as netcal, where torchmetrics takes 15', () => {
    expect(expectedCalibrationError([1, 0], [0.55, 0.62])).toBeCloseTo((0.45 + 0.62) / 2, 12);
    // The one bin that both would share in 5.
    expect(expectedCalibrationError([1, 0], [0.45, 0.55], 5)).toBeCloseTo(0, 12);
    expect(expectedCalibrationError([1, 0], [0.45, 0.55])).toBeCloseTo(0.55, 12);
  });

  it.each([
    [8, 7],
    [10, 1],
    [15, 0],
    [16, 15],
    [32, 31],
  ])('in %d bins has %d inner edges that shares of 64 trees lie on', (nBins, onEdges) => {
    const shares = Array.from({ length: 63 }, (_, k) => (k + 1) / 64);
    expect(shares.filter((share) => Number.isInteger(share * nBins))).toHaveLength(onEdges);
  });
});
