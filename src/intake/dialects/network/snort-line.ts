/** Characters of a line in which the rule's number is looked for. */
const MAX_HEADER = 512;
const RULE = /\[(\d{1,10}:\d{1,10}:\d{1,10})\] ?/;
const TIME = /(?:^|\s)(\d\d\/\d\d(?:\/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,6})\s/;
const ENDS = /\{([\w-]{1,16})\} ([0-9A-Fa-f.:]{2,64}) -> ([0-9A-Fa-f.:]{2,64})/;

/**
 * An alert of Snort or Suricata in one line: `alert_fast`, `fast.log`, or what they write to syslog, under the names of
 * `alert_json`. Undefined where the line is none. Without its classification and priority it is still one.
 *
 *     08/28-12:34:56.789012 [**] [1:498:7] Name [**] [Classification: …] [Priority: 2] {TCP} 192.0.2.1:80 -> 192.0.2.2:5
 *
 * @see https://docs.snort.org/start/alert_logging
 */
export function parseSnortLine(line: string): Record<string, string> | undefined {
  const rule = RULE.exec(line.slice(0, MAX_HEADER));
  if (rule === null) return undefined;
  const rest = line.slice(rule.index + rule[0].length, rule.index + 4096);
  const ends = ENDS.exec(rest);
  if (ends === null) return undefined;
  const [, proto = '', from = '', to = ''] = ends;
  const head = rest.slice(0, ends.index);
  const name = head.split(/\[(?:\*\*|Classification|Priority|Impact|AppID)/, 1)[0] as string;
  const msg = name.trim().replace(/^"|"$/g, '');
  if (msg === '') return undefined;
  const time = TIME.exec(line.slice(0, rule.index))?.[1];
  const hasPorts = /^(tcp|udp|sctp)$/i.test(proto);
  return {
    msg,
    rule: rule[1] as string,
    ...optional('class', between(head, '[Classification: ')),
    ...optional('priority', /\[Priority: (\d{1,3})\]/.exec(head)?.[1]),
    ...optional('timestamp', time === undefined ? undefined : isoTime(time)),
    proto,
    ...endOf('src', from, hasPorts),
    ...endOf('dst', to, hasPorts),
  };
}

/** ISO 8601 where the line has a year; else as it is: no year is guessed. */
export function isoTime(time: string): string {
  const [, month, day, year, clock] = /^(\d\d)\/(\d\d)(?:\/(\d{2,4}))?-(.*)$/.exec(time) ?? [];
  if (year === undefined) return time;
  return `${year.length === 2 ? `20${year}` : year}-${month}-${day}T${clock}Z`;
}

export function endOf(side: 'src' | 'dst', text: string, hasPorts: boolean): Record<string, string> {
  const colon = hasPorts ? text.lastIndexOf(':') : -1;
  if (colon < 0) return { [`${side}_addr`]: text };
  return { [`${side}_addr`]: text.slice(0, colon), [`${side}_port`]: text.slice(colon + 1) };
}

/** What stands from `start` to the next `]`. */
export function between(text: string, start: string): string | undefined {
  const from = text.indexOf(start);
  const end = text.indexOf(']', from);
  return from < 0 || end < 0 ? undefined : text.slice(from + start.length, end);
}

export function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
