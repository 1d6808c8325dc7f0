import { behindStructure } from '../../intake/lines/syslog-header.ts';

/** A line of a system log cut into its parts. */
export interface SyslogLine {
  /** As written. */
  readonly time: string;
  readonly host: string | undefined;
  /** Name of the program without its number. */
  readonly program: string;
  readonly message: string;
}

const TIME =
  /^(?:<\d{1,3}>)?(?:1 )?(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?|\p{L}{3,5}\.? {1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) /u;
const HEADER = /^(?:<\d{1,3}>)?/;

/** Parts of `TIME HOST PROGRAM[PID]: MESSAGE`, traditional or ISO 8601, and of RFC 5424; undefined for other lines. */
export function syslogLine(line: string): SyslogLine | undefined {
  const match = TIME.exec(line.slice(0, 80));
  if (match === null) return undefined;
  const time = match[1] as string;
  const rest = line.slice(match[0].length);
  if (/^(?:<\d{1,3}>)1 /.test(line)) return rfc5424(time, rest);
  const host = /^\S{1,255}/.exec(rest.slice(0, 256))?.[0] ?? '';
  const body = rest.slice(host.length + 1);
  const tag = /^([^\s[:]{1,128})(?:\[(\d{1,10})\])?: ?/.exec(body.slice(0, 160));
  if (tag === null) return { time, host, program: '', message: body };
  return { time, host, program: tag[1] as string, message: body.slice(tag[0].length) };
}

function rfc5424(time: string, rest: string): SyslogLine | undefined {
  const parts = /^(\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (?=- |-$|\[)/.exec(rest.slice(0, 512));
  if (parts === null) return undefined;
  return {
    time,
    host: parts[1],
    program: parts[2] as string,
    message: rest.slice(behindStructure(rest, parts[0].length)),
  };
}

/** The line without the priority that a sender over the network puts before it. */
export const withoutPriority = (line: string): string => line.slice(HEADER.exec(line)?.[0].length ?? 0);
