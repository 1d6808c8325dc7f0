import type { Closing, RecordFacts } from '../../alert/closing.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import type { Skip } from '../skip.ts';
import type { JsonObject } from '../values/json-value.ts';

/** A row of docs/formats.md. */
export interface DialectReads {
  readonly recognisedBy: string;
  readonly id: string;
  readonly time: string;
  readonly severity: string;
  readonly tactics: string;
  readonly entities: string;
}

/** One vendor's way to write an alert: a file in a folder of the vendor's family and an entry in dialect-list.ts. */
export interface Dialect {
  /** Stable name, snake_case: it appears in verdicts as `input.dialect`. */
  readonly name: string;
  /** Vendor and record in words, for the documentation. */
  readonly title: string;
  /** From which fields the parts of the alert are read, in words, for the documentation; Markdown. */
  readonly reads: DialectReads;
  /** Whether the payload has this vendor's shape. Decided by names that no other vendor uses, in a few lookups. */
  recognise(payload: JsonObject): boolean;
  /** Reads the payload into the draft. Never reads {@link verdictFields}. */
  toAlert(payload: JsonObject, draft: AlertDraft): void;
  /** Why the record is no alert although it is understood; undefined, or no such method, where it is one. */
  skipOf?(payload: JsonObject): Skip | undefined;
  /** What the record says about how the alert turned out; undefined while it is open, no such method where its records never tell. */
  closingOf?(payload: JsonObject): Closing | undefined;
  /** What the record says of its own life, open or closed; where it is left out, it is one alert without a date. */
  recordOf?(payload: JsonObject): RecordFacts;
  /**
   * Dotted paths of verdict and workflow fields, which change after the alert was raised and must leave the alert as it
   * is. A test changes each of them in every known payload.
   */
  readonly verdictFields: readonly string[];
}
