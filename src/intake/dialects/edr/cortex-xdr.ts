import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const EVENT: readonly EntityField[] = [
  ['ip', 'action_remote_ip'],
  ['ip', 'action_local_ip'],
  ['domain', 'action_external_hostname'],
  ['domain', 'dns_query_name'],
  ['user', 'user_name'],
  ['file', 'action_file_path'],
  ['file', 'action_file_name'],
  ['hash', 'action_file_sha256'],
  ['hash', 'action_file_md5'],
  ['process', 'action_process_image_command_line'],
  ['hash', 'action_process_image_sha256'],
  ['process', 'actor_process_command_line'],
  ['file', 'actor_process_image_path'],
  ['hash', 'actor_process_image_sha256'],
  ['process', 'causality_actor_process_command_line', 'related'],
  ['hash', 'causality_actor_process_image_sha256', 'related'],
  ['registry', 'action_registry_full_key'],
  ['registry', 'action_registry_key_name'],
  ['email', 'fw_email_sender'],
  ['email', 'fw_email_recipient', 'victim'],
  ['url', 'fw_url_domain'],
];

const HOST: readonly EntityField[] = [
  ['host', 'host_name', 'impacted'],
  ['host', 'agent_fqdn', 'impacted'],
  ['ip', 'host_ip', 'impacted'],
  ['user', 'users'],
];

/** An alert or incident of Palo Alto Cortex XDR / XSIAM. Scalars may come as lists. */
export const cortexXdr: Dialect = {
  name: 'cortex_xdr',
  title: 'Palo Alto Cortex XDR alert and incident',
  reads: {
    recognisedBy: '`detection_timestamp` with Cortex names; `incident_sources`',
    id: '`alert_id` with tenant or start',
    time: '`detection_timestamp`',
    severity: '`severity`',
    tactics: '`mitre_*_id_and_name`',
    entities: 'host, user, action, actor and event fields',
  },
  verdictFields: [
    'resolution_status',
    'resolution_comment',
    'status',
    'resolve_comment',
    'assigned_user_mail',
    'assigned_user_pretty_name',
    'starred',
    'last_modified_ts',
    'modification_time',
    'is_whitelisted',
    'manual_severity',
    'notes',
  ],

  recognise(payload) {
    if ('incident_id' in payload && ('xdr_url' in payload || 'incident_sources' in payload)) return true;
    if (!('alert_id' in payload || 'external_id' in payload)) return false;
    return (
      ('detection_timestamp' in payload || 'local_insert_ts' in payload) &&
      ('matching_status' in payload ||
        'mitre_tactic_id_and_name' in payload ||
        'resolution_status' in payload ||
        'endpoint_id' in payload)
    );
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'alert_id', 'internal_id', 'external_id', 'incident_id');
    draft.text('title', payload, 'name', 'alert_name', 'incident_name', 'description');
    draft.text('rule_id', payload, 'matching_service_rule_id');
    draft.text('rule_name', payload, 'name', 'alert_name');
    draft.text('category', payload, 'category', 'alert_categories');
    draft.text('incident_id', payload, 'case_id', 'incident_id');
    draft.text('tenant', payload, 'tenant_id', 'lcaas_id');
    if (/^\d{1,12}$/.test(draft.get('id') ?? '')) draft.idIsCounter();
    draft.constant('source', 'cortex_xdr');
    draft.constant('vendor', 'Palo Alto Networks');
    draft.severity(payload['severity'], 'severity');
    draft.time(
      'occurred_at',
      payload,
      'detection_timestamp',
      'event_timestamp',
      'creation_time',
      'local_insert_ts',
    );
    draft.time('created_at', payload, 'local_insert_ts', 'creation_time');
    for (const name of [
      'mitre_tactic_id_and_name',
      'mitre_technique_id_and_name',
      'mitre_tactics_ids_and_names',
      'mitre_techniques_ids_and_names',
    ])
      draft.attack(payload[name], name);
    draft.measure('alert_count', payload['alert_count'], 'alert_count');
    readHosts(payload, draft);
    readEntityFields(payload, '', EVENT, draft);
    for (const event of objectsOf(payload['events'])) readEntityFields(event, 'events.', EVENT, draft);
  },

  closingOf(payload): Closing | undefined {
    const status = textAt(payload, 'resolution_status', 'status');
    if (status === undefined || !/resolved/i.test(status)) return undefined;
    const word = status.replace(/^status_\d+_/i, '').replace(/^resolved(?:\s*[-_:]\s*|\s+|$)/i, '');
    const comment = textAt(payload, 'resolve_comment', 'resolution_comment');
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word,
      raw: [status],
      closedAt: momentOf(
        payload['resolved_timestamp'] ?? payload['modification_time'] ?? payload['last_modified_ts'],
      ),
      trace: {
        tags: listOf(payload['tags']),
        ...(/auto/i.test(word) ? { marker: 'machine' as const } : {}),
        closers: [textAt(payload, 'resolved_by', 'closed_by')],
        owners: [textAt(payload, 'assigned_user_mail', 'assigned_user_pretty_name')],
        comments: [comment],
      },
    });
  },

  recordOf(payload): RecordFacts {
    const isIncident = 'incident_id' in payload && !('alert_id' in payload) && !('external_id' in payload);
    const times = ['modification_time', 'last_modified_ts', 'resolved_timestamp'];
    return { ...factsOf(payload, times, ['assigned_user_mail']), isIncident };
  },
};

function readHosts(payload: JsonObject, draft: AlertDraft): void {
  readEntityFields(payload, '', HOST, draft);
  // An incident writes `name:endpoint_id` for each of its hosts.
  for (const host of listOf(payload['hosts']))
    draft.entity('host', textOf(host)?.replace(/:[0-9a-f]{4,}$/i, ''), 'hosts', 'impacted');
}

/** The alerts of `get_incident_extra_data`, each with its incident's id, or undefined. */
export function alertsOfCortexIncident(record: JsonObject): JsonObject[] | undefined {
  const incident = objectOf(record['incident']);
  const alerts = listOf(objectOf(record['alerts'])?.['data']).filter(isObject);
  if (incident === undefined || !('incident_id' in incident) || alerts.length === 0) return undefined;
  return alerts.map((alert) => ({ case_id: incident['incident_id'], ...alert }));
}
