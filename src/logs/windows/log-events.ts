import type { LogTable } from './log-table.ts';

/** What the windows ask of rows, (n,) each. Entities are numbers: names and addresses are told apart and no more. */
export interface LogEvents {
  readonly n: number;
  /** ms since 1970. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** -1 where a row names none. */
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly user: Int32Array;
  /** NaN where there is none. */
  readonly port: Float64Array;
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
  readonly packetsOut: Float64Array;
  readonly packetsIn: Float64Array;
  /** 1 failed, 0 not. */
  readonly failed: Uint8Array;
  /** 1 a login that failed; in flows, which say nothing of logins, a short answered connection to where one logs in. */
  readonly failedLogin: Uint8Array;
}

/** Packets within which a reset is a refusal. */
const REFUSED_WITHIN = 3;
const FAILED_STATES = new Set([
  's0',
  'rej',
  'rstos0',
  'rstrh',
  'sh',
  'shr',
  'new',
  'req',
  'int',
  'd',
  'syn timeout',
]);
const FAILED_ACTIONS = new Set(['deny', 'reject', 'drop', 'block', 'blocked', 'denied']);
const LEAST_ERROR = 400;

/** @param timeIs whether the time of a row is its start or its end */
export function eventsOf(table: LogTable, timeIs: 'start' | 'end'): LogEvents {
  const { n } = table;
  const duration = table.numbers('duration_ms');
  const start = new Float64Array(n);
  const end = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const ms = Number.isNaN(duration[i]) ? 0 : (duration[i] as number);
    const at = table.time[i] as number;
    start[i] = timeIs === 'start' ? at : at - ms;
    end[i] = timeIs === 'start' ? at + ms : at;
  }
  const failed = failures(table);
  return {
    n,
    start,
    end,
    source: entity(table, ['source.ip', 'source.address']),
    target: entity(table, ['destination.ip', 'destination.address', 'host.name', 'event.provider']),
    user: entity(table, ['user.name']),
    port: table.numbers('destination.port'),
    bytesOut: table.numbers('source.bytes'),
    bytesIn: table.numbers('destination.bytes'),
    packetsOut: table.numbers('source.packets'),
    packetsIn: table.numbers('destination.packets'),
    failed,
    failedLogin: failedLogins(table, failed),
  };
}

/** Numbers of the first name a row has; different columns give different numbers. */
function entity(table: LogTable, columns: readonly string[]): Int32Array {
  const out = new Int32Array(table.n).fill(-1);
  let from = 0;
  for (const column of columns) {
    const codes = table.codes(column);
    for (let i = 0; i < table.n; i++)
      if (out[i] === -1 && (codes[i] as number) >= 0) out[i] = from + (codes[i] as number);
    from += table.words(column).length;
  }
  return out;
}

/** Unanswered, reset at once, denied, or said to have failed. */
function failures(table: LogTable): Uint8Array {
  const { n } = table;
  const failed = new Uint8Array(n);
  const packetsIn = table.numbers('destination.packets');
  const packetsOut = table.numbers('source.packets');
  const resets = ['src2dst_rst_packets', 'dst2src_rst_packets'].map((column) => table.numbers(column));
  const status = table.numbers('http.response.status_code');
  const states = flags(table, 'connection.state', FAILED_STATES);
  const actions = flags(table, 'event.action', FAILED_ACTIONS);
  const outcomes = flags(table, 'event.outcome', new Set(['failure']));
  for (let i = 0; i < n; i++) {
    const nResets = resets.reduce((sum, one) => sum + (one[i] || 0), 0);
    const nPackets = (packetsIn[i] as number) + (packetsOut[i] as number);
    const isRefused = nResets > 0 && nPackets <= REFUSED_WITHIN;
    const isFailed =
      packetsIn[i] === 0 ||
      isRefused ||
      (status[i] as number) >= LEAST_ERROR ||
      states(i) ||
      actions(i) ||
      outcomes(i);
    failed[i] = isFailed ? 1 : 0;
  }
  return failed;
}

/** Ports of SSH, Telnet, FTP, VNC, remote desktop and remote PowerShell. */
const LOGIN_PORTS = new Set([21, 22, 23, 3389, 5900, 5985, 5986]);
/** A session of somebody who got in is longer. */
const SHORT_MS = 6_000;
const UNAUTHORIZED = 401;
/** Actions that are logins: words, and the event ids of Windows. */
const LOGIN_ACTION = /log-?(on|in)|auth|^(4625|4771|4776)$/i;

function failedLogins(table: LogTable, failed: Uint8Array): Uint8Array {
  const { n } = table;
  const out = new Uint8Array(n);
  const port = table.numbers('destination.port');
  const duration = table.numbers('duration_ms');
  const packetsIn = table.numbers('destination.packets');
  const status = table.numbers('http.response.status_code');
  const outcomes = flags(table, 'event.outcome', new Set(['failure']));
  const actions = table.codes('event.action');
  const isLogin = table.words('event.action').map((word) => LOGIN_ACTION.test(word));
  for (let i = 0; i < n; i++) {
    const hasFailed = outcomes(i) && (actions[i] === -1 || isLogin[actions[i] as number] === true);
    const isShort = LOGIN_PORTS.has(port[i] as number) && (duration[i] as number) < SHORT_MS;
    const isTried = isShort && failed[i] === 0 && (packetsIn[i] as number) > REFUSED_WITHIN;
    out[i] = hasFailed || isTried || status[i] === UNAUTHORIZED ? 1 : 0;
  }
  return out;
}

function flags(table: LogTable, column: string, words: ReadonlySet<string>): (i: number) => boolean {
  const codes = table.codes(column);
  const hits = table.words(column).map((word) => words.has(word.toLowerCase()));
  return (i) => hits[codes[i] as number] === true;
}

/** Rows in the order of their starts; rows that begin together stand in no order that a feature could see. */
export function byStart({ n, start, end }: LogEvents): Int32Array {
  return timed(n, start).sort(
    (a, b) => (start[a] as number) - (start[b] as number) || (end[a] as number) - (end[b] as number) || a - b,
  );
}

/** Rows in the order of their ends, in which they enter the windows: of equal ends by what they are, not by their line. */
export function byEnd(events: LogEvents): Int32Array {
  const { n, start, end, port, bytesOut, bytesIn } = events;
  const number = (value: number | undefined): number => (Number.isNaN(value) ? -1 : (value as number));
  return timed(n, start).sort(
    (a, b) =>
      (end[a] as number) - (end[b] as number) ||
      (start[a] as number) - (start[b] as number) ||
      number(port[a]) - number(port[b]) ||
      number(bytesOut[a]) - number(bytesOut[b]) ||
      number(bytesIn[a]) - number(bytesIn[b]) ||
      a - b,
  );
}

/** Rows that have a time. */
const timed = (n: number, start: Float64Array): Int32Array =>
  Int32Array.from({ length: n }, (_, i) => i).filter((i) => !Number.isNaN(start[i]));
