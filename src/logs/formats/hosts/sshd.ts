import { isUtf8 } from 'node:buffer';
import { address, given, port } from '../cells.ts';
import { putHost } from '../fields.ts';
import type { JsonFormat, JsonObject, LineFormat, RowSink } from '../log-format.ts';
import { type LogRow, newRow, put, TIME } from '../log-row.ts';
import { syslogLine } from '../syslog-line.ts';

const isSshd = (program: string): boolean =>
  program === 'sshd' || program === 'sshd-session' || program.endsWith('/sshd') || program === 'sshd-auth';

const REPEATED = /^message repeated (\d{1,9}) times: \[ ?(.*)\]$/;
const ATTEMPT = /^(Failed|Accepted) (\S{1,64}) for /;
const ORIGIN = /^ from (\S{1,255}) port (\d{1,5})(?: ssh2?)?(?:: |$)/;
const NO_USER = 'invalid user ';
/** A message of a name that somebody sent is no longer than this. */
const MAX_MESSAGE = 2_048;

interface Attempts {
  readonly row: LogRow;
  readonly n: number;
}

/** The attempts that a message tells of; undefined where it tells of none. */
function attemptsOf(message: string): Attempts | undefined {
  const repeated = REPEATED.exec(message.slice(0, MAX_MESSAGE));
  const said = repeated === null ? message : (repeated[2] as string);
  const attempt = ATTEMPT.exec(said);
  if (attempt === null) return undefined;
  const { at, origin } = originOf(said);
  if (origin === null) return undefined;
  const row = newRow();
  const name = said.slice(attempt[0].length, at);
  const isUnknown = name.startsWith(NO_USER);
  put(row, 'event.outcome', attempt[1] === 'Accepted' ? 'success' : 'failure');
  put(row, 'user.name', given(isUnknown ? name.slice(NO_USER.length) : name));
  putHost(row, 'source', address(origin[1]), origin[1]);
  put(row, 'source.port', port(origin[2]));
  row.values['auth.method'] = attempt[2] as string;
  row.values['auth.invalid_user'] = isUnknown ? 1 : 0;
  return { row, n: repeated === null ? 1 : Number(repeated[1]) };
}

/** Places at which an origin is looked for. */
const MAX_TRIED = 8;

/** The last ` from ADDRESS port N`: the user name before it is the sender's own text, what comes after is a key. */
function originOf(said: string): { at: number; origin: RegExpExecArray | null } {
  let at = said.length;
  for (let i = 0; i < MAX_TRIED; i++) {
    at = said.lastIndexOf(' from ', at - 1);
    if (at <= 0) break;
    const origin = ORIGIN.exec(said.slice(at, at + 400));
    if (origin !== null) return { at, origin };
  }
  return { at: 0, origin: null };
}

/** Repeats folded into one line; more are no repeats but an attack on the reader. */
const MAX_REPEATS = 100_000;

function emit({ row, n }: Attempts, sink: RowSink): void {
  row.key = JSON.stringify([row.time, row.values]);
  for (let i = 0; i < Math.min(n, MAX_REPEATS); i++)
    sink.row({ ...row, values: { ...row.values }, invalid: [...row.invalid] });
}

export const sshd: LineFormat = {
  name: 'sshd',
  title: 'OpenSSH server log, one login attempt a row',
  shape: 'lines',
  recognise: ({ lines }) =>
    lines.some((line) =>
      /\bsshd(-session|-auth)?(\[\d{1,10}\]: | \d{1,10} \S{1,32} [-[])/.test(line.slice(0, 400)),
    )
      ? 'lines of sshd'
      : undefined,
  reader: (times) => (line, sink) => {
    const parts = syslogLine(line);
    if (parts === undefined) return sink.skip('no time, host and program');
    const attempts = isSshd(parts.program) ? attemptsOf(parts.message) : undefined;
    if (attempts === undefined) return sink.other();
    put(attempts.row, TIME, times.syslog(parts.time));
    put(attempts.row, 'host.name', given(parts.host));
    emit(attempts, sink);
  },
};

/** A message that is not UTF-8 is a list of its bytes; a field that came twice is a list. */
function messageOf({ MESSAGE: message }: JsonObject): string {
  if (typeof message === 'string') return message;
  if (!Array.isArray(message)) return '';
  if (typeof message[0] !== 'number') return String(message[0]);
  const bytes = Buffer.from(message as number[]);
  return isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('windows-1252').decode(bytes);
}

export const journal: JsonFormat = {
  name: 'journal-sshd',
  title: 'OpenSSH server in the systemd journal (journalctl -o json)',
  shape: 'json',
  leaks: ['__CURSOR', '__MONOTONIC_TIMESTAMP', '__SEQNUM'],
  recognise: ({ records }) =>
    records.some((record) => '__REALTIME_TIMESTAMP' in record && 'MESSAGE' in record)
      ? 'records have __REALTIME_TIMESTAMP and MESSAGE'
      : undefined,
  reader: (times) => (record, sink) => {
    const program = record['SYSLOG_IDENTIFIER'] ?? record['_COMM'];
    const attempts = isSshd(String(Array.isArray(program) ? program[0] : program))
      ? attemptsOf(messageOf(record))
      : undefined;
    if (attempts === undefined) return sink.other(record);
    const { __REALTIME_TIMESTAMP: at, _HOSTNAME: host } = record;
    put(attempts.row, TIME, times.epoch(String(Array.isArray(at) ? at[0] : at), 1e6));
    put(attempts.row, 'host.name', given(String(host ?? '')));
    emit(attempts, sink);
  },
};
