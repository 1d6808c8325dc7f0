import { headerTime } from '../../body/header-time.ts';

/** A CEF message as an object: the header's parts by name and the extension's key-value pairs. */
export interface CefRecord {
  readonly [key: string]: unknown;
  readonly cef_version: string;
  readonly device_vendor: string;
  readonly device_product: string;
  readonly device_version: string;
  readonly signature_id: string;
  readonly name: string;
  readonly severity: string;
  /** Time of the syslog header, where it has one with a year. */
  readonly syslog_time?: string;
  readonly extension: Readonly<Record<string, string>>;
}

/** Pairs of an extension that are read; real ones have fewer than 100. */
const MAX_PAIRS = 1000;
const MAX_LENGTH = 1024 * 1024;

/** Where a CEF message starts in a text, behind any syslog header, or -1. Only the first KiB is searched. */
export function cefStart(text: string): number {
  return text.slice(0, 1024).search(/\bCEF:\s?\d/);
}

/**
 * Parses one CEF line, with or without a syslog header. `\|`, `\=`, `\\`, `\n` are unescaped; values run to the next
 * ` key=`; a repeated key keeps its first value. Undefined where the header is not complete.
 *
 * Cost is linear in the length.
 */
export function parseCefLine(line: string): CefRecord | undefined {
  const start = cefStart(line);
  if (start < 0) return undefined;
  const time = headerTime(line.slice(0, start));
  const text = line.slice(start, start + MAX_LENGTH);
  const header: string[] = [];
  let part = '';
  let position = text.indexOf(':') + 1;
  for (; position < text.length && header.length < 7; position++) {
    const unit = text[position] as string;
    if (unit === '\\' && position + 1 < text.length && '|\\'.includes(text[position + 1] as string)) {
      part += text[++position];
    } else if (unit === '|') {
      header.push(part.trim());
      part = '';
    } else part += unit;
  }
  // Without an extension the severity may end with the line.
  if (header.length === 6) header.push(part.trim());
  if (header.length < 7) return undefined;
  const [version, vendor, product, deviceVersion, signature, name, severity] = header as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    cef_version: version,
    device_vendor: vendor,
    device_product: product,
    device_version: deviceVersion,
    signature_id: signature,
    name,
    severity,
    ...(time === undefined ? {} : { syslog_time: time }),
    extension: parseExtension(text.slice(position)),
  };
}

function parseExtension(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  // A key is a word before `=`, at the start or after a blank. A `\=` within a value has no word right before it.
  const keys = /(?:^|\s)([A-Za-z][\w.[\]:-]{0,62})=/g;
  let nPairs = 0;
  let key: string | undefined;
  let from = 0;
  for (let match = keys.exec(text); match !== null; match = keys.exec(text)) {
    if (key !== undefined) put(pairs, key, text.slice(from, match.index));
    if (++nPairs > MAX_PAIRS) return pairs;
    key = match[1];
    from = keys.lastIndex;
    // The blank that ends this key's value may begin the next key.
    keys.lastIndex = from;
  }
  if (key !== undefined) put(pairs, key, text.slice(from));
  return pairs;
}

function put(pairs: Record<string, string>, key: string, value: string): void {
  const text = value
    .replace(/\\([=|\\nr])/g, (_, unit: string) => (unit === 'n' ? '\n' : unit === 'r' ? '\r' : unit))
    .trim()
    // Some senders set labels and values in typographic quotes.
    .replace(/^[\u201c\u201d"](.*)[\u201c\u201d"]$/s, '$1');
  if (text !== '' && key !== '__proto__' && !Object.hasOwn(pairs, key)) pairs[key] = text;
}
