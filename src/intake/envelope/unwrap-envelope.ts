import { UnreadItem } from '../../reading/unread-item.ts';
import { WorkSlices } from '../../reading/work-slices.ts';
import { EXPANDERS } from '../dialects/expanders.ts';
import { isCanonical } from '../dialects/generic/canonical-alert.ts';
import { vendorDialectOf } from '../dialects/recognise-dialect.ts';
import { isThingName } from '../dialects/thing-names.ts';
import { isWorkflowName } from '../dialects/workflow-names.ts';
import { Unread } from '../unread.ts';
import { isObject, type JsonObject, keysOf, objectOf } from '../values/json-value.ts';
import { type AlertShape, alertShape } from './alert-shape.ts';
import { partOfBatch } from './batch-answer.ts';
import { bulkDocuments } from './bulk-actions.ts';
import { withCarriage, withThingsBeside } from './carriage.ts';
import { cardRecord, mayBeCard } from './chat-card.ts';
import { customTableRow } from './custom-table.ts';
import { elasticDocument } from './elastic-document.ts';
import { Opening } from './opening.ts';
import {
  calledWith,
  holdsRecord,
  isEdge,
  isKubernetesObject,
  isMonitorWithoutHits,
  isNameOnly,
  isOfTwoHalves,
  isOnlyRated,
  isOnlyReason,
  isOwnId,
  OWN_HALF,
} from './record-parts.ts';

/** Envelopes within envelopes that are opened; real ones are at most five (batch, record, body, text, table). */
const MAX_DEPTH = 10;
/** Objects of one payload that are looked at for a known alert inside a wrapper, and how deep. */
const MAX_SEARCHED = 200;
const MAX_SEARCH_DEPTH = 4;
/** Keys of one object that may be a wrapper's. */
const MAX_KEYS = 200;

// Lists by which services answer a page of results: empty, they are an empty page and no alert.
const PAGE_LISTS = [
  'value',
  'records',
  'Records',
  'alerts',
  'Alerts',
  'results',
  'data',
  'items',
  'resources',
  'hits',
];

// What names the tool's own set-up, and no alert: Netwrix's `MonitoringPlan: {ID, Name}`.
const OF_THE_TOOL =
  /(plan|tenant|customer|workspace|site|group|account|organi[sz]ation|project|team|folder|profile)$/i;

// Records of work that are what a product sends; all other work on an alert carries none.
const RECORD_OF_WORK = /^investigations?$/i;

/** Elements of a list that are looked at before it is opened one by one. */
const LOOKED_AT = 64;

/**
 * The single alerts in a payload, in order. By shape, whatever the keys are called: lists, pages of answers, query
 * tables, search hits, batches (a part that failed is an {@link Unread}), webhooks with headers, texts that carry JSON,
 * CEF, LEEF or base64 of these. A record with a title and a severity or time of its own is an alert and not an envelope,
 * whatever lists it holds. What is no envelope comes back as the only item, whatever it is.
 *
 * @throws AlertforestError BATCH_TOO_LARGE as soon as there are more than `maxAlerts`
 */
export function unwrapEnvelope(payload: unknown, maxAlerts: number = Infinity): unknown[] {
  const opening = new Opening(maxAlerts);
  for (const _ of openInto(opening, payload));
  return opening.alerts;
}

/** As {@link unwrapEnvelope}, with other work let in between slices of the items. */
export async function unwrapInSlices(
  payload: unknown,
  maxAlerts: number,
  slices: WorkSlices = new WorkSlices(),
): Promise<unknown[]> {
  const opening = new Opening(maxAlerts);
  for (const units of openInto(opening, payload)) await slices.spend(units);
  return opening.alerts;
}

/**
 * Puts the alerts in a payload into `opening`, to which several payloads of one body may go one after the other. Yields
 * after each value what it has cost, in the units of {@link WorkSlices}.
 */
export function openInto(opening: Opening, payload: unknown): Generator<number> {
  return open(payload, 0, opening);
}

function* open(value: unknown, depth: number, opening: Opening): Generator<number> {
  yield opening.takeUnits();
  const nBefore = opening.alerts.length;
  if (value instanceof Unread || value instanceof UnreadItem || depth >= MAX_DEPTH) opening.add(value);
  else if (Array.isArray(value)) {
    const rows = opening.kustoFrameRows(value);
    for (const item of rows ?? EXPANDERS.list(bulkDocuments(value))) yield* open(item, depth + 1, opening);
  } else if (typeof value === 'string') {
    const inner = opening.bodyOf(value);
    if (inner === undefined) opening.add(value);
    else yield* open(inner, depth + 1, opening);
  } else if (!isObject(value) || isCanonical(value)) opening.add(value);
  else yield* openObject(value, depth, opening);
  opening.gave(value, nBefore);
}

function* openObject(value: JsonObject, depth: number, opening: Opening): Generator<number> {
  const expanded = EXPANDERS.record(value);
  if (expanded !== undefined) {
    for (const item of expanded) opening.add(item);
    return;
  }
  if (vendorDialectOf(value) !== undefined) {
    opening.add(value);
    return;
  }
  const row = customTableRow(value, keysOf(value));
  if (row !== undefined) {
    yield* openObject(row, depth, opening);
    return;
  }
  const card = cardRecord(value);
  if (card !== undefined) {
    opening.add(card);
    return;
  }
  opening.forgetTexts();
  const inner =
    isKubernetesObject(value) || isMonitorWithoutHits(value) ? undefined : innerOf(value, opening);
  if (inner === undefined) opening.add(value);
  else for (const item of EXPANDERS.list(inner)) yield* open(item, depth + 1, opening);
}

/** What an object that is no known alert itself carries, or undefined where it is no envelope. */
function innerOf(envelope: JsonObject, opening: Opening): readonly unknown[] | undefined {
  return (
    answerIn(envelope, opening) ??
    calledWith(envelope) ??
    kibanaAction(envelope, opening) ??
    wrapped(envelope, opening) ??
    emptyPage(envelope)
  );
}

/**
 * What a Kibana rule's action writes with its template variables: the rule beside the alerts it found, these as JSON text
 * or as a list. The rule that acts names the alert.
 */
function kibanaAction(envelope: JsonObject, opening: Opening): readonly unknown[] | undefined {
  const text = envelope['context.alerts'] ?? objectOf(envelope['context'])?.['alerts'];
  const alerts = insideOf(text, opening);
  const rule = envelope['rule.name'] ?? objectOf(envelope['rule'])?.['name'];
  if (alerts === undefined || typeof rule !== 'string') return undefined;
  return (Array.isArray(alerts) ? alerts : [alerts]).map((alert) =>
    isObject(alert) ? { ...alert, 'kibana.alert.rule.name': rule } : alert,
  );
}

/** Answers of services: tables, search hits, batches and pages. */
function answerIn(envelope: JsonObject, opening: Opening): readonly unknown[] | undefined {
  const rows = opening.tableRows(envelope);
  if (rows !== undefined) return rows;
  const streamed = opening.streamRecords(envelope);
  if (streamed !== undefined) return streamed;
  const hits = objectOf(envelope['hits'])?.['hits'];
  if (Array.isArray(hits)) return hits;
  const source = elasticDocument(envelope);
  if (source !== undefined) return [source];
  const responses = envelope['responses'];
  if (
    Array.isArray(responses) &&
    responses
      .slice(0, LOOKED_AT)
      .every((part) => isObject(part) && ('status' in part || 'body' in part || 'hits' in part))
  )
    return responses.flatMap(partOfBatch);
  for (const name of PAGE_LISTS) {
    const list = envelope[name];
    if (!Array.isArray(list)) continue;
    // a page holds one kind of record: the first ones tell, however many follow
    if (list.slice(0, LOOKED_AT).some(isKnown)) return list;
  }
  return undefined;
}

/** A page without results. A wrapper's own empty list, such as EventBridge's resources, is none: its content was found. */
function emptyPage(envelope: JsonObject): readonly unknown[] | undefined {
  const isEmpty = PAGE_LISTS.some((name) => {
    const list = envelope[name];
    return Array.isArray(list) && list.length === 0;
  });
  return isEmpty && isPage(envelope) ? [] : undefined;
}

// An empty list without anything else that an alert has.
function isPage(envelope: JsonObject): boolean {
  const shape = alertShape(envelope);
  return !shape.isAlert && !shape.mayBeAlert && !shape.hasIdAndTime;
}

function wrapped(envelope: JsonObject, opening: Opening): readonly unknown[] | undefined {
  const keys = keysOf(envelope);
  const shape = alertShape(envelope, keys);
  const known = knownInside(envelope, shape.isAlert, opening, keys);
  if (known !== undefined) return known;
  if (shape.isAlert) return carriedWhole(envelope, shape, keys, opening);
  const shaped = shapedInside(envelope, 0, { left: MAX_SEARCHED }, opening, keys, shape.mayBeAlert);
  // What has an id and a time is the alert; a named part without either is a detail of it.
  const first = shaped?.find(isObject);
  const isDetail =
    first !== undefined &&
    ((shape.hasIdAndTime &&
      (!alertShape(first).hasOwn ||
        isOnlyReason(shaped, first) ||
        // what rates itself and has an id is the record, whose title its part holds
        (shape.hasSeverity && !alertShape(first).hasSeverity))) ||
      (shape.hasTime && (isNameOnly(first) || isOnlyRated(first))));
  const inner = isDetail ? undefined : shaped;
  if (inner !== undefined) {
    const [only] = inner;
    if (inner.length !== 1 || !isObject(only)) return inner;
    // Of a record that came as text the rest is about whoever shipped it.
    const isPart = keys.some((key) => envelope[key] === only);
    return [withCarriage(isPart ? withThingsBeside(only, envelope) : only, envelope, isPart)];
  }
  if (shape.mayBeAlert || shape.hasIdAndTime || isDetail) return undefined;
  // One name over the whole record: `{freshservice_webhook: {…}}`.
  const [only = ''] = keys;
  if (keys.length === 1 && isObject(envelope[only]) && holdsRecord(envelope[only])) return [envelope[only]];
  // Nothing here but one list of objects, or one text, that says nothing by its shape either.
  for (const name of PAGE_LISTS) {
    const list = envelope[name];
    if (Array.isArray(list) && list.some(isObject)) return list;
  }
  return undefined;
}

// Where a wrapper that looks like an alert itself puts the alert: what carries content, or a copy of the whole record.
const CARRIES =
  /^(body|payload|event|data|detail|details|message|msg|raw|result|record|source|document|content|log|entry|hit|object)$/;
const COPIES =
  /^(all_?fields|full_?record|(original|full|raw|source|inner|triggering)?_?(alert|finding|detection|notification))$/;

/**
 * The whole alert in a wrapper that has a title and its own time, as a notification has. It must lack nothing; of a
 * wrapper that lacks nothing either only a copy of the record counts, since what a SIEM's alert was made of looks alike.
 */
function carriedWhole(
  envelope: JsonObject,
  shape: AlertShape,
  keys: readonly string[],
  opening: Opening,
): readonly unknown[] | undefined {
  let nKeys = 0;
  for (const key of keys) {
    if (++nKeys > MAX_KEYS) break;
    const name = key.toLowerCase();
    const isCopy = COPIES.test(name);
    if (!isCopy && (shape.isWhole || (!CARRIES.test(name) && typeof envelope[key] !== 'string'))) continue;
    const part = insideOf(envelope[key], opening);
    if (isObject(part) && alertShape(part).isWhole) return [withCarriage(part, envelope)];
  }
  return undefined;
}

/**
 * The nearest object or list of a known format inside, breadth first. Lists of an object that is an alert itself are its
 * parts, not its envelope's content.
 */
function knownInside(
  envelope: JsonObject,
  isAlert: boolean,
  opening: Opening,
  keys: readonly string[] = Object.keys(envelope),
): readonly unknown[] | undefined {
  let level: JsonObject[] = [envelope];
  let nSearched = 0;
  for (let depth = 0; depth < MAX_SEARCH_DEPTH && level.length > 0; depth++) {
    const next: JsonObject[] = [];
    for (const node of level) {
      let nKeys = 0;
      for (const key of node === envelope ? keys : Object.keys(node)) {
        if (++nKeys > MAX_KEYS || ++nSearched > MAX_SEARCHED * 4) break;
        const part = insideOf(node[key], opening);
        if (isObject(part)) {
          if (isKnown(part)) return [depth === 0 ? withCarriage(part, envelope) : part];
          if (next.length < MAX_SEARCHED) next.push(part);
        } else if (Array.isArray(part) && part.length > 0 && (!isAlert || typeof node[key] === 'string')) {
          if (opening.kustoFrameRows(part) !== undefined) return part;
          const first = part.find(isObject);
          if (first === undefined) continue;
          if (isKnown(first))
            return part.map((item) => (isObject(item) && depth === 0 ? withCarriage(item, envelope) : item));
          const opened =
            answerIn(first, opening) ?? (depth < 2 ? knownInside(first, false, opening) : undefined);
          if (opened !== undefined && !alertShape(first).isAlert) return part;
        }
      }
    }
    level = next;
  }
  return undefined;
}

/**
 * The nearest object, or list of objects, that is an alert by its shape.
 *
 * @param mayBeAlert whether the object itself may be one: then what is only likely inside it does not count
 */
function shapedInside(
  node: JsonObject,
  depth: number,
  budget: { left: number },
  opening: Opening,
  keys: readonly string[] = Object.keys(node),
  mayBeAlert = false,
): readonly unknown[] | undefined {
  const objects: JsonObject[] = [];
  const hasId = isOwnId(node['id'] ?? node['uid'] ?? node['uuid']);
  let list: readonly unknown[] | undefined;
  let weak: JsonObject | undefined;
  let carried: JsonObject | undefined;
  let found: JsonObject | undefined;
  let nKeys = 0;
  for (const key of keys) {
    if (++nKeys > MAX_KEYS || --budget.left < 0) break;
    if ((isWorkflowName(key) && !RECORD_OF_WORK.test(key)) || (isThingName(key) && !isEdge(key, keys)))
      continue;
    const part = insideOf(node[key], opening);
    if (isObject(part)) {
      if (hasId && OWN_HALF.test(key)) continue;
      const shape = alertShape(part);
      if (shape.isWhole) return [part];
      // A notification of its own beside the finding has no id: what has all that an alert has counts.
      if (shape.isAlert || isOfTwoHalves(part)) {
        found ??= part;
        continue;
      }
      if (shape.mayBeAlert && depth === 0 && !(isNameOnly(part) && OF_THE_TOOL.test(key))) weak ??= part;
      // What a carrier holds as text, `message: {data: 'eyJ…'}`, was a record before it was sent.
      if (shape.mayBeAlert && typeof node[key] === 'string' && CARRIES.test(key.toLowerCase()))
        carried ??= part;
      objects.push(part);
    } else if (Array.isArray(part)) {
      const first = part.find(isObject);
      if (first === undefined) continue;
      const shape = alertShape(first);
      if (shape.isAlert || (typeof node[key] === 'string' && shape.mayBeAlert)) return part;
      // A list of wrappers: each item is opened by itself.
      if (!shape.mayBeAlert && depth < 3 && shapedInside(first, depth + 1, budget, opening) !== undefined)
        list ??= part;
      else if (shape.mayBeAlert && depth === 0) list ??= part;
    } else if (typeof part === 'string' && typeof insideOf(part, opening) === 'object') {
      return [part];
    }
  }
  if (found !== undefined) return [found];
  if (depth > 0 && carried !== undefined) return [carried];
  if (depth < MAX_SEARCH_DEPTH)
    for (const object of objects) {
      const inner = shapedInside(object, depth + 1, budget, opening);
      if (inner !== undefined) return inner;
    }
  if (mayBeAlert) return undefined;
  return list ?? (weak === undefined ? undefined : [weak]);
}

/** Whether an object has several values of its own, as a record has. */
/** A part as it is, or what its text carries where it carries a record. */
function insideOf(part: unknown, opening: Opening): unknown {
  return typeof part === 'string' ? opening.textInside(part) : part;
}

function isKnown(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    isCanonical(value) ||
    EXPANDERS.record(value) !== undefined ||
    vendorDialectOf(value) !== undefined ||
    mayBeCard(value)
  );
}
