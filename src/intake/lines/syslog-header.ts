/** What a log line says before its message, and the message. */
export interface LogLine {
  /** As a text that `momentOf` reads; absent where the header has no year. */
  readonly time?: string;
  readonly host?: string;
  readonly program?: string;
  /** 0 emergency to 7 debug; absent without a priority. */
  readonly severity?: number;
  readonly message: string;
}

const PRIORITY = /^<(\d{1,3})>\s{0,2}/;
const RFC_5424 = /^1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) \S{1,64} (?=- |-$|\[)/;
// Each of them with what stands for year, month, day and clock.
const MONTH_DAY =
  /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?: (\d{4}))?:?(?: |$)/;
const WEEKDAY = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) /;
const ISO = /^(\d{4}[-/:]\d\d[-/:]\d\d)[T -](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?:? /;
const TAG = /^([A-Za-z_][\w./-]{0,63})(?:\[\d{1,10}\]|\(\w{1,32}\))?: {0,8}/;
const HOST = /^([\w.:-]{1,255}) {1,2}/;

/**
 * The header of a log line: RFC 5424, the form of BSD with or without host, a mere time. Structured data is passed over.
 * Undefined where there is no header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3164
 */
export function logLine(line: string): LogLine | undefined {
  const priority = PRIORITY.exec(line);
  const severity = priority === null ? {} : { severity: Number(priority[1]) & 7 };
  const text = line.slice(priority?.[0].length ?? 0);
  const modern = RFC_5424.exec(text.slice(0, 1024));
  if (modern !== null) {
    const [head, time = '', host = '', program = ''] = modern;
    return {
      ...severity,
      time,
      ...(host === '-' ? {} : { host }),
      ...(program === '-' ? {} : { program }),
      message: text.slice(behindStructure(text, head.length)),
    };
  }
  const stamp = stampOf(text.slice(0, 128));
  if (stamp === undefined) return undefined;
  const time = stamp.time === undefined ? {} : { time: stamp.time };
  const rest = text.slice(stamp.length);
  const tag = TAG.exec(rest);
  if (tag !== null)
    return { ...severity, ...time, program: tag[1] as string, message: rest.slice(tag[0].length) };
  const host = HOST.exec(rest);
  // Only where a syslog header goes on is the word behind the time a host.
  if (host === null) return { ...severity, ...time, message: rest };
  const behind = rest.slice(host[0].length);
  const own = TAG.exec(behind);
  return {
    ...severity,
    ...time,
    host: host[1] as string,
    ...(own === null ? {} : { program: own[1] as string }),
    message: own === null ? behind : behind.slice(own[0].length),
  };
}

/**
 * Where the message begins behind the structured data, `-` or elements, that begins at `from`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function behindStructure(line: string, from: number): number {
  const end = line[from] === '-' ? from + 1 : endOfStructure(line, from);
  return line[end] === ' ' ? end + 1 : end;
}

/**
 * The position behind the elements of structured data that begin at `from`; brackets in quotes are part of a value.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6.3
 */
export function endOfStructure(line: string, from: number): number {
  let isQuoted = false;
  for (let position = from; position < line.length; position++) {
    const unit = line[position];
    if (unit === '\\' && isQuoted) position++;
    else if (unit === '"') isQuoted = !isQuoted;
    else if (unit === ']' && !isQuoted && line[position + 1] !== '[') return position + 1;
  }
  return line.length;
}

/** The time at the beginning of a text, and the characters it takes. */
function stampOf(text: string): { time?: string; length: number } | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [whole, day = '', clock, fraction, zone = 'Z'] = iso;
    const time = `${day.replaceAll(/[/:]/g, '-')}T${clock}${fraction === undefined ? '' : `.${fraction}`}${zone}`;
    return { time, length: whole.length };
  }
  const weekday = WEEKDAY.exec(text);
  if (weekday !== null) {
    const [whole, month, day, clock, year] = weekday;
    return { time: `${month} ${day} ${year} ${clock}`, length: whole.length };
  }
  const found = MONTH_DAY.exec(text);
  if (found === null) return undefined;
  const [whole, month, day, before, clock, behind] = found;
  const year = before ?? behind;
  return {
    ...(year === undefined ? {} : { time: `${month} ${day} ${year} ${clock}` }),
    length: whole.length,
  };
}

/** The header as fields of a record; the host is whoever wrote the line. */
export function headerFields({ time, host }: LogLine): Record<string, string> {
  return {
    ...(time === undefined ? {} : { syslog_time: time }),
    ...(host === undefined ? {} : { syslog_host: host }),
  };
}
