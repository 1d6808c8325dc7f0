import { numericOf } from './numeric.ts';

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,12}))?\s*(Z|z|UTC|[+-]\d{2}:?\d{2})?$/;

/** From this on a number counts milliseconds, then microseconds, then nanoseconds: seconds would lie beyond 5100. */
const FIRST_MILLISECONDS = 1e11;

/**
 * Milliseconds since 1970 of an event's time, to a quarter of a microsecond; undefined for a value that is no time.
 *
 * Takes ISO 8601 with or without a zone (without one: UTC) and numbers since 1970, as numbers or text, in seconds,
 * milliseconds, microseconds or nanoseconds by their size.
 */
export function eventTimeMs(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return epochMs(Number(value));
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  const found = TIME.exec(text);
  if (found === null) {
    const number = numericOf(text);
    return number === undefined ? undefined : epochMs(Number(number));
  }
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined;
  const whole = Date.UTC(year, month - 1, day, hour, minute, second);
  const fractionMs = found[7] === undefined ? 0 : Number(`0.${found[7]}`) * 1000;
  return whole + fractionMs - zoneMs(found[8]);
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function epochMs(number: number): number | undefined {
  if (!Number.isFinite(number)) return undefined;
  const size = Math.abs(number);
  if (size < FIRST_MILLISECONDS) return number * 1000;
  if (size < FIRST_MILLISECONDS * 1e3) return number;
  return size < FIRST_MILLISECONDS * 1e6 ? number / 1e3 : number / 1e6;
}
