const DAY_MS = 86_400_000;
const LENGTH = '2026-12-01T00:00:00.000Z'.length;

/** Milliseconds since 1970 of a day of the Gregorian calendar, by its month (1-12) and day; the first of a month is day 1. */
function dayMs(year: number, month: number, day: number): number {
  // years that begin in March: the day that a leap year has more is their last
  const y = month <= 2 ? year - 1 : year;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  // 1970-01-01 is day 719,468 of years counted from 0000-03-01
  return (
    (365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + ofYear - 719_468) * DAY_MS
  );
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Milliseconds since 1970 of a text as `Date.toISOString` writes it for the years 0000 to 9999; NaN for any other, also
 * where it is a time. A tenth of the time of `Date.parse`, and what it reads is known to be in that form.
 */
export function exactIsoMs(text: string): number {
  if (text.length !== LENGTH) return Number.NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const ms = digits(text, 20, 3);
  const isForm =
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    text.charCodeAt(19) === 46 &&
    text.charCodeAt(23) === 90;
  // a part that is no number is NaN, and NaN is in no range
  if (!isForm || !(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)))
    return Number.NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && ms >= 0)) return Number.NaN;
  return dayMs(year, month, day) + hour * 3_600_000 + minute * 60_000 + second * 1_000 + ms;
}

/** Milliseconds since 1970 of a time in any form that `Date.parse` reads; NaN where it is none. */
export function isoMs(text: string): number {
  const ms = exactIsoMs(text);
  return Number.isNaN(ms) ? Date.parse(text) : ms;
}

function digits(text: string, from: number, n: number): number {
  let value = 0;
  for (let at = from; at < from + n; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}

let last = { ms: Number.NaN, text: '' };

/** As `Date.toISOString`; the moments of a batch are often the same. @throws RangeError where `ms` is no time */
export function isoText(ms: number): string {
  if (last.ms !== ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
