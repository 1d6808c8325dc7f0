import { readPartEntities } from '../../evidence/part-entities.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

const FIELDS: readonly EntityField[] = [
  ['user', 'user'],
  ['user', 'ur_normalized'],
  ['ip', 'srcip'],
  ['ip', 'dstip'],
  ['ip', 'userip'],
  ['host', 'hostname'],
  ['domain', 'domain'],
  ['url', 'url'],
  ['file', 'object'],
  ['hash', 'md5'],
  ['hash', 'local_sha256'],
  ['hash', 'sha256'],
];

/**
 * An alert of Netskope, from its alerts API or Cloud Exchange.
 *
 * @see https://docs.netskope.com/en/get-alerts-data
 */
export const netskope: Dialect = {
  name: 'netskope',
  title: 'Netskope alert',
  reads: {
    recognisedBy: "`alert_type` with `access_method` or `ccl` (Netskope's field documentation)",
    id: '`_id`',
    time: '`timestamp`',
    severity: '`severity`',
    tactics: '-',
    entities: 'user, addresses, host, url, file, hashes',
  },
  verdictFields: ['acked', 'dlp_incident_status', 'assignee', 'status'],

  recognise: (payload) =>
    'alert_type' in payload &&
    ('alert_name' in payload || 'policy' in payload) &&
    ('ccl' in payload ||
      'access_method' in payload ||
      'appcategory' in payload ||
      'ur_normalized' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, '_id', 'alert_id', 'dlp_incident_id', 'incident_id');
    draft.text('title', payload, 'alert_name', 'policy', 'alert_type');
    draft.text('rule_name', payload, 'policy', 'alert_name');
    draft.text('category', payload, 'alert_type');
    draft.text('tenant', payload, 'organization_unit', 'tenant_id');
    draft.constant('source', 'netskope');
    draft.constant('vendor', 'Netskope');
    for (const name of ['severity', 'severity_level', 'malware_severity', 'dlp_rule_severity'])
      draft.severity(payload[name], name);
    draft.time('occurred_at', payload, 'timestamp', '_insertion_epoch_timestamp');
    readEntityFields(payload, '', FIELDS, draft);
    readPartEntities({ app: payload['app'], instance: payload['instance'] }, '', draft);
    draft.entity('other', payload['malware_name'], 'malware_name');
    draft.measure('payload_size', payload['file_size'], 'file_size');
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};
