import { readPartEntities } from '../../evidence/part-entities.ts';
import { objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { PERCENT_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * A detection of Vectra AI: API, or syslog in JSON (`d_type_vname`). Threat and certainty are 0-100.
 *
 * @see https://docs.vectra.ai (REST API v2: /detections; syslog JSON format)
 */
export const vectra: Dialect = {
  name: 'vectra',
  title: 'Vectra AI detection (API, JSON syslog)',
  reads: {
    recognisedBy: '`threat` with `certainty` (Vectra API documentation)',
    id: '`detection_id`, `id`',
    time: '`first_timestamp`',
    severity: '`threat` 0-100',
    tactics: 'category',
    entities: 'source host, account, destinations',
  },
  verdictFields: [
    'triaged',
    'triage_rule_id',
    'assigned_to',
    'assigned_date',
    'state',
    'note',
    'notes',
    'is_triaged',
  ],

  recognise: (payload) =>
    ('certainty' in payload &&
      'threat' in payload &&
      ('detection' in payload || 'detection_type' in payload)) ||
    'd_type_vname' in payload ||
    ('vectra_timestamp' in payload && 'category' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'detection_id', 'id', 'd_id');
    draft.idIsCounter();
    draft.text('title', payload, 'd_type_vname', 'detection_type', 'detection', 'd_type');
    draft.text('rule_name', payload, 'd_type_vname', 'detection_type', 'detection');
    draft.text('category', payload, 'detection_category', 'category');
    draft.constant('source', 'vectra');
    draft.constant('vendor', 'Vectra');
    draft.severity(textOf(payload['severity']), 'severity');
    draft.severity(payload['threat'], 'threat', PERCENT_SCALE);
    draft.score(payload['threat'], 'threat');
    draft.time(
      'occurred_at',
      payload,
      'first_timestamp',
      'created_timestamp',
      'event_timestamp',
      'vectra_timestamp',
      'last_timestamp',
      'detected',
    );
    draft.attack([textAt(payload, 'detection_category', 'category') ?? ''], 'category');
    draft.entity('ip', payload['src_ip'], 'src_ip', 'impacted');
    for (const part of ['src_host', 'src_account']) {
      const end = textAt(payload, `${part}.name`);
      draft.entity(part === 'src_host' ? 'host' : 'user', end, `${part}.name`, 'impacted');
      draft.entity('ip', textAt(payload, `${part}.ip`), `${part}.ip`, 'impacted');
    }
    draft.entity('host', payload['host_name'], 'host_name', 'impacted');
    draft.entity('ip', payload['host_ip'], 'host_ip', 'impacted');
    for (const name of ['dd_dst_ip', 'dst_ips', 'destination_ips']) draft.entity('ip', payload[name], name);
    for (const name of ['dd_dst_dns', 'dst_domains', 'target_domains'])
      draft.entity('domain', payload[name], name);
    for (const detail of objectsOf(payload['grouped_details']).slice(0, 100))
      readPartEntities(detail, 'grouped_details', draft);
    readPartEntities(payload['summary'], 'summary', draft);
    readPartEntities(payload['detail'], 'detail', draft);
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};
