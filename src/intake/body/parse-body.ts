import { AlertforestError } from '../../errors.ts';
import { Unread } from '../unread.ts';
import { looksLikeJson, parseJson } from '../values/json-text.ts';
import type { SentBody } from './sent-body.ts';
import { formOf, textRecords } from './text-records.ts';

/**
 * The value of a request body or file: JSON, documents one after the other, lines of JSON, CEF, LEEF or key=value with
 * or without a prefix, a form, a table with a header. Several records give a list, one alone its value. What cannot be
 * read is an {@link Unread} in its place. Keys that would reach an object's prototype are dropped; whole numbers beyond
 * 2^53 become texts of their digits.
 *
 * @throws AlertforestError REQUEST_INVALID for an empty text, NOTHING_READ with the first line's problem where no record
 * of it could be read
 */
export function parseBody(text: string, sent: SentBody = {}): unknown {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '')
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected JSON, or lines of JSON, CEF, LEEF or key=value, got nothing.',
    );
  if (looksLikeJson(body) || body.trimStart().startsWith('"')) {
    try {
      return parseJson(body);
    } catch {
      // Lines of objects also begin with { and end with }.
    }
  }
  return valueOfRecords(recordsOf(body, sent));
}

function recordsOf(body: string, sent: SentBody): unknown[] {
  const form = formOf(body, sent);
  if (form !== undefined) return [form];
  const records = textRecords(body, sent);
  const values: unknown[] = [];
  let lineNumber = 0;
  for (const line of body.split(LINE_END))
    for (const { value } of records.push(++lineNumber, line)) values.push(value);
  for (const { value } of records.end()) values.push(value);
  return values;
}

/**
 * The records of a text as one value: a list where there are several.
 *
 * @throws AlertforestError NOTHING_READ where none of them could be read
 */
export function valueOfRecords(values: unknown[]): unknown {
  if (values.length > 0 && values.every((value) => value instanceof Unread)) throw nothingRead(values);
  return values.length === 1 ? values[0] : values;
}

/** What ends a line of text. */
export const LINE_END = /\r\n|\n|\r/;

function nothingRead(values: readonly Unread[]): AlertforestError {
  const [{ problem, line }] = values as [Unread];
  const message = line === undefined ? problem : `Line ${line}: ${problem}`;
  return new AlertforestError('NOTHING_READ', `Nothing of the text could be understood. ${message}`, {
    issues: values.slice(0, 20).map((value) => ({
      path: '',
      message: value.line === undefined ? value.problem : `Line ${value.line}: ${value.problem}`,
    })),
  });
}
