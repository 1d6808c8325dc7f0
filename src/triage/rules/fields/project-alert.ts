import { type Alert, ENTITY_KINDS } from '../../../alert/alert.ts';
import { unwrapEnvelope } from '../../../intake/envelope/unwrap-envelope.ts';
import { isObject, type JsonObject } from '../../../intake/values/json-value.ts';
import { type AskedFields, type EventFields, type ProjectedEvent, UNKNOWN } from './alert-event.ts';
import { ALERT_FIELDS, alertField, type FieldSources, isAlertField } from './alert-fields.ts';
import type { Mapping } from './mapping.ts';
import { MAPPINGS } from './mapping-list.ts';
import { plain } from './mappings/plain.ts';
import { Observations } from './observations.ts';
import { OpenFields } from './open-fields.ts';

/** Facts of the stages before the rules, by full field name: `intel.hits`, `behavior.score` and so on. */
export type RuleFacts = Readonly<Record<string, unknown>>;

export interface ProjectOptions {
  /** Left out: every field of the alert and of its payload is given. */
  readonly asked?: AskedFields | undefined;
  readonly facts?: RuleFacts | undefined;
}

const NO_FACTS: RuleFacts = {};

/**
 * An alert as Sigma events: first the alert itself (log source category `alert`, product its source) with its canonical
 * fields and those of its payload, then one event for each process, file, registry value, name look-up, request or
 * audit record that the payload tells, under the names of the Sigma taxonomy. Never empty. Verdicts and workflow of the
 * vendor are in none of them.
 *
 * @param payload the payload as it was received, an envelope around one alert included
 */
export function projectAlert(
  alert: Alert,
  payload: unknown,
  { asked, facts = NO_FACTS }: ProjectOptions = {},
): readonly ProjectedEvent[] {
  const seen = new Observations();
  const record = singleRecord(payload);
  if (record !== undefined) {
    record.mapping.read(record.payload, seen);
    // a vendor's alert may say more in names that anybody would use
    if (record.mapping !== plain && seen.records.length === 0) plain.read(record.payload, seen);
  }
  addProcesses(alert, seen);
  const from = { alert, seen, facts };
  const event =
    asked === undefined ? everyField(from, record?.payload) : askedFields(from, record?.payload, asked);
  const logsource = { category: 'alert', product: alert.source.toLowerCase(), service: UNKNOWN };
  return [{ logsource, event }, ...seen.records];
}

function askedFields(from: FieldSources, payload: JsonObject | undefined, asked: AskedFields): EventFields {
  const event: Record<string, unknown> = {};
  let open: OpenFields | undefined;
  for (const field of asked.fields) {
    let value: unknown;
    if (isAlertField(field)) value = alertField(field, from);
    else if (payload !== undefined) {
      open ??= new OpenFields(payload);
      value = open.get(field);
    }
    if (value !== undefined) event[field] = value;
  }
  if (asked.keywords && payload !== undefined) event[TEXTS] = (open ?? new OpenFields(payload)).texts();
  return event;
}

/** Holds a payload's texts where keywords are searched; a name that no payload's field can clash with. */
const TEXTS = 'payload texts';

function everyField(from: FieldSources, payload: JsonObject | undefined): EventFields {
  const event: Record<string, unknown> = payload === undefined ? {} : { ...new OpenFields(payload).record() };
  for (const field of ALERT_FIELDS) {
    const value = alertField(field, from);
    if (value !== undefined) event[field] = value;
  }
  for (const kind of ENTITY_KINDS) event[`entity.count.${kind}`] = alertField(`entity.count.${kind}`, from);
  for (const [name, value] of Object.entries(from.alert.telemetry ?? {})) event[`telemetry.${name}`] = value;
  return Object.assign(event, from.facts);
}

/** The mapping of one alert's payload; undefined where it is no single object. */
function singleRecord(payload: unknown): { payload: JsonObject; mapping: Mapping } | undefined {
  if (isObject(payload)) {
    const mapping = mappingOf(payload);
    if (mapping !== plain) return { payload, mapping };
  }
  const alerts = unwrapEnvelope(payload);
  const only = alerts.length === 1 ? alerts[0] : payload;
  return isObject(only) ? { payload: only, mapping: mappingOf(only) } : undefined;
}

function mappingOf(payload: JsonObject): Mapping {
  for (const mapping of MAPPINGS) if (mapping.recognise(payload)) return mapping;
  return plain;
}

/** Command lines and images that only the canonical entities name become processes of their own. */
function addProcesses(alert: Alert, seen: Observations): void {
  if (seen.records.some((record) => record.logsource.category === 'process_creation')) return;
  for (const { kind, value } of alert.entities) {
    if (kind !== 'process') continue;
    const isPath = !/\s/.test(value) && /[\\/]/.test(value);
    seen.process(isPath ? { image: value } : { commandLine: value });
  }
}
