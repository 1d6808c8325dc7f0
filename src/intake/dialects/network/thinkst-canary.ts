import { listOf, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields, readText, readTime } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['ip', 'SourceIP', 'attacker'],
  ['ip', 'src_ip', 'attacker'],
  ['host', 'src_host', 'attacker'],
  ['host', 'src_host_reverse', 'attacker'],
  ['host', 'ReverseDNS', 'attacker'],
  ['ip', 'CanaryIP', 'victim'],
  ['host', 'dst_host', 'victim'],
  ['host', 'CanaryName', 'victim'],
  ['domain', 'hostname'],
];

/** An incident of a Thinkst Canary or Canarytoken, from its webhook or API. It states no severity. */
export const thinkstCanary: Dialect = {
  name: 'thinkst_canary',
  title: 'Thinkst Canary and Canarytoken incident',
  reads: {
    recognisedBy: '`IncidentKey`; `incident:` ids; `manage_url` with `memo`',
    id: '`IncidentKey`, `incident_id`',
    time: '`created`, `Timestamp`',
    severity: 'not stated: unknown',
    tactics: '-',
    entities: 'source and decoy',
  },
  verdictFields: ['acknowledged', 'notified', 'Triggered', 'MatchedAnnotations', 'matched_annotations'],

  recognise(payload) {
    if ('IncidentKey' in payload && ('CanaryID' in payload || 'AlertType' in payload)) return true;
    // a token's own webhook: what its owner noted, and a link to its page
    if ('manage_url' in payload && 'memo' in payload) return true;
    const id = payload['incident_id'] ?? payload['id'];
    return (
      typeof id === 'string' &&
      id.startsWith('incident:') &&
      ('flock_id' in payload || 'src_host' in payload || 'description' in payload)
    );
  },

  toAlert(payload, draft) {
    readText('id', payload, draft, 'IncidentKey', 'incident_id', 'id', 'IncidentHash');
    readText('incident_id', payload, draft, 'IncidentKey', 'incident_id');
    readText('title', payload, draft, 'description', 'summary', 'intro', 'memo');
    readText('rule_id', payload, draft, 'logtype', 'AlertType');
    readText('rule_name', payload, draft, 'description', 'summary', 'memo');
    readText('category', payload, draft, 'AlertType', 'type', 'event_type', 'channel');
    readText('tenant', payload, draft, 'flock_id');
    draft.constant('source', 'thinkst_canary');
    draft.constant('vendor', 'Thinkst');
    readTime(
      'occurred_at',
      payload,
      draft,
      'created',
      'created_std',
      'timestamp',
      'timestamp_std',
      'local_time',
      'time',
    );
    readEntityFields(payload, '', FIELDS, draft);
    for (const detail of listOf(payload['AdditionalDetails'])) {
      if (!Array.isArray(detail)) continue;
      const name = textOf(detail[0])?.toLowerCase();
      if (name === 'user' || name === 'username') draft.entity('user', detail[1], 'AdditionalDetails');
      else if (name === 'filename' || name === 'file') draft.entity('file', detail[1], 'AdditionalDetails');
    }
    for (const name of ['USERNAME', 'username']) draft.entity('user', payload[name], name);
  },
};
