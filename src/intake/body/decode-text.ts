import { AlertforestError } from '../../errors.ts';

// Names of encodings that senders declare and that this reader decodes; others are refused with their name.
const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  // The Encoding Standard reads both as windows-1252, of which Latin 1 is a part.
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
};

/**
 * The text of a body: by its byte order mark, else by the charset of its content-type, else UTF-8.
 *
 * @throws AlertforestError REQUEST_INVALID for a charset that is not known, or bytes that are not of it
 */
export function decodeText(bytes: Uint8Array, contentType = ''): string {
  const encoding = markedEncoding(bytes) ?? declaredEncoding(contentType) ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const hint = encoding === 'utf-8' ? '; name another encoding as `charset` in the content-type' : '';
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${encoding} text, got bytes that are not of it${hint}.`,
      { cause },
    );
  }
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function declaredEncoding(contentType: string): string | undefined {
  const name = /charset\s*=\s*"?([\w-]{1,40})/i.exec(contentType)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const encoding = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (encoding === undefined)
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected text in UTF-8, UTF-16, ISO-8859-1 or Windows-1252, got charset ${name}.`,
    );
  return encoding;
}
