import { AlertforestError } from '../errors.ts';
import { CATALOG_ID, STATELESS_NAMES } from './feature-catalog.ts';

const BEFORE_STAGES = STATELESS_NAMES.slice(0, STATELESS_NAMES.indexOf('own_surprise'));
const BEFORE_TENANT_ALERTS = BEFORE_STAGES.filter((name) => name !== 'tenant_alerts_log1p');

/**
 * Catalogues of earlier releases: id -> names of the stateless columns in their order then. Rows logged or judged
 * under one of them stay readable. Whoever changes the catalogue adds the id and names it had before.
 */
const PAST_CATALOGS: Readonly<Record<string, readonly string[]>> = {
  // before five families of the track record; the stateless columns stayed the same
  da63b32c13a0: BEFORE_TENANT_ALERTS,
  '71f29b090143': BEFORE_TENANT_ALERTS,
  '605fb8885814': BEFORE_STAGES,
};

/** Names of the stateless columns of a catalogue; `undefined` where this build has never heard of it. */
export function columnNamesOf(catalogId: string): readonly string[] | undefined {
  return catalogId === CATALOG_ID ? STATELESS_NAMES : PAST_CATALOGS[catalogId];
}

/**
 * `columns` of a row in the order of `names`; a column that the row lacks is NaN. The row itself comes back when
 * nothing has to move.
 *
 * @throws AlertforestError STORE_CORRUPT when the catalogue is unknown or the row has another length than it says
 */
export function alignColumns(
  columns: Float32Array,
  catalogId: string,
  names: readonly string[] = STATELESS_NAMES,
): Float32Array {
  const from = columnNamesOf(catalogId);
  if (from === undefined) {
    throw new AlertforestError(
      'STORE_CORRUPT',
      `Expected a row of a known feature catalogue (this build writes ${CATALOG_ID}), got ${catalogId}.`,
    );
  }
  if (columns.length !== from.length) {
    throw new AlertforestError(
      'STORE_CORRUPT',
      `Expected ${from.length} columns in a row of catalogue ${catalogId}, got ${columns.length}.`,
    );
  }
  if (from === names) return columns;
  const positions = new Map(from.map((name, column) => [name, column]));
  return Float32Array.from(names, (name) => {
    const column = positions.get(name);
    return column === undefined ? Number.NaN : columns[column]!;
  });
}
