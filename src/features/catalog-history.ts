import { AlertforestError } from '../errors.ts';
import { CATALOG_ID, catalogId, STATELESS_FEATURES, STATELESS_NAMES } from './feature-catalog.ts';
import type { ColumnHistory, FeatureDefinition } from './feature-definition.ts';
import { familiesAsOf, RECORD_FAMILIES, RECORD_FEATURES } from './record-families.ts';

// Catalogues are counted from 1, the first that was released; a column says since which it is there. What a former
// catalogue held follows from that, its id included, so that rows logged or judged under it stay readable.

type Dated = Pick<FeatureDefinition, 'name' | 'definition'> & { readonly history: ColumnHistory };

/** The columns of a list as they stood in catalogue number `at`. */
function asOf(features: readonly Dated[], at: number): Pick<FeatureDefinition, 'name' | 'definition'>[] {
  return features.flatMap(({ name, definition, history: { since = 1, replaces, replacedSince = 1 } }) => {
    if (since <= at) return [{ name, definition }];
    const isThere = replaces !== undefined && replacedSince <= at;
    return isThere ? [{ name: replaces, definition: definition - 1 }] : [];
  });
}

const CURRENT = Math.max(
  ...[...STATELESS_FEATURES, ...RECORD_FEATURES].map(({ history }) => history.since ?? 1),
);

/** What the rows of a catalogue hold, in their order. */
interface Catalog {
  readonly columns: readonly string[];
  /** '' where a family of today had none in its place. */
  readonly families: readonly string[];
}

/** By id. */
const CATALOGS: ReadonlyMap<string, Catalog> = new Map([
  ...Array.from({ length: CURRENT - 1 }, (_, i): [string, Catalog] => {
    const stateless = asOf(STATELESS_FEATURES, i + 1);
    const id = catalogId([...stateless, ...asOf(RECORD_FEATURES, i + 1)]);
    return [id, { columns: stateless.map(({ name }) => name), families: familiesAsOf(i + 1) }];
  }),
  [CATALOG_ID, { columns: STATELESS_NAMES, families: RECORD_FAMILIES }],
]);

/** Names of the stateless columns of a catalogue; `undefined` where this build has never heard of it. */
export function columnNamesOf(id: string): readonly string[] | undefined {
  return CATALOGS.get(id)?.columns;
}

/** Names of the families of a catalogue in the order of a row's keys; `undefined` where it is not known. */
export function familyNamesOf(id: string): readonly string[] | undefined {
  return CATALOGS.get(id)?.families;
}

/**
 * The keys of a row in the order of this build's families; '' for a family that the row's catalogue did not have, or had
 * under another definition.
 */
export function alignKeys(keys: readonly string[], catalogId: string): readonly string[] {
  const from = familyNamesOf(catalogId);
  if (from === RECORD_FAMILIES) return keys;
  return RECORD_FAMILIES.map((family, at) =>
    from === undefined || from[at] === family ? (keys[at] ?? '') : '',
  );
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
