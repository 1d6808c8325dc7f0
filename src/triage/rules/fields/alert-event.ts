/** Where an event comes from, as rules name it. A part that is not known is {@link UNKNOWN}, never left out. */
export interface EventSource {
  readonly category: string;
  readonly product: string;
  readonly service: string;
}

/** Stands for a part of a log source that nobody told us: a rule that asks for another value must not match it. */
export const UNKNOWN = '-';

/** One thing an alert tells, as a Sigma event. A field is looked up when a rule asks for it, and once. */
export interface AlertEvent {
  readonly logsource: EventSource;
  /** A scalar, a list of scalars, or undefined where the event has no such field. A flat name wins over a path. */
  get(field: string): unknown;
  /** The event's texts, for rules that search for keywords. */
  texts(): Iterable<string>;
}

/** Fields of one Sigma event under the names of the Sigma taxonomy; undefined values are absent fields. */
export type EventFields = Readonly<Record<string, unknown>>;

/** An event whose fields are all known: a process, a file, a name look-up. */
export class RecordEvent implements AlertEvent {
  readonly logsource: EventSource;
  readonly fields: EventFields;

  constructor(logsource: EventSource, fields: EventFields) {
    this.logsource = logsource;
    this.fields = fields;
  }

  get(field: string): unknown {
    return Object.hasOwn(this.fields, field) ? this.fields[field] : undefined;
  }

  *texts(): Iterable<string> {
    for (const value of Object.values(this.fields)) {
      if (typeof value === 'string') yield value;
      else if (typeof value === 'number') yield String(value);
      else if (Array.isArray(value)) for (const item of value) if (typeof item === 'string') yield item;
    }
  }
}
