import { parse } from 'secure-json-parse';
import { MAX_JSON_DEPTH, tooMuch } from '../../reading/json-limits.ts';
import { quoteLongIntegers } from './exact-json.ts';

/** Longest JSON text inside a payload that is read, in UTF-16 units. */
const MAX_EMBEDDED_LENGTH = 8 * 1024 * 1024;

/** Values of one text that is parsed at once. */
const MAX_VALUES = 250_000;
/** A text shorter than this can neither be nested nor filled so that it matters. */
const SHORT_TEXT = 2_048;

/**
 * JSON text to a value; whole numbers beyond 2^53 become texts of their digits; `__proto__` and `constructor.prototype`
 * keys are dropped.
 *
 * @throws SyntaxError; AlertforestError REQUEST_TOO_LARGE for a text nested too deeply or with too many values
 */
export function parseJson(text: string): unknown {
  if (text.length >= SHORT_TEXT) checkLimits(text);
  return parse(quoteLongIntegers(text), null, { protoAction: 'remove', constructorAction: 'remove' });
}

/** Counts brackets and commas, and looks into no string: linear, and a tenth of what parsing costs. */
function checkLimits(text: string): void {
  let depth = 0;
  let nValues = 0;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit === 0x22) {
      do {
        position = text.indexOf('"', position + 1);
        if (position < 0) return;
      } while (isEscaped(text, position));
    } else if (unit === 0x5b || unit === 0x7b) {
      nValues++;
      if (++depth > MAX_JSON_DEPTH)
        throw tooMuch(
          'levels of objects and lists within each other in a text',
          MAX_JSON_DEPTH,
          'REQUEST_TOO_LARGE',
        );
    } else if (unit === 0x5d || unit === 0x7d) depth--;
    else if (unit === 0x2c) nValues++;
    if (nValues > MAX_VALUES) throw tooMuch('values in a text', MAX_VALUES, 'REQUEST_TOO_LARGE');
  }
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(position - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

/** Whether a text can only be a JSON object or array, judged by its ends. */
export function looksLikeJson(text: string): boolean {
  let start = 0;
  while (start < text.length && text.charCodeAt(start) <= 32) start++;
  let end = text.length - 1;
  while (end > start && text.charCodeAt(end) <= 32) end--;
  const first = text.charCodeAt(start);
  const last = text.charCodeAt(end);
  return (first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d);
}

/**
 * The value of a field that holds JSON, as it is or as text (vendors do both, and text within text). A text that is
 * not JSON gives undefined.
 */
export function jsonIn(value: unknown): unknown {
  let current = value;
  for (let layer = 0; layer < 3; layer++) {
    if (typeof current !== 'string') return current;
    if (current.length > MAX_EMBEDDED_LENGTH) return undefined;
    const quoted = current.charCodeAt(0) === 0x22;
    if (!quoted && !looksLikeJson(current)) return undefined;
    try {
      current = parseJson(current);
    } catch {
      return undefined;
    }
  }
  return typeof current === 'string' ? undefined : current;
}
