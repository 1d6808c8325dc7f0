import { pairsOf, readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { isObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * An alert of Opsgenie: as its clients create it and as its webhook hands it on (`action`, `alert`).
 *
 * @see https://docs.opsgenie.com/docs/alert-api
 */
export const opsgenie: Dialect = {
  name: 'opsgenie',
  title: 'Opsgenie alert (API, webhook)',
  reads: {
    recognisedBy: '`action` with `alert`; `alias` with `message` (Opsgenie API documentation)',
    id: '`alias`',
    time: '`createdAt`',
    severity: 'P1 critical to P5 informational',
    tactics: 'tags',
    entities: 'entity, details, tags, description',
  },
  verdictFields: [
    'alert.status',
    'alert.acknowledged',
    'alert.owner',
    'status',
    'acknowledged',
    'owner',
    'isSeen',
    'note',
  ],

  recognise(payload) {
    const alert = objectOf(payload['alert']);
    if (alert !== undefined) return 'action' in payload && 'alertId' in alert;
    if (!('message' in payload)) return false;
    if ('tinyId' in payload && 'priority' in payload) return true;
    return 'alias' in payload && ('priority' in payload || 'responders' in payload || 'entity' in payload);
  },

  toAlert(payload, draft) {
    const alert = objectOf(payload['alert']) ?? payload;
    const from = alert === payload ? '' : 'alert.';
    // The alias is what its sender knows the alert by; Opsgenie's own ids come later.
    for (const name of ['alias', 'alertId', 'id']) draft.set('id', alert[name], from + name);
    draft.set('title', alert['message'], `${from}message`);
    draft.constant('source', 'opsgenie');
    draft.severity(alert['priority'], `${from}priority`);
    for (const name of ['createdAt', 'insertedAt', 'created_at'])
      draft.setTime('occurred_at', alert[name], from + name);
    const entity = textOf(alert['entity']);
    if (entity !== undefined && !/\s/.test(entity)) draft.entity('host', entity, `${from}entity`, 'impacted');
    const details = alert['details'];
    readPartEntities(isObject(details) ? details : pairsOf(details), `${from}details`, draft);
    const tags = Array.isArray(alert['tags']) ? alert['tags'] : [];
    draft.attack(tags, `${from}tags`);
    readPartEntities(pairsOf(tags), `${from}tags`, draft);
    readTexts(alert, ['description', 'message'], draft, from);
  },

  skipOf(payload) {
    const action = textOf(payload['action']);
    if (action === undefined || !('alert' in payload) || /^create$/i.test(action)) return undefined;
    const ref = textAt(payload, 'alert.alias', 'alert.alertId');
    const isOver = /close|delete|resolve/i.test(action);
    return {
      code: isOver ? 'resolved' : 'acknowledged',
      reason: `The action ${action} is a step in the work on the alert and no alert.`,
      ...(ref === undefined ? {} : { ref }),
    };
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};
