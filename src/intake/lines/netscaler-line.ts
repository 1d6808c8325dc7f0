const TIME = /^(?:<\d+>)?(\d\d)\/(\d\d)\/(\d{4}):(\d\d:\d\d:\d\d)$/;
const ENGINE = /^\d+-PPE-\d+$/;
// What a NetScaler logs of every connection is no alert.
const OF_ALERT = /FAIL|DEN(Y|IED)|BLOCK|INVALID|ATTACK|VIOLATION|FLOOD|UNAUTH|ILLEGAL|REJECT|LOCKED/;
const CLIENT_NAMES = new Set(['Client_ip', 'ClientIP', 'Source', 'SourceIP']);
const MAX_LENGTH = 8_192;

/**
 * A line of Citrix NetScaler that tells of an attack or of a login that failed: every one of the application firewall
 * (`APPFW`), of the other modules by the name of the event. Undefined for other lines.
 *
 *     11/20/2026:08:00:00 GMT ns-1 0-PPE-0 : default AAATM LOGIN_FAILED 7654321 0 :  User h.lee - Client_ip 192.0.2.4 - …
 *
 * @see https://developer-docs.netscaler.com/en-us/netscaler-syslog-message-reference/current-release
 */
export function parseNetscalerLine(whole: string): Record<string, unknown> | undefined {
  const line = whole.slice(0, MAX_LENGTH);
  const colon = line.indexOf(' : ');
  const head = colon < 0 ? [] : line.slice(0, colon).trim().split(' ');
  if (!ENGINE.test(head.at(-1) ?? '')) return undefined;
  const at = head.findIndex((word) => TIME.test(word));
  const [, month, day, year, clock] = TIME.exec(head[at] ?? '') ?? [];
  if (month === undefined) return undefined;
  const host = head.slice(at + 1, -1).find((word) => word !== 'GMT' && word !== '');
  const words = line
    .slice(colon + 3)
    .trim()
    .split(' ');
  if (words[0] === 'default') words.shift();
  const [part = '', event = '', sequence, , mark, ...rest] = words;
  if (mark !== ':' || (part !== 'APPFW' && !OF_ALERT.test(event))) return undefined;
  const said = rest.filter((word) => word !== '');
  const message = said.join(' ');
  const client = part === 'APPFW' ? said[0] : said[said.findIndex((word) => CLIENT_NAMES.has(word)) + 1];
  return {
    syslog_time: `${year}-${month}-${day}T${clock}Z`,
    ...(host === undefined ? {} : { syslog_host: host }),
    product: 'NetScaler',
    title: `${event}: ${message.slice(0, 200)}`,
    rule_id: event,
    message,
    sequence,
    client_ip: client,
  };
}
