import { AlertforestError } from '../errors.ts';
import { cefStart, parseCefLine } from './dialects/network/cef-line.ts';
import { looksLikeJson, parseJson } from './values/json-text.ts';

/**
 * The value of a request body or file: JSON, JSON lines, or CEF lines (with or without syslog headers). Lines give a
 * list, one line alone its value. Keys that would reach an object's prototype are dropped.
 *
 * @throws AlertforestError REQUEST_INVALID with the line at which the text is neither
 */
export function parseBody(text: string): unknown {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '')
    throw new AlertforestError('REQUEST_INVALID', 'Expected JSON, JSON lines or CEF lines, got nothing.');
  if (looksLikeJson(body)) {
    try {
      return parseJson(body);
    } catch (cause) {
      // Lines of objects also begin with { and end with }.
      if (!/[\r\n]/.test(body.trim())) throw invalid(cause, 1);
    }
  }
  const values: unknown[] = [];
  let lineNumber = 0;
  for (const line of body.split(/\r\n|\n|\r/)) {
    lineNumber++;
    if (line.trim() !== '') values.push(parseLine(line, lineNumber));
  }
  return values.length === 1 ? values[0] : values;
}

function parseLine(line: string, lineNumber: number): unknown {
  if (cefStart(line) >= 0 && !looksLikeJson(line)) {
    const record = parseCefLine(line);
    if (record !== undefined) return record;
  }
  try {
    return parseJson(line);
  } catch (cause) {
    throw invalid(cause, lineNumber);
  }
}

function invalid(cause: unknown, lineNumber: number): AlertforestError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AlertforestError(
    'REQUEST_INVALID',
    `Expected JSON, JSON lines or CEF lines, got text that does not parse at line ${lineNumber}: ${why.slice(0, 200)}`,
    { cause, issues: [{ path: '', message: `Line ${lineNumber} is neither JSON nor CEF.` }] },
  );
}
