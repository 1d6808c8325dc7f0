import { parse } from 'secure-json-parse';
import { quoteLongIntegers } from './exact-json.ts';

/** Longest JSON text inside a payload that is read, in UTF-16 units. */
const MAX_EMBEDDED_LENGTH = 8 * 1024 * 1024;

/** JSON text to a value; whole numbers beyond 2^53 become texts of their digits; `__proto__` and `constructor.prototype` keys are dropped. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return parse(quoteLongIntegers(text), null, { protoAction: 'remove', constructorAction: 'remove' });
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
