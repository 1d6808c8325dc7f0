import { hasCode } from '../../errors.ts';
import { cefStart } from '../dialects/network/cef-line.ts';
import { parseBody } from '../parse-body.ts';
import { looksLikeJson } from './json-text.ts';

/** Longest text inside a payload that is opened, in UTF-16 units. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** What a text field carries: JSON, JSON lines, CEF lines, or base64 of these. Undefined for any other text. */
export function textInside(value: unknown): unknown {
  if (typeof value !== 'string' || value.length < 2 || value.length > MAX_LENGTH) return undefined;
  const text = decodedBase64(value) ?? value;
  if (!looksLikeJson(text) && cefStart(text) < 0) return undefined;
  try {
    return parseBody(text);
  } catch (error) {
    if (hasCode(error, 'REQUEST_INVALID')) return undefined;
    throw error;
  }
}

function decodedBase64(text: string): string | undefined {
  // {" and [{ and [" and CEF: and their neighbours begin with these in base64.
  if (!/^(ey|e3|W3|Wy|Q0|PD|ew|Ww)/.test(text) || !/^[A-Za-z0-9+/_-]{16,}={0,2}\s*$/.test(text))
    return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}
