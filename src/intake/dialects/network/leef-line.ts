import { momentOf } from '../../values/moment.ts';

/** A LEEF message as an object: the header's parts by name and the attributes. */
export interface LeefRecord {
  readonly [key: string]: unknown;
  readonly leef_version: string;
  readonly device_vendor: string;
  readonly device_product: string;
  readonly device_version: string;
  readonly event_id: string;
  /** ISO time of the syslog header, where it has one with a year. */
  readonly syslog_time?: string;
  readonly extension: Readonly<Record<string, string>>;
}

const MAX_LENGTH = 1024 * 1024;
const MAX_PAIRS = 1000;

/** Where a LEEF message starts in a text, behind any syslog header, or -1. Only the first KiB is searched. */
export function leefStart(text: string): number {
  return text.slice(0, 1024).search(/\bLEEF:\s?[12]\.\d\|/);
}

/**
 * Parses one line of IBM's Log Event Extended Format, versions 1.0 and 2.0. Attributes of version 1 are separated by
 * tabs, those of version 2 by the character the header names (`^`, `x5E`, `0x5E`), tab by default. Undefined where the
 * header is not complete. Linear in the length.
 *
 * @see https://www.ibm.com/docs/en/dsm?topic=leef-overview
 */
export function parseLeefLine(line: string): LeefRecord | undefined {
  const start = leefStart(line);
  if (start < 0) return undefined;
  const text = line.slice(start, start + MAX_LENGTH);
  const parts = text.split('|');
  const version = (parts[0] as string).slice(5).trim();
  const isSecond = version.startsWith('2');
  const nHeader = isSecond && parts.length > 6 && isDelimiter(parts[5] as string) ? 6 : 5;
  if (parts.length <= 4) return undefined;
  const [, vendor = '', product = '', deviceVersion = '', eventId = ''] = parts;
  const attributes = parts.slice(nHeader).join('|');
  const delimiter = nHeader === 6 ? delimiterOf(parts[5] as string) : '\t';
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/.exec(line.slice(0, start))?.[0];
  const moment = time === undefined ? undefined : momentOf(time);
  return {
    leef_version: version,
    device_vendor: vendor,
    device_product: product,
    device_version: deviceVersion,
    event_id: eventId,
    ...(moment === undefined ? {} : { syslog_time: moment }),
    extension: attributesOf(attributes, delimiter),
  };
}

function isDelimiter(text: string): boolean {
  return text.length === 1 || /^(0?x)[0-9a-f]{1,4}$/i.test(text);
}

function delimiterOf(text: string): string {
  if (text.length === 1) return text;
  return String.fromCharCode(Number.parseInt(text.replace(/^0?x/i, ''), 16));
}

function attributesOf(text: string, delimiter: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  // Relays turn tabs into blanks; then a key is a word before `=`, as in CEF.
  const parts =
    delimiter === '\t' && !text.includes('\t')
      ? text.split(/\s(?=[A-Za-z][\w.-]{0,62}=)/)
      : text.split(delimiter);
  for (const part of parts.slice(0, MAX_PAIRS)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const key = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (value !== '' && key !== '__proto__' && !Object.hasOwn(pairs, key)) pairs[key] = value;
  }
  return pairs;
}
