import { isObject, type JsonObject } from '../values/json-value.ts';

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
    'title',
    'subject',
    'Subject',
  ],
  rule_name: ['search_name', 'rule_name', 'rule.name', 'ruleName', 'event_definition_title'],
  rule_id: ['rule_id', 'rule.id', 'ruleId', 'event_definition_id'],
  id: ['sid', 'alert_id', 'alertId', 'id', 'alert.ID'],
  severity: ['severity', 'alert_severity', 'rule.severity', 'priority', 'urgency'],
  occurred_at: ['triggered_at', 'trigger_time', 'timestamp', 'time', '@timestamp'],
};

/** What a wrapper says about the alert it carries; it fills only what the alert itself lacks. */
export interface Carriage {
  readonly [field: string]: CarriedPart | undefined;
  /** Id of the document that held the record. */
  readonly document?: CarriedPart;
}

interface CarriedPart {
  readonly path: string;
  readonly value: unknown;
}

/** The alert with its wrapper's words beside it, or as it is where the wrapper says nothing. */
export function withCarriage(inner: JsonObject, wrapper: JsonObject): JsonObject {
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
  if (!('title' in carriage) && !('document' in carriage)) return inner;
  return { ...inner, [CARRIAGE]: carriage } as JsonObject;
}

export function carriageOf(payload: JsonObject): Carriage | undefined {
  return (payload as { readonly [CARRIAGE]?: Carriage })[CARRIAGE];
}

/** The record with a warning of the text reader, such as that it was cut off. */
export function withNote(record: JsonObject, note: string): JsonObject {
  return { ...record, [NOTES]: [...notesOf(record), note] } as JsonObject;
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
