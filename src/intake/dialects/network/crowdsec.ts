import { pairsOf, readPartEntities } from '../../evidence/part-entities.ts';
import { objectOf, objectsOf, textAt } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/** An alert of CrowdSec, from `cscli alerts list`, its API or its HTTP notification. It states no severity. */
export const crowdsec: Dialect = {
  name: 'crowdsec',
  title: 'CrowdSec alert',
  reads: {
    recognisedBy: '`scenario` with `machine_id` (1.4.6 recorded)',
    id: '`uuid`, else `id` on its machine',
    time: '`start_at`',
    severity: 'not stated: unknown',
    tactics: '-',
    entities: 'source, users and machines in event meta',
  },
  verdictFields: ['decisions', 'decisions.type', 'remediation', 'labels'],

  recognise: (payload) =>
    'scenario' in payload &&
    objectOf(payload['source']) !== undefined &&
    ('machine_id' in payload || 'events_count' in payload || 'scenario_hash' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'uuid', 'id');
    // The number counts within one CrowdSec of a fleet.
    if (!('uuid' in payload)) {
      draft.text('id_scope', payload, 'machine_id');
      draft.idIsCounter();
    }
    draft.text('title', payload, 'scenario', 'message');
    draft.text('rule_id', payload, 'scenario_hash', 'scenario');
    draft.text('rule_name', payload, 'scenario');
    draft.constant('source', 'crowdsec');
    draft.constant('vendor', 'CrowdSec');
    draft.time('occurred_at', payload, 'start_at', 'stop_at', 'created_at');
    draft.time('created_at', payload, 'created_at');
    draft.entity('ip', textAt(payload, 'source.ip', 'source.value'), 'source.ip', 'attacker');
    draft.measure('event_count', payload['events_count'], 'events_count');
    for (const event of objectsOf(payload['events']).slice(0, 50)) {
      const meta = pairsOf(event['meta']);
      draft.entity('user', meta['target_user'], 'events.meta.target_user', 'victim');
      draft.entity('host', meta['machine'], 'events.meta.machine', 'victim');
      draft.entity('domain', meta['target_fqdn'], 'events.meta.target_fqdn', 'victim');
      readPartEntities(meta, 'events.meta', draft);
    }
    readPartEntities(pairsOf(payload['meta']), 'meta', draft);
  },
};
