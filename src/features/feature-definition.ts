/** What a column is about; the anomaly detector leaves `tokens` out. */
export const FEATURE_GROUPS = [
  'alert',
  'tactics',
  'source',
  'time',
  'entities',
  'tokens',
  'telemetry',
  'context',
  'record',
] as const;
export type FeatureGroup = (typeof FEATURE_GROUPS)[number];

/**
 * One column. A definition is never changed in place: what is computed differently gets a new name, and `definition`
 * counts the attempts under one idea (`severity`, then `severity_v2` with definition 2).
 */
export interface FeatureDefinition {
  readonly name: string;
  readonly group: FeatureGroup;
  /** Version of the definition, from 1. */
  readonly definition: number;
  /** What the number is, with unit and range, and when it is missing. */
  readonly description: string;
  /** A value in words, for the reasons of a verdict; NaN reads as "not known". */
  describe(value: number): string;
}

/** A stateless column or several of one kind, read from what is known of the alert alone or of what came before it. */
export type Columns<Facts> = OneColumn<Facts> | ColumnsOfAKind<Facts>;

interface OneColumn<Facts> {
  readonly features: readonly [DatedFeature];
  /** Its value; NaN where missing. */
  readonly read: (facts: Facts) => number;
}

interface ColumnsOfAKind<Facts> {
  readonly features: readonly DatedFeature[];
  /** (nFeatures,) their values; undefined where all are missing. */
  readonly readAll: (facts: Facts) => ArrayLike<number> | undefined;
}

export interface DatedFeature extends FeatureDefinition {
  readonly history: ColumnHistory;
}

/** From which catalogue on a column is there; catalogues are counted in `catalog-history.ts`. */
export interface ColumnHistory {
  /** @default 1 */
  readonly since?: number;
  /** The column of the former definition that stood in this place before. */
  readonly replaces?: string;
  /** From which catalogue on that one was there. @default 1 */
  readonly replacedSince?: number;
  /** @default 1, or 2 where it replaces another */
  readonly definition?: number;
}

type Phrase = (value: number) => string;

/** A column whose missing value reads as "not known". */
export function define(
  name: string,
  group: FeatureGroup,
  description: string,
  phrase: Phrase,
  definition = 1,
): FeatureDefinition {
  return {
    name,
    group,
    definition,
    description,
    describe: (value) => (Number.isNaN(value) ? `${readable(name)} is not known` : phrase(value)),
  };
}

/** A stateless column: its words and its value in one place. */
export function column<Facts>(
  name: string,
  group: FeatureGroup,
  description: string,
  phrase: Phrase,
  read: (facts: Facts) => number,
  history: ColumnHistory = {},
): OneColumn<Facts> {
  return {
    features: [dated(define(name, group, description, phrase, definitionOf(history)), history)],
    read,
  };
}

/** A stateless column for each of `kinds`, as `of` names it, with all their values read at once. */
export function columnPerKind<Facts, Kind>(
  group: FeatureGroup,
  kinds: readonly Kind[],
  of: (kind: Kind, position: number) => readonly [name: string, description: string, phrase: Phrase],
  readAll: (facts: Facts) => ArrayLike<number> | undefined,
  history: ColumnHistory = {},
): ColumnsOfAKind<Facts> {
  const features = kinds.map((kind, position) => {
    const [name, description, phrase] = of(kind, position);
    return dated(define(name, group, description, phrase, definitionOf(history)), history);
  });
  return { features, readAll };
}

export const definitionOf = ({ definition, replaces }: ColumnHistory): number =>
  definition ?? (replaces === undefined ? 1 : 2);

export const dated = (feature: FeatureDefinition, history: ColumnHistory): DatedFeature => ({
  ...feature,
  history,
});

/** Writes the values of `columns` to `out`, from `at` on. */
export function writeColumns<Facts>(
  columns: readonly Columns<Facts>[],
  facts: Facts,
  out: Float32Array,
  at = 0,
): void {
  let next = at;
  for (const one of columns) {
    if ('read' in one) {
      out[next++] = one.read(facts);
      continue;
    }
    const values = one.readAll(facts);
    for (let k = 0; k < one.features.length; k++)
      out[next++] = values === undefined ? Number.NaN : values[k]!;
  }
}

/** A name in words. */
export const readable = (name: string): string => name.replaceAll('_', ' ').replace(/ log1p$/, '');

/** A number as a person would say it. */
export function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return String(Number(value.toFixed(digits)));
}

/** `3 hosts`. */
export const count =
  (one: string, many: string): Phrase =>
  (value) =>
    `${rounded(value)} ${value === 1 ? one : many}`;

/** One of two phrases. */
export const flag =
  (yes: string, no: string): Phrase =>
  (value) =>
    value > 0 ? yes : no;

/** `the status code is 404`. */
export const amount =
  (label: string, unit = ''): Phrase =>
  (value) =>
    `${label} is ${rounded(value)}${unit}`;

/** Undoes log1p, so that a reason speaks of bytes and logins, not of logarithms. */
export const amountOfLog =
  (label: string, unit = ''): Phrase =>
  (value) =>
    `${label} is ${rounded(Math.expm1(value))}${unit}`;
