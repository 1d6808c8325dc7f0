import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { type JsonObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * An event of PagerDuty: as senders post it (Events API v2) and as its webhooks (v3) hand an incident on.
 *
 * @see https://developer.pagerduty.com/docs/send-alert-event
 */
export const pagerduty: Dialect = {
  name: 'pagerduty',
  title: 'PagerDuty event (Events API v2, webhook v3)',
  reads: {
    recognisedBy: '`event_action`; webhook v3 (pdpyras 5.4.1 recorded)',
    id: '`dedup_key`',
    time: '`payload.timestamp`',
    severity: '`payload.severity`',
    tactics: '-',
    entities: '`custom_details`, summary',
  },
  verdictFields: ['event.data.status', 'event.data.assignees', 'event.data.resolve_reason'],

  recognise(payload) {
    if ('event_action' in payload)
      return 'dedup_key' in payload || 'routing_key' in payload || 'payload' in payload;
    const event = objectOf(payload['event']);
    return (
      event !== undefined &&
      typeof event['event_type'] === 'string' &&
      /^incident\./.test(event['event_type'])
    );
  },

  toAlert(payload, draft) {
    const data = objectOf(objectOf(payload['event'])?.['data']);
    if (data !== undefined) readIncident(data, draft);
    else readEvent(payload, draft);
    draft.constant('vendor', 'PagerDuty');
  },

  skipOf(payload) {
    const action = textAt(payload, 'event_action', 'event.event_type') ?? '';
    const ref = textAt(payload, 'dedup_key', 'event.data.id');
    const about = ref === undefined ? {} : { ref };
    if (/resolve/.test(action))
      return { code: 'resolved', reason: 'The event says that the alert is resolved.', ...about };
    if (/acknowledge/.test(action))
      return { code: 'acknowledged', reason: 'The event says that someone works on the alert.', ...about };
    return undefined;
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

function readEvent(payload: JsonObject, draft: Parameters<Dialect['toAlert']>[1]): void {
  draft.text('id', payload, 'dedup_key');
  draft.text('title', payload, 'payload.summary');
  // A resolve or acknowledge event may carry nothing but the key.
  draft.set('title', textOf(payload['event_action']), 'event_action');
  draft.text('category', payload, 'payload.class');
  draft.constant('source', 'pagerduty');
  draft.severity(textAt(payload, 'payload.severity'), 'payload.severity');
  draft.time('occurred_at', payload, 'payload.timestamp');
  const event = objectOf(payload['payload']) ?? {};
  readPartEntities(event['custom_details'], 'payload.custom_details', draft);
  readTexts(event, ['summary', 'source'], draft, 'payload.');
}

function readIncident(data: JsonObject, draft: Parameters<Dialect['toAlert']>[1]): void {
  const from = 'event.data.';
  draft.set('id', data['id'], `${from}id`);
  draft.set('title', data['title'] ?? data['summary'], `${from}title`);
  draft.constant('source', 'pagerduty');
  draft.severity(data['urgency'] ?? textAt(data, 'priority.summary'), `${from}urgency`);
  draft.setTime('occurred_at', data['created_at'], `${from}created_at`);
  readTexts(data, ['title', 'summary'], draft, from);
}
