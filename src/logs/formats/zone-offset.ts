import { AlertforestError } from '../../errors.ts';

/** ms to take from a local time, written as ms of UTC, to get the real one. */
export type ZoneOffset = (localMs: number) => number;

const HOUR_MS = 3_600_000;
/** Hours kept: a year of them, and a file that jumps about must not fill the memory. */
const MAX_HOURS = 10_000;

/**
 * Offset of a zone by its IANA name or as `+01:00`. In the hour that a clock shows twice the earlier one is meant, the
 * hour that it leaves out is read as if it had not.
 *
 * @throws AlertforestError REQUEST_INVALID where the zone is not known
 */
export function zoneOffset(zone: string): ZoneOffset {
  if (/^(utc|gmt|z)$/i.test(zone)) return () => 0;
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed !== null) {
    const ms = (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
    return () => (fixed[1] === '-' ? -ms : ms);
  }
  const format = formatOf(zone);
  const known = new Map<number, number>();
  const offsetAt = (utcMs: number): number => {
    const parts = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const shown = Date.UTC(
      Number(parts['year']),
      Number(parts['month']) - 1,
      Number(parts['day']),
      Number(parts['hour']),
      Number(parts['minute']),
      Number(parts['second']),
    );
    return shown - Math.floor(utcMs / 1000) * 1000;
  };
  return (localMs) => {
    const hour = Math.floor(localMs / HOUR_MS);
    const cached = known.get(hour);
    if (cached !== undefined) return cached;
    const startMs = hour * HOUR_MS;
    // the offset a day before is that of the earlier side of a turn
    const before = offsetAt(startMs - 24 * HOUR_MS);
    const offset = offsetAt(startMs - before) === before ? before : offsetAt(startMs - offsetAt(startMs));
    if (known.size >= MAX_HOURS) known.clear();
    known.set(hour, offset);
    return offset;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected --timezone to be a zone such as Europe/Berlin or +01:00, got ${zone}.`,
      { cause },
    );
  }
}
