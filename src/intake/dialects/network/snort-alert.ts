import { type JsonObject, numberOf, textOf } from '../../values/json-value.ts';
import { severityOfPriority } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

/**
 * An alert of Snort 3 (alert_json): `rule` is gid:sid:rev, ends are `address:port`.
 *
 * @see https://docs.snort.org/start/alert_logging
 */
export const snortAlert: Dialect = {
  name: 'snort_alert',
  title: 'Snort alert (alert_json, alert_fast, alert_full)',
  reads: {
    recognisedBy: '`msg` with `rule` gid:sid:rev (Snort 3 documentation)',
    id: 'none: fingerprint',
    time: '`seconds`',
    severity: '`priority`, 1 is the highest',
    tactics: '-',
    entities: 'both ends',
  },
  verdictFields: [],

  recognise: (payload) =>
    'msg' in payload &&
    (typeof payload['rule'] === 'string'
      ? /^\d+:\d+:\d+$/.test(payload['rule'])
      : 'gid' in payload && 'sid' in payload),

  toAlert(payload, draft) {
    draft.text('title', payload, 'msg');
    draft.set('rule_id', ruleId(payload), 'rule');
    draft.text('rule_name', payload, 'msg');
    draft.text('category', payload, 'class');
    draft.constant('source', 'snort');
    draft.constant('vendor', 'Cisco');
    const priority = numberOf(payload['priority']);
    if (priority !== undefined) draft.setSeverity(severityOfPriority(priority), 'priority');
    draft.time('occurred_at', payload, 'seconds', 'timestamp');
    for (const [name, joined] of [
      ['src_addr', 'src_ap'],
      ['dst_addr', 'dst_ap'],
    ] as const) {
      const end = textOf(payload[name]) ?? textOf(payload[joined])?.replace(/:\d+$/, '');
      draft.entity('ip', end, name in payload ? name : joined);
    }
    for (const name of ['timestamp', 'pkt_num', 'src_ap', 'dst_ap', 'src_port', 'dst_port', 'rule'])
      draft.distinct(payload[name]);
  },
};

function ruleId(payload: JsonObject): string | undefined {
  const rule = textOf(payload['rule']);
  if (rule !== undefined) return rule.split(':')[1];
  return textOf(payload['sid']);
}
