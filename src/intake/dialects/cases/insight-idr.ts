import type { RecordFacts } from '../../../alert/closing.ts';
import { readTexts } from '../../evidence/part-entities.ts';
import { at } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * An investigation of Rapid7 InsightIDR.
 *
 * @see https://docs.rapid7.com/insightidr/insightidr-rest-api/
 */
export const insightIdr: Dialect = {
  name: 'insight_idr',
  title: 'Rapid7 InsightIDR investigation and alert',
  reads: {
    recognisedBy: '`rrn` (InsightIDR API documentation)',
    id: '`rrn`',
    time: '`first_alert_time`',
    severity: '`priority`',
    tactics: '`rule.mitre_tcodes`',
    entities: 'names in the title',
  },
  verdictFields: ['status', 'disposition', 'assignee', 'last_accessed', 'tags', 'responsibility'],

  recognise: (payload) =>
    typeof payload['rrn'] === 'string' &&
    /^rrn:(investigation|alerts?|collaboration)/.test(payload['rrn']) &&
    'title' in payload,

  toAlert(payload, draft) {
    draft.text('id', payload, 'rrn');
    draft.text('title', payload, 'title');
    draft.text('rule_id', payload, 'rule.rrn', 'rule_rrn', 'detection_rule_rrn.rule_rrn');
    draft.text('rule_name', payload, 'rule.name', 'detection_rule_name', 'title');
    draft.text('tenant', payload, 'organization_id', 'organization.id');
    draft.text('category', payload, 'alert_type', 'type');
    draft.constant('source', 'insight_idr');
    draft.constant('vendor', 'Rapid7');
    draft.severity(payload['priority'], 'priority');
    draft.time('occurred_at', payload, 'first_alert_time', 'alerted_at', 'created_time', 'created_at');
    draft.time('created_at', payload, 'created_time', 'created_at');
    draft.attack(at(payload, 'rule.mitre_tcodes'), 'rule.mitre_tcodes');
    readTexts(payload, ['title'], draft);
  },

  closingOf: genericClosing,
  recordOf(payload): RecordFacts {
    const facts = genericFacts(payload);
    // An investigation says when it was last looked at or changed, and nothing nearer.
    const seenAt = momentOf(payload['last_accessed']);
    return facts.changedAt !== undefined || seenAt === undefined ? facts : { ...facts, changedAt: seenAt };
  },
};
