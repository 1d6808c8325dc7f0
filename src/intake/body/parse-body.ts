import { stripComments } from 'jsonc-parser';
import { AlertforestError } from '../../errors.ts';
import { tooMuch } from '../../reading/json-limits.ts';
import { Unread } from '../unread.ts';
import { looksLikeJson, parseJson } from '../values/json-text.ts';
import { withoutLastCommas } from './json-documents.ts';
import { mayHoldFlattened, reviveTexts } from './powershell-texts.ts';
import type { SplitRecord } from './record-splitter.ts';
import type { SentBody } from './sent-body.ts';
import { formOf, textRecords } from './text-records.ts';

/** Records of a text that is read at once, and cells where it is a table. */
const MAX_RECORDS = 10_000;
const MAX_CELLS = 250_000;

/**
 * The value of a short request body or of a text in a field: JSON, documents one after the other, lines of JSON, CEF, LEEF
 * or key=value with
 * or without a prefix, a form, a table with a header. Several records give a list, one alone its value. What cannot be
 * read is an {@link Unread} in its place. Keys that would reach an object's prototype are dropped; whole numbers beyond
 * 2^53 become texts of their digits.
 *
 * @throws AlertforestError REQUEST_INVALID for an empty text, NOTHING_READ with the first line's problem where no record
 * of it could be read, BATCH_TOO_LARGE and REQUEST_TOO_LARGE for more than a text may hold
 */
export function parseBody(text: string, sent: SentBody = {}): unknown {
  const body = withoutComments(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (body.trim() === '')
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected JSON, or lines of JSON, CEF, LEEF or key=value, got nothing.',
    );
  if (looksLikeJson(body) || body.trimStart().startsWith('"')) {
    try {
      const value = parseJson(body);
      return mayHoldFlattened(body) ? reviveTexts(value) : value;
    } catch (error) {
      if (error instanceof AlertforestError) throw error;
      // Lines of objects also begin with { and end with }; templates leave a comma behind the last element.
      const value = forgivingly(body);
      if (value !== undefined) return value;
    }
  }
  return valueOfRecords(recordsOf(body, sent));
}

/** JSON that an editor's comments stand in, without them. */
function withoutComments(text: string): string {
  return /^\s{0,64}\/[/*]/.test(text) && /[{[]/.test(text) ? stripComments(text) : text;
}

function forgivingly(given: string): unknown {
  const body = given.includes('//') || given.includes('/*') ? stripComments(given) : given;
  const text = withoutLastCommas(body) ?? (body === given ? undefined : body);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function recordsOf(body: string, sent: SentBody): unknown[] {
  const form = formOf(body, sent);
  if (form !== undefined) return [form];
  const records = textRecords(body, sent, { maxCells: MAX_CELLS });
  const values: unknown[] = [];
  const take = (found: Iterable<SplitRecord>): void => {
    for (const { value } of found)
      if (values.push(value) > MAX_RECORDS)
        throw tooMuch('records in a text', MAX_RECORDS, 'BATCH_TOO_LARGE');
  };
  let lineNumber = 0;
  for (const line of body.split(LINE_END)) take(records.push(++lineNumber, line));
  take(records.end());
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
