import { createHash } from 'node:crypto';
import { ALERT_COLUMNS } from './columns/alert-columns.ts';
import { CONTEXT_COLUMNS } from './columns/context-columns.ts';
import { ENTITY_COLUMNS } from './columns/entity-columns.ts';
import { TACTIC_COLUMNS } from './columns/tactic-columns.ts';
import { TELEMETRY_COLUMNS } from './columns/telemetry-columns.ts';
import { TIME_COLUMNS } from './columns/time-columns.ts';
import { SOURCE_COLUMNS, WORD_COLUMNS } from './columns/word-columns.ts';
import type { AlertFacts } from './facts/alert-facts.ts';
import type { Columns, DatedFeature, FeatureDefinition } from './feature-definition.ts';
import { RECORD_FEATURES } from './record-families.ts';

/** The columns that an alert has by itself, in order. */
export const OWN_COLUMNS: readonly Columns<AlertFacts>[] = [
  ...ALERT_COLUMNS,
  ...TACTIC_COLUMNS,
  ...SOURCE_COLUMNS,
  ...TIME_COLUMNS,
  ...ENTITY_COLUMNS,
  ...WORD_COLUMNS,
  ...TELEMETRY_COLUMNS,
];

/** Every stateless column in order, those of the context last: a position here is a column everywhere. */
export const STATELESS_FEATURES: readonly DatedFeature[] = [...OWN_COLUMNS, ...CONTEXT_COLUMNS].flatMap(
  ({ features }) => features,
);

export const STATELESS_NAMES: readonly string[] = STATELESS_FEATURES.map((feature) => feature.name);

/** Position of every stateless column by name. */
export const STATELESS_COLUMNS: ReadonlyMap<string, number> = new Map(
  STATELESS_NAMES.map((name, column) => [name, column]),
);

/** Position of a stateless column. @throws RangeError for a name that the catalogue does not hold */
export function statelessColumn(name: string): number {
  const column = STATELESS_COLUMNS.get(name);
  if (column === undefined) throw new RangeError(`Expected \`name\` to be a stateless feature, got ${name}.`);
  return column;
}

const FEATURES: readonly DatedFeature[] = [...STATELESS_FEATURES, ...RECORD_FEATURES];

const IN_PLACE_OF: ReadonlyMap<string, string> = new Map(
  FEATURES.flatMap(({ name, history: { replaces } }): [string, string][] =>
    replaces === undefined ? [] : [[replaces, name]],
  ),
);

/**
 * The column in the place of a retired one, else the column itself. Models that were fitted on a retired one are served for
 * one release more, with what the one in its place gives.
 */
export const inPlaceOf = (name: string): string => IN_PLACE_OF.get(name) ?? name;

const DEFINITIONS: ReadonlyMap<string, FeatureDefinition> = new Map(
  FEATURES.flatMap((feature): [string, FeatureDefinition][] => {
    const { name, definition, history } = feature;
    const { replaces } = history;
    if (replaces === undefined) return [[name, feature]];
    return [
      [name, feature],
      [replaces, { ...feature, name: replaces, definition: definition - 1 }],
    ];
  }),
);

/** Definition of a column of either kind, a retired one too; `undefined` where this build does not know it. */
export function featureDefinition(name: string): FeatureDefinition | undefined {
  return DEFINITIONS.get(name);
}

/** 12 hex digits over names and definition versions of every column, record families included. */
export const CATALOG_ID: string = catalogId(FEATURES);

/** The id of the catalogue of `features`. */
export function catalogId(features: readonly Pick<FeatureDefinition, 'name' | 'definition'>[]): string {
  return createHash('sha256')
    .update(JSON.stringify(features.map(({ name, definition }) => [name, definition])))
    .digest('hex')
    .slice(0, 12);
}
