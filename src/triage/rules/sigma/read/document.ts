import type { Scalar } from './scalar.ts';

// What a YAML document says, read but not yet compiled. JSON holds all of it, so a build can store it.

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Parts that are undefined speak for any. Lower case. */
export interface Logsource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

/** `field|modifier|modifier: values`; keywords have the field ''. */
export interface DetectionItem {
  readonly field: string;
  readonly modifiers: readonly string[];
  readonly values: readonly Scalar[];
  readonly isList: boolean;
  readonly at: number;
}

/** Alternatives, one of which must hold; in each all items must. */
export interface Selection {
  readonly name: string;
  readonly alternatives: readonly (readonly DetectionItem[])[];
}

export interface Detection {
  readonly selections: readonly Selection[];
  /** One of them must hold. */
  readonly conditions: readonly { readonly text: string; readonly at: number }[];
}

interface DocumentBase {
  /** Empty where none is given. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly level: Level | undefined;
  readonly tags: readonly string[];
  /** Every other attribute, custom ones included, as plain values. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly at: number;
}

export interface RuleDocument extends DocumentBase {
  readonly kind: 'rule';
  readonly logsource: Logsource;
  readonly detection: Detection;
}

export interface FilterDocument extends DocumentBase {
  readonly kind: 'filter';
  readonly logsource: Logsource;
  /** Ids or names; null means every rule. */
  readonly rules: readonly string[] | null;
  readonly detection: Detection;
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export const COMPARISONS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface CorrelationDocument extends DocumentBase {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids or names, in the order that `temporal_ordered` asks for. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** All must hold of the measured value. Empty for a temporal one: then every rule must occur. */
  readonly bounds: readonly { readonly comparison: Comparison; readonly value: number }[];
  readonly fields: readonly string[];
  /** In [0, 100]; of `value_percentile`. */
  readonly percentile: number;
  /** Alias, rule (id or name) and the field that the alias stands for in its events. */
  readonly aliases: readonly (readonly [alias: string, rule: string, field: string])[];
  /** Whether the referred rules report their own hits as well. */
  readonly generate: boolean;
}

export type SigmaDocument = RuleDocument | FilterDocument | CorrelationDocument;
