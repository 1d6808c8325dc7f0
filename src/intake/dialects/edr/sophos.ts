import { jsonIn } from '../../values/json-text.ts';
import { listOf, numberOf, objectsOf, textOf } from '../../values/json-value.ts';
import { TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['host', 'dhost', 'impacted'],
  ['host', 'location', 'impacted'],
  ['host', 'meta_hostname', 'impacted'],
  ['host', 'managedAgent.name', 'impacted'],
  ['user', 'suser'],
  ['user', 'source'],
  ['user', 'meta_username'],
  ['user', 'person.name'],
  ['ip', 'source_info.ip'],
  ['ip', 'meta_ip_address'],
  ['ip', 'meta_public_ip'],
  ['hash', 'appSha256'],
  ['hash', 'sha256'],
  ['file', 'filePath'],
  ['process', 'cmdline'],
];

/** An event or alert of Sophos Central, or a detection of its data lake (`ioc_*`). */
export const sophos: Dialect = {
  name: 'sophos',
  title: 'Sophos Central event, alert and XDR detection',
  reads: {
    recognisedBy: '`type` Event::; `ioc_*`',
    id: '`id`, `detection_identifier`',
    time: '`end`, `when`, `ioc_unix_time`',
    severity: '`severity`, `ioc_severity` 0-10',
    tactics: '`ioc_detection_mitre_attack`',
    entities: 'host, user, addresses',
  },
  verdictFields: ['core_remedy_items', 'allowedActions', 'groupKey', 'whitelist_properties'],

  recognise(payload) {
    if ('ioc_detection_id' in payload || 'ioc_severity' in payload) return true;
    const { type } = payload;
    if (typeof type !== 'string' || !type.startsWith('Event::')) return false;
    return ['endpoint_id', 'customer_id', 'datastream', 'managedAgent', 'raisedAt', 'endpoint_type'].some(
      (key) => key in payload,
    );
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'detection_identifier', 'id', 'detection_id_dedup', 'event_service_event_id');
    draft.text(
      'title',
      payload,
      'ioc_detection_description',
      'name',
      'description',
      'ioc_detection_id',
      'type',
    );
    draft.text('rule_id', payload, 'ioc_detection_id', 'type');
    draft.text('rule_name', payload, 'ioc_detection_id', 'threat', 'type');
    draft.text('category', payload, 'ioc_detection_category', 'group', 'category', 'type');
    draft.text('tenant', payload, 'customer_id', 'tenant.id');
    draft.constant('source', 'sophos_central');
    draft.constant('vendor', 'Sophos');
    draft.severity(payload['severity'], 'severity');
    const level = numberOf(payload['ioc_severity']);
    if (level !== undefined) draft.severity(level, 'ioc_severity', TEN_SCALE);
    draft.time(
      'occurred_at',
      payload,
      'ioc_unix_time',
      'when',
      'raisedAt',
      'end',
      'rt',
      'created_at',
      'ioc_created_at',
    );
    draft.time('created_at', payload, 'created_at', 'rt', 'ioc_created_at', 'raisedAt');
    for (const item of listOf(jsonIn(payload['ioc_detection_mitre_attack']))) {
      for (const part of objectsOf(item)) {
        for (const tactic of objectsOf(part['tactic'])) {
          draft.attack(textOf(tactic['id']) ?? textOf(tactic['name']), 'ioc_detection_mitre_attack');
          for (const technique of objectsOf(tactic['techniques']))
            draft.attack(technique['id'], 'ioc_detection_mitre_attack');
        }
      }
    }
    draft.attack(payload['ioc_detection_attack'], 'ioc_detection_attack');
    readEntityFields(payload, '', FIELDS, draft);
  },
};
