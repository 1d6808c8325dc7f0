/** Where an event comes from, as rules name it. A part that is not known is {@link UNKNOWN}, never left out. */
export interface EventSource {
  readonly category: string;
  readonly product: string;
  readonly service: string;
}

/** Stands for a part of a log source that is not known: a rule that asks for another value must not match it. */
export const UNKNOWN = '-';

/** Fields of one Sigma event; undefined values are absent fields. */
export type EventFields = Readonly<Record<string, unknown>>;

/** One thing an alert tells, as a Sigma event. */
export interface ProjectedEvent {
  readonly logsource: EventSource;
  readonly event: EventFields;
}

/** What a set of rules asks for, so that nothing else is computed. */
export interface AskedFields {
  /** Names of the fields that any rule tests. */
  readonly fields: ReadonlySet<string>;
  /** Whether any rule searches for keywords. */
  readonly keywords: boolean;
}
