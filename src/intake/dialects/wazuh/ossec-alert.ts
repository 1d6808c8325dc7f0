import { objectOf } from '../../values/json-value.ts';
import { WAZUH_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['ip', 'srcip', 'attacker'],
  ['ip', 'dstip'],
  ['user', 'srcuser'],
  ['user', 'dstuser'],
  ['host', 'hostname', 'impacted'],
  ['host', 'agent_name', 'impacted'],
];

/**
 * An alert of OSSEC as JSON: the rule under the names of before Wazuh, what the decoder found beside it.
 *
 * @see https://www.ossec.net/docs/docs/formats/alerts.html
 */
export const ossecAlert: Dialect = {
  name: 'ossec_alert',
  title: 'OSSEC alert (JSON)',
  reads: {
    recognisedBy: '`rule.sidid` with `rule.level`',
    id: '`id`',
    time: '`TimeStamp`, milliseconds',
    severity: '`rule.level` 0-16',
    tactics: '-',
    entities: '`srcip`, `dstip`, `srcuser`, `dstuser`, `hostname`',
  },

  verdictFields: [],

  recognise(payload) {
    const rule = objectOf(payload['rule']);
    return rule !== undefined && 'sidid' in rule && 'level' in rule;
  },

  toAlert(payload, draft) {
    const rule = objectOf(payload['rule']) ?? {};
    draft.text('id', payload, 'id');
    draft.set('title', rule['comment'], 'rule.comment');
    draft.set('rule_id', rule['sidid'], 'rule.sidid');
    draft.set('rule_name', rule['comment'], 'rule.comment');
    draft.set('category', rule['group'], 'rule.group');
    draft.constant('source', 'ossec');
    draft.severity(rule['level'], 'rule.level', WAZUH_SCALE);
    draft.time('occurred_at', payload, 'TimeStamp', 'timestamp');
    readEntityFields(payload, '', FIELDS, draft);
  },
};
