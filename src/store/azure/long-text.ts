import { MAX_PROPERTY_CHARS } from './table-access.ts';

/**
 * Spreads a text over as many properties as it needs: `name0`, `name1` and so on, none for an empty text. A cut never
 * separates the two halves of a character outside the basic plane, which would not survive UTF-8.
 */
export function longTextProperties(name: string, text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (let start = 0, nth = 0; start < text.length; nth++) {
    let end = Math.min(start + MAX_PROPERTY_CHARS, text.length);
    const isHighSurrogate = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    if (isHighSurrogate) end -= 1;
    parts[`${name}${nth}`] = text.slice(start, end);
    start = end;
  }
  return parts;
}

/** The text that {@link longTextProperties} spread, '' where there is none. */
export function longTextOf(name: string, row: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (let nth = 0; ; nth++) {
    const part = row[`${name}${nth}`];
    if (typeof part !== 'string') return text;
    text += part;
  }
}
