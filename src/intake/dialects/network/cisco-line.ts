import { headerTime } from '../../body/header-time.ts';
import { keyValuePairs } from '../generic/key-value-text.ts';

// %FTD-1-430001: behind any syslog header: facility, severity, message number.
const MARK = /%([A-Z][A-Z0-9_]{1,15})-(?:[A-Z0-9_]{1,15}-)?([0-7])-([A-Z0-9_]{3,32}): ?/;
const PAIR = /(?:^|, )([A-Za-z][A-Za-z0-9_ ]{0,40}): ("[^"]{0,4096}"|[^,]{0,4096})/g;
/** Pairs of a line that are read, and its length. */
const MAX_PAIRS = 200;
const MAX_LENGTH = 16 * 1024;

/**
 * A syslog message of a Cisco product (ASA, Firepower, IOS): the severity and number of its mark, the message, and the
 * pairs `SrcIP: 203.0.113.9, DstPort: 80` of security events. Undefined for other lines.
 *
 * @see https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/b_fptd_syslog_guide.html
 */
export function parseCiscoLine(whole: string): Record<string, unknown> | undefined {
  const line = whole.slice(0, MAX_LENGTH);
  const mark = MARK.exec(line.slice(0, 512));
  if (mark === null) return undefined;
  const [found, facility, severity, number] = mark as unknown as [string, string, string, string];
  const message = line.slice(mark.index + found.length).trim();
  const record: Record<string, unknown> = {};
  let nPairs = 0;
  for (const [, name, value] of message.matchAll(PAIR)) {
    if (++nPairs > MAX_PAIRS) break;
    if (name !== undefined && name !== '__proto__') record[name] = value?.replace(/^\\?"|\\?"$/g, '').trim();
  }
  // A sentence with a colon in it is no list of pairs.
  const pairs = nPairs >= 3 ? record : keyValuePairs(message);
  const time = headerTime(line.slice(0, mark.index));
  return {
    ...(time === undefined ? {} : { syslog_time: time }),
    product: `Cisco ${facility}`,
    rule_id: `${facility}-${number}`,
    syslog_severity: Number(severity),
    ...('message' in pairs || 'Message' in pairs ? {} : { message }),
    ...pairs,
  };
}
