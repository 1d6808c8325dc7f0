import type { Alert } from '../../../alert/alert.ts';
import { unwrapEnvelope } from '../../../alert/envelope.ts';
import { isObject, type JsonObject } from '../../../alert/json-value.ts';
import { type AlertEvent, type EventSource, UNKNOWN } from './alert-event.ts';
import { alertField, type FieldSources, isAlertField } from './alert-fields.ts';
import type { Mapping } from './mapping.ts';
import { MAPPINGS } from './mapping-list.ts';
import { plain } from './mappings/plain.ts';
import { Observations } from './observations.ts';
import { OpenFields } from './withheld-fields.ts';

/** Facts of the stages before the rules, by full field name: `intel.hits`, `behavior.score` and so on. */
export type RuleFacts = Readonly<Record<string, unknown>>;

const NO_FACTS: RuleFacts = {};

/** The alert's own event: canonical fields, facts, and the payload as it came. */
class WholeAlertEvent implements AlertEvent {
  readonly logsource: EventSource;
  readonly #from: FieldSources;
  readonly #payload: JsonObject | undefined;
  readonly #values = new Map<string, unknown>();
  #open: OpenFields | undefined;

  constructor(from: FieldSources, payload: JsonObject | undefined) {
    this.logsource = { category: 'alert', product: from.alert.source.toLowerCase(), service: UNKNOWN };
    this.#from = from;
    this.#payload = payload;
  }

  get(field: string): unknown {
    let value = this.#values.get(field);
    if (value === undefined && !this.#values.has(field)) {
      value = isAlertField(field) ? alertField(field, this.#from) : this.#payloadFields()?.get(field);
      this.#values.set(field, value);
    }
    return value;
  }

  texts(): Iterable<string> {
    return this.#payloadFields()?.texts() ?? [];
  }

  #payloadFields(): OpenFields | undefined {
    if (this.#payload === undefined) return undefined;
    this.#open ??= new OpenFields(this.#payload);
    return this.#open;
  }
}

/**
 * An alert as Sigma events: first the alert itself (log source category `alert`, product its source), then one for
 * each process, file, registry value, name look-up, request or audit record its payload tells. Never empty.
 *
 * @param payload the payload as it was received, an envelope around one alert included
 */
export function projectAlert(
  alert: Alert,
  payload: unknown,
  facts: RuleFacts = NO_FACTS,
): readonly AlertEvent[] {
  const seen = new Observations();
  const record = singleRecord(payload);
  if (record !== undefined) {
    record.mapping.read(record.payload, seen);
    // our own form, or a vendor's alert that says more in names anybody would use
    if (record.mapping !== plain && seen.records.length === 0) plain.read(record.payload, seen);
  }
  addProcesses(alert, seen);
  const whole = new WholeAlertEvent({ alert, seen, facts }, record?.payload);
  return [whole, ...seen.records];
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
