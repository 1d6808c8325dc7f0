import type { SplitRecord } from '../body/record-splitter.ts';
import { Unread } from '../unread.ts';

const START = /^\*\* Alert (\d+\.\d+):(.*)$/;
const RULE = /^Rule: (\d+) \(level (\d+)\) -> '(.*)'/;
const LABEL = /^(Src IP|Dst IP|User): (\S{1,255})/;
// `2026 Nov 20 08:00:00 (web-7) 10.1.1.13->/var/log/auth.log`
const PLACE =
  /^\d{4} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d (?:\(([\w.-]{1,255})\) )?([\w.:-]{1,255})?->(.{1,1000})$/;
const ENTITY = { 'Src IP': 'srcip', 'Dst IP': 'dstip', User: 'dstuser' } as const;
const MAX_LOG_LINES = 50;

/** Whether a text is what OSSEC writes into alerts.log. */
export function isOssecText(head: string): boolean {
  return /^\s{0,16}\*\* Alert \d{10}\.\d/.test(head);
}

interface OssecRecord {
  readonly line: number;
  readonly fields: Record<string, unknown>;
  readonly log: string[];
}

/**
 * Reads OSSEC's alerts.log, whose records begin with `** Alert` and end at a blank line, into the fields of its JSON.
 *
 * @see https://www.ossec.net/docs/docs/formats/alerts.html
 */
export class OssecText {
  readonly recordUnits = 1_024;
  #record: OssecRecord | undefined;

  *push(line: number, text: string): Generator<SplitRecord> {
    const start = START.exec(text.trim());
    if (start !== null) {
      yield* this.end();
      const [, id = '', kinds = ''] = start;
      // `mail  - syslog,sshd,`: behind the dash the groups
      const group = kinds.slice(kinds.indexOf('-') + 1).trim();
      this.#record = { line, fields: { id, TimeStamp: Math.floor(Number(id)) * 1000, group }, log: [] };
    } else if (this.#record !== undefined) this.#take(this.#record, text);
    else if (text.trim() !== '')
      yield { line, value: new Unread('Expected `** Alert`, which begins an alert of OSSEC.', line) };
  }

  *end(): Generator<SplitRecord> {
    const record = this.#record;
    this.#record = undefined;
    if (record === undefined) return;
    const { line, log } = record;
    const { group, ...fields } = record.fields;
    const value = 'rule' in fields ? { ...fields, full_log: log.join('\n') } : undefined;
    yield {
      line,
      value:
        value === undefined
          ? new Unread('Expected a rule in an alert of OSSEC, got none.', line)
          : { ...value, rule: { ...(value as { rule?: object }).rule, group } },
    };
  }

  #take({ fields, log }: OssecRecord, text: string): void {
    const rule = RULE.exec(text);
    const place = PLACE.exec(text);
    const label = LABEL.exec(text);
    if (rule !== null && !('rule' in fields))
      fields['rule'] = { sidid: Number(rule[1]), level: Number(rule[2]), comment: rule[3] };
    else if (place !== null && !('location' in fields)) {
      const [, agent, host, location] = place;
      fields['location'] = location;
      const name = agent ?? host;
      if (name !== undefined) fields['hostname'] = name;
    } else if (label !== null) fields[ENTITY[label[1] as keyof typeof ENTITY]] = label[2];
    else if (text.trim() !== '' && log.length < MAX_LOG_LINES) log.push(text);
  }
}
