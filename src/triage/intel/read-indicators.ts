import { AlertforestError } from '../../errors.ts';
import { isObject, type JsonObject, objectsOf } from '../../intake/values/json-value.ts';
import { DEFAULT_JSON_LIMITS, JsonSyntaxError } from '../../reading/json-limits.ts';
import { readJsonItems } from '../../reading/read-json.ts';
import { UnreadItem } from '../../reading/unread-item.ts';
import { WorkSlices } from '../../reading/work-slices.ts';
import { FEED_FORMATS, rowReader } from './feeds/feed-formats.ts';
import { readFeedObject } from './feeds/feed-object.ts';
import { readTextFeed } from './feeds/text-feed.ts';
import { readTextLine } from './feeds/text-line.ts';
import { type IndicatorTerms, passedOver, refused } from './indicator.ts';
import type { IndicatorCollector } from './indicator-collector.ts';
import { confidenceOfTags, tlpOfTags } from './misp/misp-attribute.ts';
import { ownMarkings, tlpOf, tlpOfDefinition } from './stix/stix-indicator.ts';

/** Bytes of a source, decompressed, in chunks of any size. */
export type SourceBytes = AsyncIterable<Uint8Array>;

// Where indicators lie in the documents of STIX, Sentinel, MISP, OTX, AbuseIPDB and abuse.ch; '' is a bare list.
const LISTS = [
  '',
  'objects',
  'stixobjects',
  'indicators',
  'results',
  'data',
  'value',
  'response',
  'response.Attribute',
  'Attribute',
  'Event.Attribute',
  'Event.Object',
];
const LIMITS = {
  ...DEFAULT_JSON_LIMITS,
  maxValues: 100_000_000,
  maxItems: 20_000_000,
  // one MISP event within a list is one item
  maxItemBytes: 33_554_432,
};
/** What reading an object costs beside its texts, in bytes of {@link WorkSlices}: about 20 microseconds. */
const OBJECT_BYTES = 512;

/**
 * Reads a source of indicators into a collector: a STIX bundle, MISP events, JSON objects in a list or one a line, CSV, or
 * a list. What it is is told from its first bytes and names; `format` names it where rows alone cannot. What gives no
 * indicator is counted by reason and never stops the rest.
 *
 * @throws AlertforestError REQUEST_INVALID for an unknown format or what is no JSON though it begins so
 */
export async function readIndicators(
  source: SourceBytes,
  collector: IndicatorCollector,
  format?: string,
): Promise<void> {
  const row = format === undefined ? undefined : rowReader(format);
  if (format !== undefined && row === undefined)
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected \`format\` as one of ${FEED_FORMATS.join(', ')}, got ${format.slice(0, 40)}.`,
    );
  const iterator = source[Symbol.asyncIterator]();
  const head = await headOf(iterator);
  const rest = joined(head, iterator);
  if (beginsLikeJson(head)) await readJsonFeed(rest, collector);
  else await readTextFeed(rest, collector, row);
  collector.endDocument();
}

function beginsLikeJson(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4096)).toString('utf8');
  return /^\ufeff?\s*(?:\{|\[\s*(?:[\]{"]|$))/.test(text);
}

async function readJsonFeed(source: SourceBytes, collector: IndicatorCollector): Promise<void> {
  const slices = new WorkSlices();
  let nItems = 0;
  try {
    for await (const part of readJsonItems(source, { ...LIMITS, lists: LISTS })) {
      if (part.kind === 'item') {
        nItems++;
        await readValue(part.value, collector, slices);
        continue;
      }
      if (part.isCut) collector.warn('The bytes end in the middle of a document; what was whole was read.');
      await readDocument(part.value, collector, slices, nItems > 0);
      nItems = 0;
    }
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw new AlertforestError('REQUEST_INVALID', `Expected JSON, got something else: ${cause.message}.`, {
      cause,
    });
  }
}

/** What is left of a document beside its lists, or a document that is one object. */
async function readDocument(
  value: unknown,
  collector: IndicatorCollector,
  slices: WorkSlices,
  hadItems: boolean,
): Promise<void> {
  const event = isObject(value) && isObject(value['Event']) ? value['Event'] : undefined;
  if (event !== undefined) await readEvent(event, collector, slices);
  else if (!hadItems) await readValue(value, collector, slices);
  collector.endDocument(event === undefined ? {} : termsOfEvent(event));
}

async function readValue(value: unknown, collector: IndicatorCollector, slices: WorkSlices): Promise<void> {
  await slices.spend(costOf(value));
  if (value instanceof UnreadItem) collector.add(refused(value.problem));
  else if (typeof value === 'string') collector.add(readTextLine(value) ?? passedOver('an empty text'));
  else if (!isObject(value)) collector.add(refused('something that is no object'));
  else if (isObject(value['Event'])) {
    collector.endDocument();
    await readEvent(value['Event'], collector, slices);
    collector.endDocument(termsOfEvent(value['Event']));
  } else if (await readContainer(value, collector, slices)) return;
  else readOne(value, collector);
}

/** Bytes of {@link WorkSlices}: a pattern of 100,000 characters is as much work as two hundred plain indicators. */
function costOf(value: unknown): number {
  if (typeof value === 'string') return OBJECT_BYTES + value.length;
  let cost = OBJECT_BYTES;
  if (isObject(value))
    for (const name in value) {
      const member = value[name];
      cost += typeof member === 'string' ? member.length : 16;
    }
  return cost;
}

/** Whether the object only holds others: a pulse, an object of a MISP event, abuse.ch's `{id: [{…}]}`. */
async function readContainer(
  object: JsonObject,
  collector: IndicatorCollector,
  slices: WorkSlices,
): Promise<boolean> {
  if (object['type'] === 'bundle') return true;
  for (const name of ['indicators', 'Attribute', 'objects']) {
    const list = object[name];
    if (!Array.isArray(list)) continue;
    for (const one of objectsOf(list)) await readValue(one, collector, slices);
    return true;
  }
  const lists = Object.values(object);
  const areLists = lists.length > 0 && lists.every((list) => Array.isArray(list) && list.every(isObject));
  if (!areLists) return false;
  for (const list of lists) for (const one of objectsOf(list)) await readValue(one, collector, slices);
  return true;
}

async function readEvent(
  event: JsonObject,
  collector: IndicatorCollector,
  slices: WorkSlices,
): Promise<void> {
  for (const attribute of objectsOf(event['Attribute'])) await readValue(attribute, collector, slices);
  for (const object of objectsOf(event['Object'])) {
    if (object['deleted'] === true || object['deleted'] === '1') continue;
    for (const attribute of objectsOf(object['Attribute'])) await readValue(attribute, collector, slices);
  }
}

function termsOfEvent(event: JsonObject): Pick<IndicatorTerms, 'tlp' | 'confidence'> {
  const tags = objectsOf(event['Tag']);
  const tlp = tlpOfTags(tags);
  const confidence = confidenceOfTags(tags);
  return {
    ...(tlp === undefined ? {} : { tlp }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

function readOne(object: JsonObject, collector: IndicatorCollector): void {
  const { type, id } = object;
  if (type === 'marking-definition' && typeof id === 'string') {
    const tlp = tlpOfDefinition(object);
    if (tlp !== undefined) collector.define(id, tlp);
  } else if ((type === 'report' || type === 'grouping') && Array.isArray(object['object_refs'])) {
    const refs = object['object_refs'].filter((ref): ref is string => typeof ref === 'string');
    collector.report(refs, tlpOf(object), ownMarkings(object) ?? []);
  }
  collector.add(readFeedObject(object));
}

async function headOf(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 64) {
    const { done, value } = await source.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
