import { lookup } from '../values/json-value.ts';

const SYSLOG_FORM = 'ossec: Alert Level: ';
const ENTITIES: Readonly<Record<string, string>> = {
  srcip: 'srcip',
  dstip: 'dstip',
  user: 'dstuser',
  srcuser: 'srcuser',
  dstuser: 'dstuser',
};
const MAX_LENGTH = 16_384;

/** What OSSEC sends to syslog, `Alert Level: 8; Rule: 5701 - …; Location: …; srcip: …;`, in the same fields. Undefined for other lines. */
export function parseOssecLine(line: string, time: string | undefined): Record<string, unknown> | undefined {
  const at = line.slice(0, 1_024).indexOf(SYSLOG_FORM);
  if (at < 0) return undefined;
  const [level, rule, place, ...others] = line.slice(at + SYSLOG_FORM.length, at + MAX_LENGTH).split('; ');
  if (!rule?.startsWith('Rule: ') || !place?.startsWith('Location: ')) return undefined;
  const dash = rule.indexOf(' - ');
  const arrow = place.indexOf('->');
  const where = place.slice('Location: '.length, arrow < 0 ? undefined : arrow);
  const agent = where.startsWith('(') ? where.slice(1, where.indexOf(')')) : where;
  const fields: Record<string, string> = {};
  let nFields = 0;
  for (const other of others) {
    const colon = other.indexOf(': ');
    const name = lookup(ENTITIES, other.slice(0, Math.max(colon, 0)));
    if (name === undefined) break;
    fields[name] ??= other.slice(colon + 2);
    nFields++;
  }
  return {
    rule: {
      level: Number(level),
      sidid: Number(rule.slice('Rule: '.length, dash)),
      comment: rule.slice(dash + 3).replace(/\.$/, ''),
    },
    ...(time === undefined ? {} : { timestamp: time }),
    location: arrow < 0 ? where : place.slice(arrow + 2),
    ...(agent === '' || /\s/.test(agent) ? {} : { hostname: agent }),
    ...fields,
    full_log: others.slice(nFields).join('; '),
  };
}
