import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { STATELESS_NAMES } from '../../src/features/feature-catalog.ts';
import { binShares, valueBins } from '../../src/models/value-bins.ts';
import { isOneValue } from '../../src/monitoring/compare-values.ts';
import { SHIFTED_ABOVE } from '../../src/monitoring/drift-monitor.ts';
import { populationStability } from '../../src/monitoring/population-stability.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { createRandom, type Random } from '../../src/trees/random.ts';

// DRIFT_WINDOWS=10000 takes about two minutes; what runs by itself is a tenth of a second a hundred windows.
const WINDOWS = Number(process.env.DRIFT_WINDOWS ?? 60);
const ROWS = 500;

/** Every column of the catalogue over made alerts; the few that only context fills get values of their own. */
function columnsOfMadeAlerts(): Map<string, Float32Array> {
  const random = createRandom(77);
  const rows = generateSyntheticAlerts(3000, 21).map(({ alert }) => snapshotOf(alert, EMPTY_CONTEXT).columns);
  return new Map(
    STATELESS_NAMES.map((name, f) => {
      const column = Float32Array.from(rows, (row) => row[f]!);
      const isEmpty = column.every(Number.isNaN);
      return [name, isEmpty ? column.map(() => Math.exp(random.normal())) : column];
    }),
  );
}

function drawn(column: Float32Array, n: number, random: Random): Float32Array {
  return Float32Array.from({ length: n }, () => column[random.int(column.length)]!);
}

describe('drift of single columns in windows of 500', () => {
  const columns = columnsOfMadeAlerts();

  it('sees every value of every column that gains 30 points of share', () => {
    const random = createRandom(5);
    const unseen: string[] = [];
    let nTried = 0;
    for (const [name, column] of columns) {
      const baseline = drawn(column, 2000, random);
      const bins = valueBins(baseline);
      const before = binShares(baseline, bins);
      const values = [...new Set(column)];
      // A value that the column has never held stands for the first source, tactic or telemetry of its kind.
      values.push(1234.5);
      const stride = Math.ceil(values.length / 25);
      for (let v = 0; v < values.length; v += stride) {
        const value = values[v]!;
        const isValue = (other: number): boolean => Object.is(other, value);
        const share = column.filter(isValue).length / column.length;
        if (share > 0.7) continue;
        const others = column.filter((other) => !isValue(other));
        const window = Float32Array.from({ length: ROWS }, () =>
          random.next() < share + 0.3 ? value : others[random.int(others.length)]!,
        );
        nTried++;
        if (!(populationStability(before, binShares(window, bins)) > SHIFTED_ABOVE)) {
          unseen.push(`${name} = ${value} (${share.toFixed(3)})`);
        }
      }
    }
    expect(unseen).toEqual([]);
    expect(nTried).toBeGreaterThan(2 * STATELESS_NAMES.length);
  });

  it('calls at most one in a thousand shifted where nothing moved', () => {
    const random = createRandom(6);
    let nShifted = 0;
    let nCompared = 0;
    for (const column of columns.values()) {
      let baseline: Float32Array = new Float32Array(0);
      let bins = valueBins(baseline);
      let before = binShares(baseline, bins);
      for (let w = 0; w < WINDOWS; w++) {
        if (w % 10 === 0) {
          baseline = drawn(column, ROWS, random);
          bins = valueBins(baseline);
          before = binShares(baseline, bins);
        }
        const window = drawn(column, ROWS, random);
        if (isOneValue(baseline, window)) continue;
        nCompared++;
        if (populationStability(before, binShares(window, bins)) > SHIFTED_ABOVE) nShifted++;
      }
    }
    expect(nShifted / nCompared).toBeLessThanOrEqual(0.001);
    expect(nCompared).toBeGreaterThan(WINDOWS * 80);
  });
});
