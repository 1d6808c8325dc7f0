import { momentMs } from '../values/moment.ts';

/** How a column writes its days: 03/04/2026 is the fourth of March in one and the third of April in the other. */
export type DateOrder = 'day' | 'month';

const NUMERIC =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]\.?M\.?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
// Nov 20, 2026 @ 09:40:12.345 (Kibana), 20/Nov/26 9:40 AM (Jira).
const KIBANA = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/;
const NAMED =
  /^(\d{1,2})[/ -]([A-Z][a-z]{2})[a-z]*[/ -](\d{4}|\d{2})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?)?$/i;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** What a cell shows about the order of day and month; undefined where it is no such date or fits both. */
export function orderShown(cell: string): DateOrder | undefined {
  const match = NUMERIC.exec(cell);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (first > 12 && second <= 12) return 'day';
  return second > 12 && first <= 12 ? 'month' : undefined;
}

/** Whether a cell is a date in digits whose day or month comes first. */
export function isNumericDate(cell: string): boolean {
  return NUMERIC.test(cell);
}

/** A table's time in ISO 8601, or undefined where it is none that needs rewriting or does not fit the order. */
export function isoOfCell(cell: string, order: DateOrder): string | undefined {
  if (cell.length > 64 || cell.length < 6) return undefined;
  const kibana = KIBANA.exec(cell);
  if (kibana) return iso(kibana[3], monthOf(kibana[1]), kibana[2], `T${kibana[4]}Z`);
  const named = NAMED.exec(cell);
  if (named) {
    const [, day, month, year, hour, minute, second, half] = named;
    return iso(fullYear(year), monthOf(month), day, time(hour, minute, second, undefined, half, 'Z'));
  }
  const match = NUMERIC.exec(cell);
  if (match === null) return undefined;
  const [, first, , second, year, hour, minute, seconds, fraction, half, zone] = match;
  const [day, month] = order === 'day' ? [first, second] : [second, first];
  if (Number(month) > 12 || Number(day) > 31) return undefined;
  return iso(fullYear(year), Number(month), day, time(hour, minute, seconds, fraction, half, zone ?? 'Z'));
}

function iso(
  year: string | undefined,
  month: number | undefined,
  day: string | undefined,
  rest: string,
): string | undefined {
  if (month === undefined) return undefined;
  const text = `${year}-${String(month).padStart(2, '0')}-${(day ?? '').padStart(2, '0')}${rest}`;
  return momentMs(text) === undefined ? undefined : text;
}

function time(
  hour = '0',
  minute = '0',
  second = '0',
  fraction: string | undefined,
  half: string | undefined,
  zone: string,
): string {
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0);
  const clock = [hours, Number(minute), Number(second)]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `T${clock}${fraction === undefined ? '' : `.${fraction}`}${/^(UTC|GMT)$/i.test(zone) ? 'Z' : zone}`;
}

function fullYear(year: string | undefined): string | undefined {
  return year?.length === 2 ? `20${year}` : year;
}

function monthOf(name: string | undefined): number | undefined {
  const at = MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase());
  return at < 0 ? undefined : at + 1;
}
