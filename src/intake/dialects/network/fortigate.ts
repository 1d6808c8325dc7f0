import { numberOf, textOf } from '../../values/json-value.ts';
import { severityOfWord } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['ip', 'srcip'],
  ['ip', 'dstip'],
  ['ip', 'remip'],
  ['ip', 'locip'],
  ['ip', 'tranip'],
  ['user', 'user'],
  ['user', 'srcuser'],
  ['user', 'unauthuser'],
  ['user', 'dstuser'],
  ['host', 'srcname'],
  ['host', 'dstname'],
  ['domain', 'hostname'],
  ['domain', 'qname'],
  ['file', 'filename'],
  ['hash', 'filehash'],
  ['hash', 'analyticscksum'],
  ['email', 'from'],
  ['email', 'to'],
];

/**
 * A log record of a FortiGate: JSON, or key=value text. `logid` names the type of message, never this one.
 *
 * @see https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference
 */
export const fortigate: Dialect = {
  name: 'fortigate',
  title: 'FortiGate log (UTM, event, traffic)',
  reads: {
    recognisedBy: '`logid` with `devid` or `vd` (FortiOS log reference)',
    id: '`incidentserialno` on its box',
    time: '`eventtime`, else date, time, tz',
    severity: '`severity`, `crlevel`, `level`',
    tactics: '-',
    entities: 'addresses, users, names, url, file',
  },
  verdictFields: [],

  recognise: (payload) =>
    'logid' in payload &&
    'type' in payload &&
    ('devid' in payload || 'vd' in payload || 'devname' in payload),

  toAlert(payload, draft) {
    if (textOf(payload['subtype']) === 'ips' || 'attack' in payload)
      draft.text('id', payload, 'incidentserialno');
    draft.text('id_scope', payload, 'devid');
    draft.text('title', payload, 'attack', 'virus', 'msg', 'logdesc', 'action');
    draft.text('rule_id', payload, 'attackid', 'virusid', 'logid');
    draft.text('rule_name', payload, 'attack', 'virus', 'logdesc');
    draft.text('category', payload, 'subtype', 'type');
    draft.text('tenant', payload, 'customer');
    draft.constant('source', 'fortigate');
    draft.constant('vendor', 'Fortinet');
    // The sensor's own severity; `level` is the log's syslog word.
    for (const name of ['severity', 'crlevel', 'threatlevel', 'apprisk', 'level']) {
      const word = textOf(payload[name]);
      if (word !== undefined && severityOfWord(word) !== undefined) draft.severity(word, name);
    }
    draft.severity(payload['severity'] ?? payload['level'], 'severity');
    draft.score(payload['crscore'], 'crscore');
    readTime(payload, draft);
    readEntityFields(payload, '', FIELDS, draft);
    const host = textOf(payload['hostname']);
    const url = textOf(payload['url']);
    if (url?.startsWith('/') && host !== undefined) draft.entity('url', `http://${host}${url}`, 'url');
    else draft.entity('url', url, 'url');
    draft.measure('bytes_sent', payload['sentbyte'], 'sentbyte');
    draft.measure('bytes_recv', payload['rcvdbyte'], 'rcvdbyte');
    for (const name of ['sessionid', 'srcport', 'dstport', 'eventtime', 'logid', 'msg'])
      draft.distinct(payload[name]);
  },
};

/** `eventtime` is since 1970 in UTC: seconds in older versions, nanoseconds today; date and time are the box's own. */
function readTime(
  payload: Parameters<Dialect['toAlert']>[0],
  draft: Parameters<Dialect['toAlert']>[1],
): void {
  const zone = /([+-])(\d{1,2}):?(\d{2})/.exec(textOf(payload['tz']) ?? '');
  const local = `${textOf(payload['date']) ?? ''}T${textOf(payload['time']) ?? ''}`;
  if (
    numberOf(payload['eventtime']) !== undefined &&
    draft.setTime('occurred_at', payload['eventtime'], 'eventtime')
  )
    return;
  if (local.length > 12) {
    const offset = zone === null ? '' : `${zone[1]}${(zone[2] as string).padStart(2, '0')}:${zone[3]}`;
    if (draft.setTime('occurred_at', local + offset, 'date, time, tz')) return;
  }
  draft.time('occurred_at', payload, 'timestamp', '@timestamp');
}
