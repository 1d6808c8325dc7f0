import { gunzipSync } from 'node:zlib';
import { hasCode } from '../../errors.ts';
import { parseBody } from '../body/parse-body.ts';
import { powershellObject } from '../body/powershell-texts.ts';
import { pairsOfLine } from '../body/text-line.ts';
import { isXml } from '../body/xml-record.ts';
import { cefStart } from '../dialects/network/cef-line.ts';
import { leefStart } from '../dialects/network/leef-line.ts';
import { isPanThreatLine } from '../dialects/network/pan-line.ts';
import { parseSnortLine } from '../dialects/network/snort-line.ts';

/** Longest text inside a payload that is opened, in UTF-16 units, and what compressed text may grow to in bytes. */
export const MAX_TEXT_LENGTH = 4 * 1024 * 1024;

/**
 * What a text field carries: XML, JSON (also behind a prefix, or cut off), JSON lines, CEF or LEEF lines, key=value text,
 * PowerShell's `@{}`, or base64 of these, also compressed with gzip. Undefined for any other text.
 *
 * @param pay told the length of the text that is about to be read, as it is when decoded
 * @throws AlertforestError REQUEST_TOO_LARGE, BATCH_TOO_LARGE for a text with more in it than a body may hold
 */
export function textInside(value: string, pay: (length: number) => void = () => {}): unknown {
  if (value.length < 2 || value.length > MAX_TEXT_LENGTH) return undefined;
  const text = decodedBase64(value) ?? value;
  const first = text.search(/\S/);
  const unit = text[first];
  if (unit !== '{' && unit !== '[' && unit !== '"' && !mayCarry(text)) return undefined;
  pay(text.length);
  try {
    return parseBody(text);
  } catch (error) {
    if (hasCode(error, 'REQUEST_INVALID') || hasCode(error, 'NOTHING_READ')) return undefined;
    throw error;
  }
}

// Only texts that show a record's marks are parsed: everything else in a payload is passed over cheaply.
function mayCarry(text: string): boolean {
  if (cefStart(text) >= 0 || leefStart(text) >= 0 || isPanThreatLine(text)) return true;
  if (text.includes('[Priority: ') && parseSnortLine(text) !== undefined) return true;
  if (text.startsWith('<') && isXml(text)) return true;
  const head = text.slice(0, 512);
  if (/[{[]\s*["{]/.test(head) && /"\s*:/.test(text.slice(0, 2048))) return true;
  if (text.startsWith('@{')) return powershellObject(text) !== undefined;
  return (
    head.includes('=') && !text.includes('\n') && text.length < 64 * 1024 && pairsOfLine(text) !== undefined
  );
}

function decodedBase64(text: string): string | undefined {
  // {" and [{ and [" and CEF: and their neighbours begin with these in base64, gzip with H4sI.
  if (!/^(ey|e3|W3|Wy|Q0|PD|ew|Ww|TE|H4sI)/.test(text) || !/^[A-Za-z0-9+/_-]{16,}={0,2}\s*$/.test(text))
    return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT_LENGTH }).toString('utf8');
  } catch {
    return undefined;
  }
}
