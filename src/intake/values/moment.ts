import { exactIsoMs } from '../../alert/iso-time.ts';

// Outside of these years a number or text is taken for something else than the time of an alert.
const EARLIEST_MS = Date.UTC(1990, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

const ISO =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T \-_]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,12}))?)?)?\s*(Z|\(?(?:UTC|GMT)\)?|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?:\s+[A-Z]{3,4})?)?$/i;
// 01/18/2022-12:17:27.242838, 6/3/2021 10:00:00 PM: month first, as the products that write this form do.
const MONTH_FIRST =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T,-]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(?:(AM|PM)\s*)?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})T?(\d{2}):?(\d{2}):?(\d{2})(?:\.(\d{1,12}))?(Z|[+-]\d{2}:?\d{2})?$/;
const DOTNET = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/;
const NUMBER = /^-?\d{8,20}(\.\d{1,12})?$/;
const WITH_MONTH_NAME = /^[A-Za-z0-9 ,:.+\-()/]{10,64}$/;

/**
 * Time of any common form in milliseconds since 1970, or undefined where the value is no time between 1990 and 2100.
 *
 * Numbers are seconds, milliseconds, microseconds, nanoseconds, Windows file times or .NET ticks by their size. Text: ISO 8601 with any number of
 * decimals and any offset, a blank for the T, slashes, month first, compact, month names, .NET. Text without a zone
 * is UTC.
 */
export function momentMs(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'string') return value.length > 80 ? undefined : fromText(value.trim());
  if (Array.isArray(value) && value.length > 0 && !Array.isArray(value[0])) return momentMs(value[0]);
  return undefined;
}

/** The same as ISO 8601 text in UTC with milliseconds. */
export function momentOf(value: unknown): string | undefined {
  // Most are written as they will be: a text that comes back as it was says what it says.
  if (typeof value === 'string' && inRange(exactIsoMs(value)) !== undefined) return value;
  const ms = momentMs(value);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function inRange(ms: number): number | undefined {
  return ms >= EARLIEST_MS && ms < LATEST_MS ? ms : undefined;
}

function fromNumber(value: number): number | undefined {
  if (value < 1e8) return undefined;
  if (value < 1e11) return inRange(Math.round(value * 1000));
  if (value < 1e14) return inRange(Math.round(value));
  if (value < 1e17) return inRange(Math.floor(value / 1e3));
  // Windows counts tenths of a microsecond, from 1601 (file times) or from the year 1 (.NET ticks).
  if (value < 2e17) return inRange(Math.floor(value / 1e4) - 11_644_473_600_000);
  if (value >= 6.3e17 && value < 6.7e17) return inRange(Math.floor(value / 1e4) - 62_135_596_800_000);
  return value < 1e20 ? inRange(Math.floor(value / 1e6)) : undefined;
}

function fromText(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso) return fromParts(iso[1], iso[2], iso[3], iso[4], iso[5], iso[6], iso[7], iso[8]);
  if (NUMBER.test(text)) {
    const compact = text.length === 14 ? COMPACT.exec(text) : null;
    return compact ? fromCompact(compact) : fromNumber(Number(text));
  }
  const compact = COMPACT.exec(text);
  if (compact) return fromCompact(compact);
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst) {
    const [, first, other, year, hour, minute, second, fraction, half, zone] = monthFirst;
    // 20/11/2026 has no twentieth month.
    const [month, day] = Number(first) > 12 ? [other, first] : [first, other];
    const hours = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour);
    return fromParts(year, month, day, String(hours), minute, second, fraction, zone);
  }
  const dotnet = DOTNET.exec(text);
  if (dotnet) return inRange(Number(dotnet[1]));
  return WITH_MONTH_NAME.test(text) ? fromMonthName(text) : undefined;
}

function fromCompact(match: RegExpExecArray): number | undefined {
  return fromParts(match[1], match[2], match[3], match[4], match[5], match[6], match[7], match[8]);
}

// "Mar 10 2021 12:00:00.123 UTC" (CEF), "Tue, 03 Jun 2024 10:00:00 GMT": a month name and a year of four digits.
function fromMonthName(text: string): number | undefined {
  if (!/\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(text) || !/\b(19|20)\d{2}\b/.test(text))
    return undefined;
  const hasZone = /(\b(UTC|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT)\b|Z$|[+-]\d{2}:?\d{2}\b)/.test(text);
  const ms = Date.parse(hasZone ? text : `${text} UTC`);
  return Number.isNaN(ms) ? undefined : inRange(ms);
}

function fromParts(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  hour = '0',
  minute = '0',
  second = '0',
  fraction = '0',
  zone = 'Z',
): number | undefined {
  const y = Number(year);
  const mo = Number(month);
  const d = Number(day);
  const h = Number(hour);
  const mi = Number(minute);
  if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || Number(second) > 60) return undefined;
  const ms = Number(`${fraction}000`.slice(0, 3));
  // A leap second counts as the last second of its minute.
  const utc = Date.UTC(y, mo - 1, d, h, mi, Math.min(Number(second), 59), ms);
  // 31 June would roll over into July.
  if (h < 24 && new Date(utc).getUTCDate() !== d) return undefined;
  return inRange(utc - offsetMinutes(zone) * 60_000);
}

function offsetMinutes(zone: string): number {
  const start = zone.search(/[+-]/);
  if (start < 0) return 0;
  const sign = zone.charCodeAt(start) === 0x2d ? -1 : 1;
  const digits = zone.slice(start + 1).replace(/[^\d]/g, '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0));
}
