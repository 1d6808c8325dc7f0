import { isObject, type JsonObject, textOf } from '../../../intake/values/json-value.ts';
import { passedOver, type Reading, refused } from '../indicator.ts';
import { indicatorValue } from '../indicator-value.ts';
import { readMispAttribute } from '../misp/misp-attribute.ts';
import { isStixObject, readStixIndicator } from '../stix/stix-indicator.ts';
import { confidenceOf, FeedColumns } from './feed-columns.ts';

/** Keys of one object that are looked at. */
const MAX_KEYS = 100;

// Objects of one feed have the same keys; cleared when full so that a feed cannot grow it.
const columnsOfKeys = new Map<string, FeedColumns>();
const MAX_SHAPES = 200;

/** Reads one object of a JSON feed: a STIX object, a MISP attribute, a line of a list, by its keys. */
export function readFeedObject(object: JsonObject): Reading {
  if (object['type'] === 'indicator' && ('pattern' in object || isStixObject(object)))
    return readStixIndicator(object);
  if (isStixObject(object)) return passedOver('another kind of STIX object');
  if ('to_ids' in object) return readMispAttribute(object);
  if (object['type'] === 'metadata') return passedOver('metadata');
  if ('asn' in object && !('ip' in object)) return passedOver('a kind that is not looked up (asn)');
  if ('reputation' in object) return readReputation(object);
  const keys = Object.keys(object).slice(0, MAX_KEYS);
  const columns = columnsOf(keys);
  if (!columns.hasIndicators) return refused('an object without a value');
  return columns.read(keys.map((key) => cellOf(object[key])));
}

function columnsOf(keys: readonly string[]): FeedColumns {
  const shape = keys.join('\n').slice(0, 2000);
  let columns = columnsOfKeys.get(shape);
  if (columns === undefined) {
    columns = new FeedColumns(keys);
    if (columnsOfKeys.size >= MAX_SHAPES) columnsOfKeys.clear();
    columnsOfKeys.set(shape, columns);
  }
  return columns;
}

function cellOf(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : (textOf(value) ?? '');
}

/**
 * Reads an address with a reputation, as CrowdSec gives it: only `malicious` and `suspicious` count, and neither where a
 * class of false positives is named.
 *
 * @see https://docs.crowdsec.net/u/cti_api/taxonomy/cti_object
 */
function readReputation(object: JsonObject): Reading {
  const reputation = textOf(object['reputation'])?.toLowerCase() ?? 'unknown';
  if (reputation !== 'malicious' && reputation !== 'suspicious')
    return passedOver(`reputation ${reputation.slice(0, 20)}`);
  const { classifications } = object;
  const falsePositives = isObject(classifications) ? classifications['false_positives'] : undefined;
  if (Array.isArray(falsePositives) && falsePositives.length > 0)
    return passedOver('a class of false positives');
  const value = indicatorValue('ip', textOf(object['ip']) ?? '');
  if (value === undefined) return refused('a value that is no ip');
  const confidence = confidenceOf(textOf(object['confidence']) ?? '');
  return { values: [value], ...(confidence === undefined ? {} : { confidence }) };
}
