import type { Severity } from '../../../alert/alert.ts';
import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { at, numberOf, objectOf, objectsOf, textAt } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Priority of an event definition: 1 low, 2 normal, 3 high, 4 critical (since 6.0).
const PRIORITIES: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

/**
 * An event of Graylog as its HTTP notification posts it.
 *
 * @see https://go2docs.graylog.org/current/interacting_with_your_log_data/notifications.html
 */
export const graylogEvent: Dialect = {
  name: 'graylog_event',
  title: 'Graylog event (HTTP notification)',
  reads: {
    recognisedBy: '`event_definition_id` (HTTP notification documentation)',
    id: '`event.id`',
    time: '`event.timestamp`',
    severity: 'priority 1 low to 4 critical',
    tactics: '`fields.mitre`',
    entities: 'fields, backlog',
  },
  verdictFields: [],

  recognise: (payload) => 'event_definition_id' in payload && objectOf(payload['event']) !== undefined,

  toAlert(payload, draft) {
    const event = objectOf(payload['event']) ?? {};
    draft.text('id', payload, 'event.id');
    draft.text('title', payload, 'event_definition_title', 'event.message');
    draft.text('rule_id', payload, 'event_definition_id');
    draft.text('rule_name', payload, 'event_definition_title');
    draft.text('category', payload, 'event_definition_type');
    draft.constant('source', 'graylog');
    draft.constant('vendor', 'Graylog');
    const priority = numberOf(event['priority']);
    const severity = priority === undefined ? undefined : PRIORITIES[priority];
    if (severity !== undefined) draft.setSeverity(severity, 'event.priority');
    else draft.severity(event['priority'], 'event.priority');
    draft.time('occurred_at', payload, 'event.timestamp', 'event.timerange_start');
    draft.time('created_at', payload, 'event.timestamp_processing');
    for (const part of ['fields', 'group_by_fields']) readPartEntities(event[part], `event.${part}`, draft);
    for (const message of objectsOf(payload['backlog']).slice(0, 50)) {
      draft.entity('host', message['source'], 'backlog.source');
      readPartEntities(message['fields'], 'backlog.fields', draft);
      readTexts(message, ['message'], draft, 'backlog.');
    }
    readTexts(event, ['message', 'key'], draft, 'event.');
    draft.attack(textAt(payload, 'event_definition_description'), 'event_definition_description');
    draft.attack(at(payload, 'event.fields.mitre'), 'event.fields.mitre');
  },
};
