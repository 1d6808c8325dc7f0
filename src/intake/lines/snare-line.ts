import { ipAddress } from '../values/ip-address.ts';

/** Cells behind `MSWinEventLog`, up to the text of the event. */
const MIN_CELLS = 12;
const ACCOUNT = /Account Name:\s+(\S+)/g;
const ADDRESS = /(?:Source Network Address|Client Address):\s+(\S+)/;
const WORKSTATION = /Workstation Name:\s+(\S+)/;

/**
 * An event of Windows as Snare sends it: cells between tabs behind the word `MSWinEventLog`. Undefined for other lines.
 *
 * @see https://www.snaresolutions.com/portfolio-item/snare-windows-agent/
 */
export function parseSnareLine(line: string): Record<string, unknown> | undefined {
  const at = line.slice(0, 512).indexOf('MSWinEventLog');
  if (at < 0) return undefined;
  const whole = line.slice(at, at + 32_768);
  const cells = whole.split(whole.includes('\t') ? '\t' : '#011');
  if (cells.length < MIN_CELLS) return undefined;
  const [, , log, , time, event, source, user, , kind, computer, category] = cells;
  const message =
    cells
      .slice(13)
      .join(' ')
      .replace(/\s\d{1,12}$/, '')
      .trim() || (cells[12] ?? '').trim();
  const accounts = [...message.matchAll(ACCOUNT)]
    .map(([, name = '']) => name)
    .filter((name) => name !== '-' && !name.endsWith(':'));
  const address = ipAddress((ADDRESS.exec(message)?.[1] ?? '').replace(/^::ffff:/, ''));
  const workstation = WORKSTATION.exec(message)?.[1];
  return {
    product: 'Snare',
    title: firstSentence(message) || `${source} ${event}`,
    rule_id: event,
    channel: log,
    category: category || kind,
    event_time: time,
    computer_name: computer,
    ...(user === undefined || user === '' || user === 'N/A' || user === '-' ? {} : { user_name: user }),
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(address === undefined ? {} : { src_ip: address }),
    ...(workstation === undefined || workstation === '-' || workstation.endsWith(':')
      ? {}
      : { workstation_name: workstation }),
    message,
  };
}

/** What stands before the first full stop, or before the blanks that stand for the lines of the event. */
function firstSentence(message: string): string {
  const ends = [message.indexOf('.'), message.indexOf('  '), 300].filter((end) => end > 0);
  return message.slice(0, Math.min(...ends)).trim();
}
