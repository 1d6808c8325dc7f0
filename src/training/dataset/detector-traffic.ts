import { CATALOG_ID, STATELESS_NAMES } from '../../features/feature-catalog.ts';
import type { TrafficRows } from '../../models/anomaly-detector.ts';
import { createRandom } from '../../trees/random.ts';
import { type CatalogNames, knownCatalog } from './dataset.ts';
import { mixGroup } from './holdout.ts';
import type { TrafficRow } from './traffic.ts';

const MEASURED_SALT = 0x4d_45_41_53;

/** The tenth of the logged alerts that no detector is fitted on: its numbers come from these. */
export function isMeasuredOn(alertKey: string): boolean {
  return mixGroup(alertKey, MEASURED_SALT) < 0x1_0000_0000 / 10;
}

/** Traffic in this build's catalogue: a column that a row lacks is NaN; rows of an unknown catalogue are left out. */
export function trafficRowsOf(
  traffic: readonly TrafficRow[],
  catalogs: Readonly<Record<string, CatalogNames>> = {},
): TrafficRows {
  const positions = new Map<string, Int32Array>();
  const positionsOf = (catalogId: string): Int32Array | undefined => {
    const known = positions.get(catalogId);
    if (known !== undefined) return known;
    const names = (knownCatalog(catalogId) ?? catalogs[catalogId])?.columns;
    if (names === undefined) return undefined;
    const found = Int32Array.from(STATELESS_NAMES, (name) => names.indexOf(name));
    positions.set(catalogId, found);
    return found;
  };
  const readable = traffic.filter(({ catalogId }) => positionsOf(catalogId) !== undefined);
  const nColumns = STATELESS_NAMES.length;
  const X = new Float32Array(readable.length * nColumns);
  readable.forEach(({ catalogId, columns }, i) => {
    const from = positionsOf(catalogId)!;
    for (let f = 0; f < nColumns; f++) X[i * nColumns + f] = from[f]! < 0 ? Number.NaN : columns[from[f]!]!;
  });
  return { catalogId: CATALOG_ID, columnNames: STATELESS_NAMES, X };
}

/**
 * `n` rows that no traffic holds: each column drawn from a different row, which breaks what belongs together, and
 * one column in five pushed beyond everything seen.
 */
export function injectedOutliers(traffic: TrafficRows, n: number, seed: number): TrafficRows {
  const nColumns = traffic.columnNames.length;
  const nRows = traffic.X.length / nColumns;
  const random = createRandom(seed);
  const largest = new Float32Array(nColumns).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < traffic.X.length; at++) {
    const f = at % nColumns;
    if (traffic.X[at]! > largest[f]!) largest[f] = traffic.X[at]!;
  }
  const X = new Float32Array(n * nColumns);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < nColumns; f++) {
      const drawn = traffic.X[random.int(nRows) * nColumns + f]!;
      const isPushed = random.next() < 0.2 && largest[f]! > Number.NEGATIVE_INFINITY;
      X[i * nColumns + f] = isPushed ? 2 * Math.abs(largest[f]!) + 1 : drawn;
    }
  }
  return { ...traffic, X };
}
