import { overWord } from '../dialects/generic/over-words.ts';
import { isThingName } from '../dialects/thing-names.ts';
import { isObject, type JsonObject } from '../values/json-value.ts';
import { alertShape } from './alert-shape.ts';

// A symbol is no field of the vendor: no reader meets it by walking the keys, and a copy of the record keeps it.
const CARRIAGE = Symbol('carriage');
const NOTES = Symbol('notes');

// A rule or search that acts on its results: its name, its own id and the run that found them.
const NAMES: Readonly<Record<string, readonly string[]>> = {
  title: [
    'search_name',
    'rule_name',
    'rule.name',
    'ruleName',
    'event_definition_title',
    'alert_name',
    'alertName',
    'alert.name',
    'title',
    'subject',
    'Subject',
  ],
  rule_name: ['search_name', 'rule_name', 'rule.name', 'ruleName', 'event_definition_title'],
  rule_id: ['rule_id', 'rule.id', 'ruleId', 'event_definition_id'],
  id: ['sid', 'alert_id', 'alertId', 'id', 'alert.ID'],
  severity: ['severity', 'alert_severity', 'rule.severity', 'priority', 'urgency'],
  occurred_at: [
    'triggered_at',
    'trigger_time',
    'timestamp',
    'time',
    '@timestamp',
    'created_time',
    'createdTime',
    'created_at',
    'createdAt',
    'event_time',
    'eventTime',
    'date',
    'metadata.timestamp',
    'metadata.created_at',
    'metadata.createdAt',
    'metadata.time',
  ],
};

// Where a wrapper is known by its own id to hold one record each: an entry of a log, a record with its metadata apart.
const OWN_IDS = [
  'insertId',
  'trackingId',
  'metadata.id',
  'metadata.uid',
  'metadata.uuid',
  'metadata.alert_id',
  'metadata.alertId',
  'metadata.event_id',
  'meta.id',
  'meta.uuid',
];

// Of a webhook about an issue, what has come of it.
const NOTICES = [
  'action',
  'event_type',
  'eventType',
  'event_action',
  'trigger',
  'event',
  'event.type',
  'event.name',
];

/** What a wrapper says about the alert it carries; it fills only what the alert itself lacks. */
export interface Carriage {
  readonly [field: string]: CarriedPart | undefined;
  /** Id of the document that held the record. */
  readonly document?: CarriedPart;
  /** The wrapper's own id, where it stands for the record's. */
  readonly record?: CarriedPart;
  /** What says that the problem is over: `action: resolved` beside the issue. */
  readonly notice?: CarriedPart;
}

/** Things beside the alert in its wrapper, `{Alert: {…}, Device: {…}, User: {…}}`: what the alert is about. */
const THINGS = Symbol('things');

export function thingsBeside(payload: JsonObject): JsonObject | undefined {
  return (payload as { readonly [THINGS]?: JsonObject })[THINGS];
}

interface CarriedPart {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The alert with its wrapper's words beside it, or as it is where the wrapper says nothing.
 *
 * @param isPart whether the alert is a part of the wrapper, and no text in it: then the wrapper's time is the alert's
 */
export function withCarriage(inner: JsonObject, wrapper: JsonObject, isPart = false): JsonObject {
  if (CARRIAGE in inner) return inner;
  const carriage: Record<string, { path: string; value: unknown }> = {};
  for (const [field, names] of Object.entries(NAMES)) {
    for (const name of names) {
      const value = valueAt(wrapper, name);
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (value === '') continue;
      carriage[field] = { path: name, value };
      break;
    }
  }
  const document = wrapper['_id'];
  if (typeof document === 'string' && document !== '')
    carriage['document'] = { path: '_id', value: document };
  for (const path of OWN_IDS) {
    const value = valueAt(wrapper, path);
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') continue;
    carriage['record'] = { path, value };
    break;
  }
  for (const path of NOTICES) {
    const value = overWord(path, valueAt(wrapper, path), () => false);
    if (value !== undefined) carriage['notice'] = { path, value };
  }
  // Sysdig says beside the alert that it is over.
  if (wrapper['resolved'] === true) carriage['notice'] ??= { path: 'resolved', value: 'resolved' };
  const isTimeOnly = isPart && 'occurred_at' in carriage && !alertShape(inner).hasTime;
  if (!isTimeOnly && !['title', 'document', 'notice', 'record'].some((field) => field in carriage))
    return inner;
  return { ...inner, [CARRIAGE]: carriage } as JsonObject;
}

/** The alert with the things that stand beside it in its wrapper; what shipped the record is none of them. */
export function withThingsBeside(inner: JsonObject, wrapper: JsonObject): JsonObject {
  const things = Object.fromEntries(
    Object.entries(wrapper).filter(
      ([key, part]) =>
        part !== inner && typeof part === 'object' && isThingName(key) && !/agent|sensor/i.test(key),
    ),
  );
  return Object.keys(things).length === 0 ? inner : ({ ...inner, [THINGS]: things } as JsonObject);
}

export function carriageOf(payload: JsonObject): Carriage | undefined {
  return (payload as { readonly [CARRIAGE]?: Carriage })[CARRIAGE];
}

/** The record with a warning of the text reader, such as that it was cut off. */
export function withNote(record: JsonObject, note: string): JsonObject {
  return { ...record, [NOTES]: [...notesOf(record), note] } as JsonObject;
}

/** Adds a warning to a record where it stands; each once. */
export function addNote(record: JsonObject, note: string): void {
  const notes = notesOf(record);
  if (!notes.includes(note)) Object.assign(record, { [NOTES]: [...notes, note] });
}

export function notesOf(record: JsonObject): readonly string[] {
  return (record as { readonly [NOTES]?: readonly string[] })[NOTES] ?? [];
}

function valueAt(wrapper: JsonObject, name: string): unknown {
  if (name in wrapper) return wrapper[name];
  const dot = name.indexOf('.');
  const part = dot < 0 ? undefined : wrapper[name.slice(0, dot)];
  return isObject(part) ? part[name.slice(dot + 1)] : undefined;
}
