import { isIP } from 'node:net';
import { type Cell, INVALID } from './log-row.ts';

/** A value as a file holds it: text of a table, or a scalar of a JSON record. */
export type Raw = string | number | boolean | undefined;

const MISSING: ReadonlySet<string> = new Set(['-', '(empty)', 'nan', 'null', '<none>', 'n/a', '<null>']);
const LONGEST_MISSING = 7;
const MAX_PORT = 65_535;
/** A name or path longer than this says nothing more. */
const MAX_TEXT = 4_096;

/** Trimmed text; undefined where a format's word for nothing stands. */
export function given(raw: Raw): string | undefined {
  if (raw === undefined) return undefined;
  const text = typeof raw === 'string' ? raw.trim() : String(raw);
  if (text === '') return undefined;
  return text.length <= LONGEST_MISSING && MISSING.has(text.toLowerCase()) ? undefined : text;
}

export function text(raw: Raw): Cell {
  const value = given(raw);
  return value !== undefined && value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
}

export const lower = (raw: Raw): Cell => given(raw)?.toLowerCase();

/** Text in lower case; missing also where one of `words` stands, in lower case. */
export const lowerBut =
  (...words: readonly string[]) =>
  (raw: Raw): Cell => {
    const value = given(raw)?.toLowerCase();
    return value !== undefined && words.includes(value) ? undefined : value;
  };

/** A number >= 0; less, or no number at all, cannot be true. */
export function amount(raw: Raw): Cell {
  const value = given(raw);
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : INVALID;
}

/** A whole number >= 0. */
export function count(raw: Raw): Cell {
  const value = amount(raw);
  return typeof value === 'number' && !Number.isInteger(value) ? INVALID : value;
}

export function port(raw: Raw): Cell {
  const value = count(raw);
  return typeof value === 'number' && value > MAX_PORT ? INVALID : value;
}

/** An HTTP status; 0 and -1 are how proxies write that there was no answer. */
export function status(raw: Raw): Cell {
  const value = given(raw);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number === 0 || number === -1) return undefined;
  return Number.isInteger(number) && number >= 100 && number <= 999 ? number : INVALID;
}

/** An IP address without its zone, IPv6 in lower case; anything else cannot be true. */
export function address(raw: Raw): Cell {
  const value = given(raw);
  if (value === undefined) return undefined;
  const [bare = ''] = value.split('%');
  if (isIP(bare) === 0) return INVALID;
  return bare.includes(':') ? bare.toLowerCase() : bare;
}

/** First of addresses that stand beside each other, as those of nested packets do. */
export const firstAddress = (raw: Raw): Cell => address(given(raw)?.split(',')[0]);

/** ms of a duration in a unit of so many ms, to the nanosecond. */
export const duration =
  (unitMs: number) =>
  (raw: Raw): Cell => {
    const value = amount(raw);
    return typeof value === 'number' ? roundMs(value, unitMs) : value;
  };

export const seconds = duration(1_000);
export const milliseconds = duration(1);
export const microseconds = duration(1e-3);
export const nanoseconds = duration(1e-6);

/** Without the last digit's noise: 0.411512 s are 411.512 ms. */
function roundMs(value: number, unitMs: number): number {
  return Math.round(value * unitMs * 1e6) / 1e6;
}

/** ms between two times in ms, to the microsecond; undefined where one is missing, impossible where it ends first. */
export function between(startMs: Cell, endMs: Cell): Cell {
  if (typeof startMs !== 'number' || typeof endMs !== 'number') return undefined;
  return endMs < startMs ? INVALID : Math.round((endMs - startMs) * 1e3) / 1e3;
}

/** Protocol numbers of the Internet (IANA) that flows carry. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  '0': 'hopopt',
  '1': 'icmp',
  '2': 'igmp',
  '4': 'ipv4',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '46': 'rsvp',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'ipv6-icmp',
  '88': 'eigrp',
  '89': 'ospf',
  '103': 'pim',
  '112': 'vrrp',
  '132': 'sctp',
  '136': 'udplite',
};
const TRANSPORT_NAMES: Readonly<Record<string, string>> = {
  icmp6: 'ipv6-icmp',
  icmpv6: 'ipv6-icmp',
  t: 'tcp',
  u: 'udp',
};

/** Name of a transport from its name or number; a number without a name stays one. */
export function transport(raw: Raw): Cell {
  const value = given(raw)?.toLowerCase();
  if (value === undefined) return undefined;
  const whole = value.endsWith('.0') ? value.slice(0, -2) : value;
  return TRANSPORTS[whole] ?? TRANSPORT_NAMES[whole] ?? whole;
}

/** Whether ports mean nothing there: type and code are written in their place. */
export const hasNoPorts = (name: Cell): boolean => name === 'icmp' || name === 'ipv6-icmp';

/** The first part of a set, in lower case: Zeek names every service it saw. */
export const firstOfSet = (raw: Raw): Cell => given(raw)?.split(/[,;|]/)[0]?.toLowerCase();

/** Digits up to which a whole number is surely kept by a double. */
const KEPT_DIGITS = 15;

/**
 * A value of an own column: a number where it is one; what is infinite cannot be true. Whole numbers beyond 2^53 are ids
 * and stay texts, so that two of them stay two.
 */
export function own(raw: Raw): Cell {
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  const value = given(raw);
  if (value === undefined) return undefined;
  const first = value.charCodeAt(0);
  // digits, sign and point begin a number, and the words of infinity
  if ((first >= 48 && first <= 57) || first === 45 || first === 46 || first === 43) {
    const number = Number(value);
    const isId = value.length > KEPT_DIGITS && /^\d+$/.test(value) && !Number.isSafeInteger(number);
    if (!Number.isNaN(number) && !isId) return Number.isFinite(number) ? number : INVALID;
  }
  if (/^[+-]?inf(inity)?$/i.test(value)) return INVALID;
  return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
}
