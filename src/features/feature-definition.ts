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
