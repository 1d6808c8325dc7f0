import { addressGroups, type Cidr, isInCidr } from '../values/cidr.ts';
import { folded } from '../values/fold.ts';
import { type Glob, matchesGlob } from '../values/glob.ts';
import { numberValue } from '../values/numeric.ts';
import type { Token } from '../values/pattern.ts';
import type { Regex } from '../values/regex.ts';
import { type TimePart, timePartOf } from '../values/time-part.ts';

export type Order = 'gt' | 'gte' | 'lt' | 'lte' | 'eq';
export type Place = 'whole' | 'start' | 'end' | 'inside';

/** What is asked of one value. Texts are folded unless `isCased`. */
export type ValueTest =
  | { readonly kind: 'text'; readonly place: Place; readonly text: string; readonly isCased: boolean }
  | {
      readonly kind: 'glob';
      readonly tokens: readonly Token[];
      readonly glob: Glob;
      readonly isCased: boolean;
    }
  | { readonly kind: 'regex'; readonly regex: Regex }
  | { readonly kind: 'cidr'; readonly cidr: Cidr; readonly text: string }
  /** A number of the event whose text after JSON is `text`. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'compare'; readonly order: Order; readonly value: number | bigint }
  | { readonly kind: 'time'; readonly part: TimePart; readonly order: Order; readonly value: number }
  /** Any scalar but null. */
  | { readonly kind: 'any' };

/** What is asked of a field as a whole. */
export type FieldTest =
  | ValueTest
  | { readonly kind: 'null' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'fieldref'; readonly field: string; readonly place: Place; readonly isCased: boolean };

/** Text of a scalar of an event as it is compared; undefined for null, objects and lists. */
export function textOfValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return undefined;
}

export function hasPlace(text: string, part: string, place: Place): boolean {
  switch (place) {
    case 'whole':
      return text === part;
    case 'start':
      return text.startsWith(part);
    case 'end':
      return text.endsWith(part);
    case 'inside':
      return text.includes(part);
  }
}

export function isInOrder(left: number | bigint, order: Order, right: number | bigint): boolean {
  switch (order) {
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'eq':
      // a bigint and a number are compared by value, which `===` would refuse
      return left >= right && left <= right;
  }
}

/**
 * Whether a scalar of an event passes a test.
 *
 * @param text the scalar's text, as `textOfValue` gives it
 * @param foldedText the same folded; `undefined` folds it here
 */
export function passes(test: ValueTest, value: unknown, text: string, foldedText?: string): boolean {
  switch (test.kind) {
    case 'text':
      return hasPlace(test.isCased ? text : (foldedText ?? folded(text)), test.text, test.place);
    case 'glob':
      return matchesGlob(test.glob, test.isCased ? text : (foldedText ?? folded(text)));
    case 'regex':
      return test.regex.test(text, foldedText);
    case 'cidr': {
      const groups = addressGroups(text);
      return groups !== undefined && isInCidr(test.cidr, groups);
    }
    case 'number':
      return (typeof value === 'number' || typeof value === 'bigint') && text === test.text;
    case 'compare': {
      const number = numberValue(value);
      return number !== undefined && isInOrder(number, test.order, test.value);
    }
    case 'time': {
      const part = timePartOf(test.part, value);
      return part !== undefined && isInOrder(part, test.order, test.value);
    }
    case 'any':
      return true;
  }
}

/** A text that is the same for tests that ask the same. */
export function keyOf(test: FieldTest): string {
  switch (test.kind) {
    case 'text':
      return `${test.isCased ? 'T' : 't'}${test.place}:${test.text}`;
    case 'glob':
      return `${test.isCased ? 'G' : 'g'}${JSON.stringify(test.tokens)}`;
    case 'regex': {
      const { pattern, ignoresCase, isMultiline, isDotAll } = test.regex.source;
      return `r${Number(ignoresCase)}${Number(isMultiline)}${Number(isDotAll)}:${pattern}`;
    }
    case 'cidr':
      return `c${test.text}`;
    case 'number':
      return `n${test.text}`;
    case 'compare':
      return `o${test.order}:${test.value}`;
    case 'time':
      return `d${test.part}:${test.order}:${test.value}`;
    case 'fieldref':
      return `f${test.place}${Number(test.isCased)}:${test.field}`;
    default:
      return test.kind;
  }
}
