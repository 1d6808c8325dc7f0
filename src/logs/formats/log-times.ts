import { AlertforestError } from '../../errors.ts';
import { given, type Raw } from './cells.ts';
import { type Cell, INVALID } from './log-row.ts';
import { monthOf } from './month-names.ts';
import { type ZoneOffset, zoneOffset } from './zone-offset.ts';

export interface TimeOptions {
  /** Zone of times that state none: IANA name or offset. @default UTC */
  readonly timezone?: string;
  /** Year of times that state none. */
  readonly year?: number;
  /** Date of times that state none, `YYYY-MM-DD`. */
  readonly date?: string;
  /** Dates in numbers have the month before the day, as the United States write them. @default false */
  readonly isMonthFirst?: boolean;
}

/** Whether a text holds a date in numbers that can only have the month first, and none that cannot. */
export function showsMonthFirst(text: string): boolean {
  return (
    /(?<!\d)(0?[1-9]|1[0-2])\/(1[3-9]|2\d|3[01])\/\d{4},? \d/.test(text) &&
    !/(?<!\d)(1[3-9]|2\d|3[01])\/\d{1,2}\/\d{4},? \d/.test(text)
  );
}

const DAY_MS = 86_400_000;
/** A year in which the months run backwards by more than this has turned. */
const TURN_MONTHS = 6;

/**
 * Reads the times of one file and remembers what they leave open: the zone, the year, the date. Times come out in ms
 * since 1970 with their fractions; their digits are read as written, so that none is lost in a double.
 */
export class LogTimes {
  readonly #options: TimeOptions;
  readonly #name: string;
  readonly #offset: ZoneOffset;
  #isZoneOpen = false;
  #isZoneStated = false;
  #isYearOpen = false;
  #turns = 0;
  #lastMonth = -1;
  #lastOfDayMs = -1;
  #daysOn = 0;

  /** @throws AlertforestError REQUEST_INVALID for a zone, year or date that is none */
  constructor(name: string, options: TimeOptions = {}) {
    this.#name = name;
    this.#options = options;
    this.#offset = zoneOffset(options.timezone ?? 'UTC');
  }

  /** What to say about the zone of these times; undefined where there are none. */
  get zoneWords(): string | undefined {
    if (this.#isZoneOpen) {
      const { timezone } = this.#options;
      return timezone === undefined
        ? 'none stated: read as UTC; --timezone names another'
        : `none stated: read as ${timezone} (--timezone)`;
    }
    return this.#isZoneStated ? 'stated with each time' : undefined;
  }

  /** Whether a time was read that states no year. */
  get isYearOpen(): boolean {
    return this.#isYearOpen;
  }

  /** Epoch in a unit of so many a second, digits as written. */
  epoch(raw: Raw, perSecond = 1): Cell {
    const value = given(raw);
    if (value === undefined) return undefined;
    const ms = epochMs(value, perSecond);
    if (ms === undefined) return INVALID;
    this.#isZoneStated = true;
    return ms;
  }

  /** Epoch whose unit its digits tell: 10 are seconds, 13 ms, 16 µs, 19 ns. */
  epochByDigits(raw: Raw): Cell {
    const value = given(raw);
    if (value === undefined) return undefined;
    const point = value.indexOf('.');
    const nDigits = point === -1 ? value.length : point;
    const perSecond = nDigits > 17 ? 1e9 : nDigits > 14 ? 1e6 : nDigits > 11 ? 1e3 : 1;
    return this.epoch(value, perSecond);
  }

  /**
   * Year first, as ISO 8601 and its looser kin write it: `2026-03-02T00:00:14.95Z`, `2026/03/02 00:00:14 +0100`; also
   * an epoch, and a time of day alone with `--date`.
   */
  any(raw: Raw): Cell {
    const value = given(raw);
    if (value === undefined) return undefined;
    if (beginsWithYear(value)) return this.#yearFirst(value);
    if (/^\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/.test(value)) return this.#timeOfDay(value);
    if (/^\d{9,20}(\.\d{1,12})?$/.test(value)) return this.epochByDigits(value);
    if (/^\d{1,2}([/.])\d{1,2}\1\d{4},? /.test(value)) return this.#numbered(value);
    if (/^\p{L}{3,5}\.? [ \d]\d \d/u.test(value)) return this.syslog(value);
    if (/^\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:/.test(value)) return this.bracketed(value);
    return this.#worded(value);
  }

  /** `29/Nov/2026:18:40:15 +0100`, the zone being optional, as web servers and proxies write between brackets. */
  bracketed(raw: Raw): Cell {
    const match =
      /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?: ?([+-]\d{4}))?$/.exec(
        given(raw) ?? '',
      );
    if (match === null) return given(raw) === undefined ? undefined : INVALID;
    const [, day, name = '', year, clock = '', zone] = match;
    const month = monthOf(name);
    if (month === undefined) return INVALID;
    return this.#at(Number(year), month, Number(day), clockMs(clock), zone);
  }

  /** `Mar  2 08:14:07`, which leaves the year open, `Mar 02 2026 08:14:07`, or ISO 8601. */
  syslog(raw: Raw): Cell {
    const value = given(raw);
    if (value === undefined) return undefined;
    if (isDigit(value, 0)) return this.any(value);
    const match = /^(\p{L}{3,5}\.?) {1,2}(\d{1,2})(?: (\d{4}))? (\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/u.exec(
      value,
    );
    if (match === null) return INVALID;
    const [, name = '', day, stated, clock = ''] = match;
    const month = monthOf(name);
    if (month === undefined) return INVALID;
    const year = stated === undefined ? this.#openYear(month) : Number(stated);
    return this.#at(year, month, Number(day), clockMs(clock), undefined);
  }

  /**
   * `14/02/2018 1:31:01`, day first. Some exports drop AM and PM: hours before `afternoonUntil` then are of the
   * afternoon. @param afternoonUntil @default 0: no hour is
   */
  dayFirst(raw: Raw, afternoonUntil = 0): Cell {
    const value = given(raw);
    if (value === undefined) return undefined;
    const match =
      /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}),? (\d{1,2})(:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?: ?([AP])M)?$/i.exec(
        value,
      );
    if (match === null) return this.any(isDigit(value, 3) ? value : '');
    const [, day, month, year, hourText, rest = '', half] = match;
    let hour = Number(hourText);
    if (half !== undefined) hour = (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
    else if (hour > 0 && hour < afternoonUntil) hour += 12;
    return this.#at(Number(year), Number(month) - 1, Number(day), clockMs(`${hour}${rest}`), undefined);
  }

  /** Day first, but where a date of the file can only be month first. */
  #numbered(value: string): Cell {
    if (!this.#options.isMonthFirst) return this.dayFirst(value);
    return this.dayFirst(value.replace(/^(\d{1,2})([/.])(\d{1,2})/, '$3$2$1'));
  }

  /** A date and a time of day that stand in two fields; UTC where `isUtc`, else in the given zone or an open one. */
  split(date: Raw, time: Raw, zone?: string): Cell {
    const day = given(date);
    const clock = given(time);
    if (day === undefined || clock === undefined) return undefined;
    return this.any(`${day}T${clock}${zone ?? ''}`);
  }

  #yearFirst(value: string): Cell {
    const match =
      /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]{1,2}(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,12})?)?))?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/i.exec(
        value,
      );
    if (match === null) return INVALID;
    const [, year, month, day, clock = '00:00', zone] = match;
    return this.#at(Number(year), Number(month) - 1, Number(day), clockMs(clock), zone);
  }

  /** `Mar  2, 2026 00:00:14.950000000 UTC`, as packet tools write. */
  #worded(value: string): Cell {
    const match =
      /^([A-Za-z]{3}) {1,2}(\d{1,2}), (\d{4}) (\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?: ([A-Za-z/_]{1,40}))?$/.exec(
        value,
      );
    if (match === null) return INVALID;
    const [, name = '', day, year, clock = '', zone] = match;
    const month = monthOf(name);
    const isUtc = zone !== undefined && /^(utc|gmt)$/i.test(zone);
    return month === undefined
      ? INVALID
      : this.#at(Number(year), month, Number(day), clockMs(clock), isUtc ? 'Z' : undefined);
  }

  #timeOfDay(value: string): Cell {
    const { date } = this.#options;
    if (date === undefined) {
      throw new AlertforestError(
        'REQUEST_INVALID',
        `The times of ${this.#name} have no date, such as ${value}: name it with --date YYYY-MM-DD.`,
      );
    }
    const ofDayMs = clockMs(value);
    if (ofDayMs === undefined) return INVALID;
    if (this.#lastOfDayMs - ofDayMs > DAY_MS / 2) this.#daysOn++;
    this.#lastOfDayMs = ofDayMs;
    const [year, month, day] = date.split('-').map(Number) as [number, number, number];
    return this.#at(year, month - 1, day + this.#daysOn, ofDayMs, undefined);
  }

  #openYear(month: number): number {
    const { year } = this.#options;
    if (year === undefined) {
      throw new AlertforestError(
        'REQUEST_INVALID',
        `The times of ${this.#name} have no year: name that of the first line with --year YYYY.`,
      );
    }
    this.#isYearOpen = true;
    if (this.#lastMonth - month > TURN_MONTHS) this.#turns++;
    if (month - this.#lastMonth <= TURN_MONTHS || this.#lastMonth < 0) this.#lastMonth = month;
    return year + this.#turns;
  }

  #at(year: number, month: number, day: number, ofDayMs: number | undefined, zone: string | undefined): Cell {
    if (ofDayMs === undefined || month < 0 || month > 11 || day < 1 || day > 62) return INVALID;
    const local = Date.UTC(year, month, day);
    if (Number.isNaN(local)) return INVALID;
    if (zone === undefined) {
      this.#isZoneOpen = true;
      return local + ofDayMs - this.#offset(local + ofDayMs);
    }
    this.#isZoneStated = true;
    return local + ofDayMs - statedOffsetMs(zone);
  }
}

/** Four digits, and then neither a fifth nor a fraction. */
function beginsWithYear(value: string): boolean {
  for (let at = 0; at < 4; at++) if (!isDigit(value, at)) return false;
  return !isDigit(value, 4) && value[4] !== '.';
}

function isDigit(value: string, at: number): boolean {
  const code = value.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** ms of a number of units since 1970, out of its digits. */
function epochMs(value: string, perSecond: number): number | undefined {
  if (!/^\d{1,20}(\.\d{1,12})?$/.test(value)) {
    const number = Number(value);
    return Number.isFinite(number) && number >= 0 ? (number / perSecond) * 1000 : undefined;
  }
  const point = value.indexOf('.');
  const whole = point === -1 ? value : value.slice(0, point);
  const fraction = point === -1 ? '' : value.slice(point + 1);
  // shift the decimal point until the unit is a ms
  const shift = perSecond === 1 ? 3 : perSecond === 1e3 ? 0 : perSecond === 1e6 ? -3 : -6;
  const digits = `${whole}${fraction}`;
  const at = whole.length + shift;
  const ms = at <= 0 ? '0' : digits.padEnd(at, '0').slice(0, at);
  const micros = `${at < 0 ? '0'.repeat(-at) : ''}${digits.slice(Math.max(0, at))}`
    .slice(0, 3)
    .padEnd(3, '0');
  return Number(ms) + Number(micros) / 1000;
}

/** ms into the day of `H:MM[:SS[.fraction]]`; undefined where no clock shows it. */
function clockMs(clock: string): number | undefined {
  const [hour = '', minute = '', second = '0'] = clock.split(':');
  const [whole = '', fraction = ''] = second.split(/[.,]/);
  const h = Number(hour);
  const m = Number(minute);
  const s = Number(whole);
  if (!(h <= 24 && m < 60 && s <= 60)) return undefined;
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  return ((h * 60 + m) * 60 + s) * 1000 + micros / 1000;
}

function statedOffsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone[0] === '-' ? -minutes : minutes) * 60_000;
}
