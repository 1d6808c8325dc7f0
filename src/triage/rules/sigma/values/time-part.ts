export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|z|UTC|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A part of a date as it is written, without any conversion of zones; undefined where the value has no such part.
 *
 * Numbers are seconds or milliseconds since 1970 in UTC. A date alone has a day but no hour. Weeks are those of
 * ISO 8601, 1 to 53.
 */
export function timePartOf(part: TimePart, value: unknown): number | undefined {
  if (typeof value === 'number') return partOfEpoch(part, value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const found = DATE.exec(value.trim());
  if (found === null) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  switch (part) {
    case 'year':
      return year;
    case 'month':
      return month;
    case 'day':
      return day;
    case 'week':
      return isoWeek(year, month, day);
    default: {
      if (found[4] === undefined) return undefined;
      const [hour, minute] = [Number(found[4]), Number(found[5])];
      if (hour > 23 || minute > 59) return undefined;
      return part === 'hour' ? hour : minute;
    }
  }
}

/** From this on a number of seconds would lie beyond the year 5000, so milliseconds are meant. */
const FIRST_MILLISECONDS = 1e11;

function partOfEpoch(part: TimePart, value: number): number | undefined {
  const date = new Date(Math.abs(value) < FIRST_MILLISECONDS ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) return undefined;
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

/** Week of ISO 8601: the one that holds the year's first Thursday is the first. */
function isoWeek(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  // the Thursday of the same week decides which year the week belongs to
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.ceil(((date.getTime() - start) / 86_400_000 + 1) / 7);
}
