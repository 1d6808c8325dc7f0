import type { SplitRecord } from '../body/record-splitter.ts';
import { between, endOf, isoTime, optional } from '../dialects/network/snort-line.ts';
import { Unread } from '../unread.ts';

// `[**] [1:2010935:3] ET SCAN Suspicious inbound [**]`
const START = /^\s{0,16}\[\*\*\] \[(\d{1,10}:\d{1,10}:\d{1,10})\] (.{1,1000}?) \[\*\*\]\s*$/;
const PRIORITY = /\[Priority: (\d{1,3})\]/;
const TIME =
  /(\d\d\/\d\d(?:\/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,6}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)\s/;
const ADDRESS = /^[0-9A-Fa-f.:]{2,64}$/;
const PROTOCOL = /^([A-Z][A-Z0-9-]{1,15}) TTL:\d/;

interface Pending {
  readonly line: number;
  readonly msg: string;
  readonly rule: string;
  readonly lines: string[];
}

/** Lines of one alert that are looked at: header, addresses, protocol, references. */
const MAX_LINES = 32;

/** Whether a text is what Snort writes as full alerts, and Sagan in the same form. */
export function isSnortText(head: string): boolean {
  const end = head.search(/[\r\n]/);
  return end > 0 && START.test(head.slice(0, end));
}

/**
 * Reads full alerts, several lines each that begin with the rule between `[**]`, under the names of `alert_json`.
 *
 * @see https://docs.snort.org/start/alert_logging
 */
export class SnortText {
  readonly recordUnits = 1_024;
  #pending: Pending | undefined;

  *push(line: number, text: string): Generator<SplitRecord> {
    const start = START.exec(text);
    if (start !== null) {
      yield* this.end();
      this.#pending = { line, rule: start[1] as string, msg: start[2] as string, lines: [] };
    } else if (text.trim() === '') return;
    else if (this.#pending === undefined)
      yield { line, value: new Unread('Expected `[**] [gid:sid:rev]`, which begins a full alert.', line) };
    else if (this.#pending.lines.length < MAX_LINES) this.#pending.lines.push(text.slice(0, 4096));
  }

  *end(): Generator<SplitRecord> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    const { line, msg, rule, lines } = pending;
    const text = lines.join('\n');
    const ends = endsOf(lines);
    const proto = lines.map((one) => PROTOCOL.exec(one)?.[1]).find((one) => one !== undefined);
    const time = TIME.exec(text)?.[1];
    // Without a protocol a single colon before a number is a port's.
    const hasPorts =
      proto === undefined ? /\.\d{1,3}:\d{1,5}$/.test(ends?.[0] ?? '') : /^(TCP|UDP|SCTP)$/.test(proto);
    yield {
      line,
      value: {
        msg,
        rule,
        ...optional('class', between(text, '[Classification: ')),
        ...optional('priority', PRIORITY.exec(text)?.[1]),
        ...optional('timestamp', time === undefined ? undefined : isoTime(time)),
        ...optional('proto', proto),
        ...(ends === undefined
          ? {}
          : { ...endOf('src', ends[0], hasPorts), ...endOf('dst', ends[1], hasPorts) }),
      },
    };
  }
}

/** The two ends of `192.0.2.1:80 -> 192.0.2.2:5`, wherever in the lines they stand. */
function endsOf(lines: readonly string[]): readonly [string, string] | undefined {
  for (const line of lines) {
    const words = line.split(/\s/, 64);
    const arrow = words.indexOf('->');
    const [from = '', to = ''] = [words[arrow - 1], words[arrow + 1]];
    if (arrow > 0 && ADDRESS.test(from) && ADDRESS.test(to)) return [from, to];
  }
  return undefined;
}
