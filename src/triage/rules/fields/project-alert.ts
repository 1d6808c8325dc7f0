import { type Alert, ENTITY_KINDS } from '../../../alert/alert.ts';
import { isObject, type JsonObject } from '../../../intake/values/json-value.ts';
import { type AskedFields, type EventFields, type ProjectedEvent, UNKNOWN } from './alert-event.ts';
import {
  ALERT_FIELDS,
  alertReader,
  EntityValues,
  type FieldReader,
  type FieldSources,
  isAlertField,
} from './alert-fields.ts';
import type { Mapping } from './mapping.ts';
import { MAPPINGS } from './mapping-list.ts';
import { plain } from './mappings/plain.ts';
import { Observations } from './observations.ts';
import { OpenFields } from './open-fields.ts';

/** Facts of the stages before the rules, by full field name: `intel.hits`, `behavior.score` and so on. */
export type RuleFacts = Readonly<Record<string, unknown>>;

export interface ProjectOptions {
  /** Left out: every field of the alert and of its payload is given. */
  readonly asked?: FieldPlan | undefined;
  readonly facts?: RuleFacts | undefined;
}

const NO_FACTS: RuleFacts = {};

/** How the fields that rules ask for are read, worked out once for all alerts. */
export class FieldPlan {
  readonly #own: readonly (readonly [field: string, read: FieldReader])[];
  readonly #ofPayload: readonly string[];
  readonly #hasKeywords: boolean;

  constructor({ fields, keywords }: AskedFields) {
    const names = [...fields];
    this.#own = names.filter(isAlertField).map((field) => [field, alertReader(field)]);
    this.#ofPayload = names.filter((field) => !isAlertField(field));
    this.#hasKeywords = keywords;
  }

  /** The alert's own event with nothing in it but what is asked for. */
  event(from: FieldSources, payload: JsonObject | undefined): EventFields {
    const event: Record<string, unknown> = {};
    for (const [field, read] of this.#own) {
      const value = read(from);
      if (value !== undefined) event[field] = value;
    }
    if (payload === undefined || (this.#ofPayload.length === 0 && !this.#hasKeywords)) return event;
    const open = new OpenFields(payload);
    for (const field of this.#ofPayload) {
      const value = open.get(field);
      if (value !== undefined) event[field] = value;
    }
    if (this.#hasKeywords) event[TEXTS] = open.texts();
    return event;
  }
}

/**
 * An alert as Sigma events: first the alert itself (log source category `alert`, product its source) with its canonical
 * fields and those of its payload, then one event for each process, file, registry value, name look-up, request or
 * audit record that the payload tells, under the names of the Sigma taxonomy. Never empty. Verdicts and workflow of the
 * vendor are in none of them.
 *
 * @param payload the record as it was received, out of its envelope
 */
export function projectAlert(
  alert: Alert,
  payload: unknown,
  { asked, facts = NO_FACTS }: ProjectOptions = {},
): readonly ProjectedEvent[] {
  const seen = new Observations();
  const record = isObject(payload) ? payload : undefined;
  if (record !== undefined) {
    const mapping = mappingOf(record);
    mapping.read(record, seen);
    // a vendor's alert may say more in names that anybody would use
    if (mapping !== plain && seen.records.length === 0) plain.read(record, seen);
  }
  addProcesses(alert, seen);
  const from = { alert, entities: new EntityValues(alert), seen, facts };
  const event = asked === undefined ? everyField(from, record) : asked.event(from, record);
  const logsource = { category: 'alert', product: alert.source.toLowerCase(), service: UNKNOWN };
  return [{ logsource, event }, ...seen.records];
}

/** Holds a payload's texts where keywords are searched; a name that no payload's field can clash with. */
const TEXTS = 'payload texts';

function everyField(from: FieldSources, payload: JsonObject | undefined): EventFields {
  const event: Record<string, unknown> = payload === undefined ? {} : { ...new OpenFields(payload).record() };
  for (const field of ALERT_FIELDS) {
    const value = alertReader(field)(from);
    if (value !== undefined) event[field] = value;
  }
  for (const kind of ENTITY_KINDS) event[`entity.count.${kind}`] = alertReader(`entity.count.${kind}`)(from);
  for (const [name, value] of Object.entries(from.alert.telemetry ?? {})) event[`telemetry.${name}`] = value;
  return Object.assign(event, from.facts);
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
