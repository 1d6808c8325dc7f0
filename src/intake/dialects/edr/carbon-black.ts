import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { listOf, textAt } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['host', 'device_name', 'impacted'],
  ['user', 'device_username'],
  ['user', 'process_username'],
  ['ip', 'device_internal_ip'],
  ['ip', 'device_external_ip'],
  ['ip', 'netconn_remote_ip', 'attacker'],
  ['domain', 'netconn_remote_domain', 'attacker'],
  ['process', 'process_cmdline'],
  ['file', 'process_name'],
  ['hash', 'process_sha256'],
  ['hash', 'process_md5'],
  ['process', 'childproc_cmdline'],
  ['hash', 'childproc_sha256'],
  ['file', 'parent_name', 'related'],
  ['hash', 'parent_sha256', 'related'],
  ['file', 'blocked_name'],
  ['hash', 'blocked_sha256'],
  ['hash', 'threat_cause_actor_sha256'],
  ['file', 'threat_cause_actor_name'],
  ['hash', 'ioc_hit'],
  // a watchlist's hit, as the event forwarder writes it
  ['hash', 'process_hash'],
];

/** An alert of VMware Carbon Black Cloud (API 7 and 6). */
export const carbonBlack: Dialect = {
  name: 'carbon_black',
  title: 'VMware Carbon Black Cloud alert',
  reads: {
    recognisedBy: '`org_key` with `threat_id`',
    id: '`id`',
    time: '`first_event_timestamp`',
    severity: '1-10',
    tactics: '`attack_tactic`, `ttps`',
    entities: 'device, process, child, parent, network',
  },
  verdictFields: [
    'determination.value',
    'determination.changed_by',
    'workflow.status',
    'workflow.state',
    'workflow.closure_reason',
    'workflow.changed_by',
    'alert_notes_present',
    'is_updated',
    'backend_update_timestamp',
    'tags',
  ],

  recognise(payload) {
    if (!('org_key' in payload || 'legacy_alert_id' in payload)) return false;
    return 'threat_id' in payload || 'backend_timestamp' in payload || 'device_id' in payload;
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'legacy_alert_id');
    draft.text('title', payload, 'reason', 'report_name', 'watchlists.name', 'type');
    draft.text('rule_id', payload, 'rule_id', 'report_id', 'reason_code', 'policy_id');
    draft.text('rule_name', payload, 'rule_name', 'report_name', 'reason_code');
    draft.text('category', payload, 'type', 'category', 'threat_category');
    draft.text('incident_id', payload, 'threat_id');
    draft.text('tenant', payload, 'org_key');
    draft.constant('source', 'carbon_black');
    draft.constant('vendor', 'VMware');
    draft.severity(payload['severity'], 'severity', TEN_SCALE);
    draft.score(payload['severity'], 'severity', 10);
    draft.time(
      'occurred_at',
      payload,
      'first_event_timestamp',
      'first_event_time',
      'detection_timestamp',
      'device_timestamp',
      'create_time',
    );
    draft.time('created_at', payload, 'backend_timestamp', 'create_time');
    for (const name of ['attack_tactic', 'attack_technique', 'ttps', 'threat_indicators'])
      draft.attack(payload[name], name);
    readEntityFields(payload, '', FIELDS, draft);
  },

  closingOf(payload): Closing | undefined {
    const status = textAt(payload, 'workflow.status', 'workflow.state');
    if (status === undefined || !/^(closed|dismissed)$/i.test(status)) return undefined;
    const determination = textAt(payload, 'determination.value');
    const reason = textAt(payload, 'workflow.closure_reason', 'workflow.remediation');
    const type = textAt(payload, 'workflow.changed_by_type');
    const ofDetermination = outcomeOfWord(determination);
    return closingOf({
      record: payload,
      outcome:
        ofDetermination === undefined || ofDetermination === 'no_label'
          ? outcomeOfWord(reason)
          : ofDetermination,
      word: determination ?? reason,
      raw: [determination ?? status, reason],
      reason,
      closedAt: momentOf(textAt(payload, 'workflow.change_timestamp')),
      trace: {
        ...(type === undefined
          ? {}
          : { marker: /^user$/i.test(type) ? ('person' as const) : ('machine' as const) }),
        tags: listOf(payload['tags']),
        closers: [textAt(payload, 'workflow.changed_by')],
        comments: [textAt(payload, 'workflow.note', 'workflow.comment')],
      },
    });
  },

  recordOf(payload): RecordFacts {
    const moments = [
      textAt(payload, 'workflow.change_timestamp'),
      textAt(payload, 'determination.change_timestamp'),
    ]
      .flatMap((moment) => momentOf(moment) ?? [])
      .sort();
    const changedAt = moments.at(-1) ?? momentOf(payload['backend_update_timestamp']);
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};
