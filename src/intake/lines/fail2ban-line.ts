import { ipAddress } from '../values/ip-address.ts';
import { logLine } from './syslog-header.ts';

const ACTION = /^(ban|unban|found)$/i;
const MAX_LENGTH = 1_024;

/** A line of fail2ban's own log, in its file or by syslog: who was seen, banned or let in again, and in which jail. Undefined for other lines. */
export function parseFail2banLine(line: string): Record<string, unknown> | undefined {
  const text = line.slice(0, MAX_LENGTH);
  if (!text.includes('fail2ban.')) return undefined;
  const words = text.split(' ').filter((word) => word !== '');
  const at = words.findIndex((word, place) => ACTION.test(word) && isAddress(words[place + 1]));
  if (at < 1) return undefined;
  // `[sshd] Restore Ban 192.0.2.4`
  const from = words[at - 1]?.startsWith('[') ? at - 1 : at - 2;
  const jail = words[from];
  if (jail === undefined || !jail.startsWith('[') || !jail.endsWith(']')) return undefined;
  const src_ip = words[at + 1] as string;
  const time = logLine(line)?.time;
  return {
    ...(time === undefined ? {} : { syslog_time: time }),
    product: 'fail2ban',
    title: `${words.slice(from + 1, at + 2).join(' ')} ${jail}`,
    rule_name: jail.slice(1, -1),
    src_ip,
  };
}

const isAddress = (word: string | undefined): boolean => word !== undefined && ipAddress(word) !== undefined;
