import { jsonIn } from './json-text.ts';
import type { JsonObject } from './json-value.ts';

/** Longest text whose value is remembered, in UTF-16 units: a whole batch is held until its last alert is judged. */
const MAX_REMEMBERED = 32 * 1024;

interface Read {
  readonly text: string;
  readonly value: unknown;
}

/** What texts of a record held, for as long as the record lives. */
const READ = new WeakMap<JsonObject, Map<string, Read>>();

/**
 * The value of a field that holds JSON, as it is or as text, see {@link jsonIn}. A text is parsed once for its record,
 * whoever asks: the reader of the alert and the rules look into the same ones. What comes back must not be changed.
 */
export function jsonAt(record: JsonObject, key: string | undefined): unknown {
  if (key === undefined) return undefined;
  const text = record[key];
  if (typeof text !== 'string') return text;
  let known = READ.get(record);
  const read = known?.get(key);
  if (read !== undefined && read.text === text) return read.value;
  const value = jsonIn(text);
  if (value === undefined || text.length > MAX_REMEMBERED) return value;
  if (known === undefined) {
    known = new Map();
    READ.set(record, known);
  }
  known.set(key, { text, value });
  return value;
}
