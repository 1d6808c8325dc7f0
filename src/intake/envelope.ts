import { hasCode } from '../errors.ts';
import { tooMuch } from '../reading/json-limits.ts';
import { EXPANDERS } from './dialects/expanders.ts';
import { isCanonical } from './dialects/generic/canonical-alert.ts';
import { vendorDialectOf } from './dialects/recognise-dialect.ts';
import { tableRows } from './log-tables.ts';
import { parseBody } from './parse-body.ts';
import { textInside } from './values/embedded-text.ts';
import { isObject, type JsonObject, objectOf } from './values/json-value.ts';

/** Envelopes within envelopes that are opened; real ones are at most four (batch, record, body, table). */
const MAX_DEPTH = 8;
/** Keys of an unknown object that are looked at for an id and a title. */
const MAX_LOOKED_AT = 500;

// Lists that are envelopes whenever they hold objects.
const PLAIN_LISTS = ['value', 'records', 'Records', 'alerts', 'Alerts', 'results'];
// Lists that are envelopes only around known alerts, or where nothing beside them looks like an alert.
const LIKELY_LISTS = words(
  'data Data items incidents offenses threats detections findings Findings events resources messages entries logs rows',
  'result hits issues alarms notifications elements objects documents docs response responses content body payload',
);
// Objects that carry one alert.
const WRAPPERS = words(
  '_source detail body Body payload alert event data result incident finding detection object json message eve log',
  'properties Properties record attributes trigger content notification resource input params extendedData offense',
);
// Texts that carry one alert as JSON, CEF or base64 of either.
const CARRIERS = words(
  'body Body EventBody ContentData $content message Message _raw raw log msg rawEvent value data payload',
);

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/**
 * The single alerts in a payload, in order: lists, Graph `value`, `records`, Log Analytics tables, Elastic hits and
 * `fields`, Event Hub batches, EventBridge and SNS, beats and Splunk texts, incidents that list their alerts. What is
 * no envelope comes back as the only item, whatever it is.
 *
 * @throws AlertforestError BATCH_TOO_LARGE as soon as there are more than `maxAlerts`
 */
export function unwrapEnvelope(payload: unknown, maxAlerts: number = Infinity): unknown[] {
  const alerts: unknown[] = [];
  open(payload, 0, alerts, maxAlerts);
  return alerts;
}

function open(value: unknown, depth: number, alerts: unknown[], maxAlerts: number): void {
  if (alerts.length >= maxAlerts) throw tooMuch('alerts in a body', maxAlerts, 'BATCH_TOO_LARGE');
  if (Array.isArray(value) && depth < MAX_DEPTH) {
    for (const item of EXPANDERS.list(value)) open(item, depth + 1, alerts, maxAlerts);
    return;
  }
  if (typeof value === 'string') {
    const inner = parsed(value);
    if (inner !== undefined && depth < MAX_DEPTH) open(inner, depth + 1, alerts, maxAlerts);
    else alerts.push(value);
    return;
  }
  if (!isObject(value) || depth >= MAX_DEPTH || isCanonical(value)) {
    alerts.push(value);
    return;
  }
  const expanded = EXPANDERS.record(value);
  if (expanded !== undefined) {
    for (const item of expanded) alerts.push(item);
    return;
  }
  if (vendorDialectOf(value) !== undefined) {
    alerts.push(value);
    return;
  }
  const inner = innerOf(value);
  if (inner === undefined) alerts.push(value);
  else for (const item of EXPANDERS.list(inner)) open(item, depth + 1, alerts, maxAlerts);
}

function parsed(text: string): unknown {
  try {
    return parseBody(text);
  } catch (error) {
    if (hasCode(error, 'REQUEST_INVALID')) return undefined;
    throw error;
  }
}

/** What an object that is no known alert itself carries, or undefined where it is no envelope. */
function innerOf(envelope: JsonObject): readonly unknown[] | undefined {
  const rows = tableRows(envelope);
  if (rows !== undefined) return rows;
  const hits = objectOf(envelope['hits'])?.['hits'];
  if (Array.isArray(hits)) return hits;
  const source = elasticDocument(envelope);
  if (source !== undefined) return [source];
  for (const name of PLAIN_LISTS) {
    const list = envelope[name];
    if (Array.isArray(list) && (list.some(isObject) || (list.length === 0 && !looksLikeAlert(envelope))))
      return list;
  }
  const reply = objectOf(envelope['reply']);
  if (reply) return [reply['alerts'] ?? reply['incident'] ?? reply];
  const findings = objectOf(envelope['detail'])?.['findings'];
  if (Array.isArray(findings)) return findings;
  return wrapped(envelope);
}

function wrapped(envelope: JsonObject): readonly unknown[] | undefined {
  for (const name of WRAPPERS) {
    const inner = envelope[name];
    if (!isObject(inner)) continue;
    if (isKnown(inner)) return [inner];
    // A wrapper in a wrapper, such as suricata.eve or data.alert.
    for (const key of ['eve', 'alert', 'event', 'incident', 'finding', 'detail']) {
      const deeper = inner[key];
      if (isObject(deeper) && isKnown(deeper)) return [deeper];
    }
  }
  const eve = objectOf(objectOf(envelope['suricata'])?.['eve']);
  if (eve && isKnown(eve)) return [eve];
  const sns = objectOf(envelope['Sns'])?.['Message'];
  for (const text of [
    sns,
    ...CARRIERS.map((name) => envelope[name]),
    objectOf(envelope['event'])?.['original'],
  ]) {
    const inner = textInside(text);
    if (inner === undefined) continue;
    if (Array.isArray(inner) || (isObject(inner) && (isKnown(inner) || !looksLikeAlert(envelope))))
      return [inner];
  }
  const isAlert = looksLikeAlert(envelope);
  for (const name of LIKELY_LISTS) {
    const list = envelope[name];
    if (!Array.isArray(list)) continue;
    const first = list.find(isObject);
    if (first !== undefined && (!isAlert || isKnown(first))) return list;
  }
  if (isAlert) return undefined;
  // Nothing here but one object that does look like an alert.
  for (const name of WRAPPERS) {
    const inner = envelope[name];
    if (isObject(inner) && looksLikeAlert(inner)) return [inner];
  }
  return undefined;
}

/** A search hit's document, with the hit's id where the document has none; `fields` lists lose their brackets. */
function elasticDocument(hit: JsonObject): JsonObject | undefined {
  const source = hit['_source'];
  if (isObject(source)) return { _id: hit['_id'], _index: hit['_index'], ...source };
  const fields = hit['fields'];
  if (!isObject(fields) || !('_id' in hit || '_index' in hit || Object.keys(hit).length === 1))
    return undefined;
  const document: Record<string, unknown> = { _id: hit['_id'], _index: hit['_index'] };
  for (const [name, value] of Object.entries(fields)) {
    if (name !== '__proto__') document[name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  }
  return document;
}

function isKnown(value: JsonObject): boolean {
  return isCanonical(value) || EXPANDERS.record(value) !== undefined || vendorDialectOf(value) !== undefined;
}

// An id and a title of some name beside each other.
function looksLikeAlert(value: JsonObject): boolean {
  let hasId = false;
  let hasTitle = false;
  let nKeys = 0;
  for (const key in value) {
    if (++nKeys > MAX_LOOKED_AT) return false;
    if (key.length > 40) continue;
    if (/^_?(alert|event|incident|finding|detection|case)?[_.-]?(id|uid|uuid|guid|key|number)$/i.test(key))
      hasId = true;
    else if (/(title|name|summary|subject|signature|rule|description|message|headline|type)$/i.test(key))
      hasTitle = true;
    if (hasId && hasTitle) return true;
  }
  return false;
}
