import { jsonIn } from '../values/json-text.ts';
import { isObject, type JsonObject, keysOf, textOf } from '../values/json-value.ts';
import { changesOf, type RecordChange } from './record-changes.ts';

/** Names of labels that stand on a record, and what was written while it was worked on. */
export interface WrittenOn {
  readonly tags: readonly string[];
  readonly changes: readonly RecordChange[];
}

// Last words of a name, as lower-case letters, under which vendors keep labels, and under which they keep what somebody
// wrote of the record: never what was observed (message, description, command line), which an attacker writes.
const TAGS = /(tags?|tagnames?|labels?|keywords?|categories|userdefinedfields)$/;
const WRITTEN =
  /(comments?|notes?|activit(y|ies)|histor(y|ies)|timeline|audit(log|trail)|annotations?|journal|worklogs?|feedback(summary)?|changelog|rationale|remarks?|rootcause|summary|reasontext|(close|closing|closure|resolution|resolve|resolving)(text|message|details?|reason)?)$/;
const MAX_NAME = 48;
const MAX_DEPTH = 6;
/** Values looked at of one record. */
const MAX_VALUES = 2000;
const MAX_TEXT = 4096;
/** Fields of JSON as text that are parsed, and entries of lists that are read, of one record: what both cost is bounded. */
const MAX_PARSED = 8;
const MAX_ENTRIES = 4000;

/**
 * Looks for labels and notes wherever vendors keep them, so that a mark of ours counts in a dialect that has no other use
 * for them. Lists of alerts, evidence and entities within the record are not entered: what stands on those is theirs.
 */
export function writtenOn(record: JsonObject): WrittenOn {
  const tags: string[] = [];
  const changes: RecordChange[] = [];
  let left = MAX_VALUES;
  let nParsed = 0;
  const held = (value: unknown): unknown =>
    typeof value === 'string' && /^\s*[[{"]/.test(value) && nParsed++ < MAX_PARSED
      ? (jsonIn(value) ?? value)
      : value;
  const enter = (place: JsonObject, depth: number): void => {
    for (const key of keysOf(place)) {
      if (--left < 0) return;
      const value = place[key];
      if (value === null || value === undefined) continue;
      const name = key.length > MAX_NAME ? '' : key.toLowerCase().replace(/[^a-z]/g, '');
      if (TAGS.test(name)) tags.push(...namesIn(held(value)));
      else if (WRITTEN.test(name) && changes.length < MAX_ENTRIES) changes.push(...notesIn(held(value)));
      if (isObject(value) && depth < MAX_DEPTH) enter(value, depth + 1);
    }
  };
  enter(record, 1);
  return { tags, changes };
}

/** Labels as a list of texts or of objects, as one text with separators, as a map by name, or any of it as JSON. */
function namesIn(held: unknown): string[] {
  if (typeof held === 'string') return held.slice(0, MAX_TEXT).split(/[,;|\s]+/);
  if (isObject(held))
    return keysOf(held)
      .slice(0, MAX_VALUES)
      .flatMap((key) => [key, ...textsIn(held[key])]);
  if (!Array.isArray(held)) return [];
  return held.slice(0, MAX_VALUES).flatMap((one) =>
    isObject(one)
      ? keysOf(one)
          .slice(0, 8)
          .flatMap((key) => textsIn(one[key]))
      : textsIn(one),
  );
}

const textsIn = (value: unknown): string[] => {
  const text = textOf(value);
  return text === undefined ? [] : [text];
};

/** Notes as one text, a list of texts or a list of entries with their author and time. */
function notesIn(held: unknown): RecordChange[] {
  if (typeof held === 'string') return [{ text: held }];
  if (isObject(held)) return changesOf([held]);
  if (!Array.isArray(held)) return [];
  const texts = held.slice(-MAX_VALUES).flatMap((one) => (typeof one === 'string' ? [{ text: one }] : []));
  return [...changesOf(held), ...texts];
}
