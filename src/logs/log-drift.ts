import { binShares } from '../models/value-bins.ts';
import { SHIFTED_ABOVE, SHIFTED_INPUTS } from '../monitoring/drift-monitor.ts';
import { populationStability } from '../monitoring/population-stability.ts';
import type { LogManifest } from './log-package.ts';

/** How far rows lie from those that a package learned from. */
export interface LogDrift {
  readonly status: 'none' | 'drifted';
  readonly columns: number;
  readonly shifted: number;
  /** Largest stability indices. */
  readonly largest: readonly { readonly column: string; readonly psi: number }[];
}

const MAX_LARGEST = 5;

/** @param valuesOf values of a column, by its place; NaN where one is missing */
export function logDrift(training: LogManifest['training'], valuesOf: (f: number) => Float64Array): LogDrift {
  const all = training
    .map(({ feature, bins, shares }, f) => ({
      column: feature,
      psi: populationStability(shares, binShares(valuesOf(f), bins)),
    }))
    .sort((a, b) => b.psi - a.psi);
  const shifted = all.filter(({ psi }) => psi > SHIFTED_ABOVE).length;
  return {
    status: shifted > SHIFTED_INPUTS * all.length ? 'drifted' : 'none',
    columns: all.length,
    shifted,
    largest: all.slice(0, MAX_LARGEST),
  };
}
