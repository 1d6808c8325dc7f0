import { objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A change notification of Microsoft Graph, as Event Grid hands it on: it names an alert and holds nothing of it.
 *
 * @see https://learn.microsoft.com/azure/event-grid/security-alert-events
 */
export const graphNotice: Dialect = {
  name: 'graph_notice',
  title: 'Change notification of Microsoft Graph; never scored',
  reads: {
    recognisedBy: 'a CloudEvent `Microsoft.Graph.…` whose `data` names a resource; `lifecycleEvent`',
    id: '-',
    time: '-',
    severity: '-',
    tactics: '-',
    entities: 'never scored: read the alert it names and send that',
  },
  verdictFields: [],

  recognise(payload) {
    if (isOfSubscription(payload)) return true;
    return textOf(payload['type'])?.startsWith('Microsoft.Graph.') === true && nameOf(payload) !== undefined;
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'subscriptionId');
    draft.set('title', 'Change notification', 'type');
    draft.constant('source', 'microsoft_graph');
    draft.time('occurred_at', payload, 'time');
  },

  skipOf(payload) {
    if (isOfSubscription(payload))
      return {
        code: 'subscription_validation',
        reason: `The subscription itself: ${textOf(payload['lifecycleEvent']) ?? ''}.`,
      };
    return {
      code: 'redirected',
      reason: 'It names an alert of Microsoft Graph and holds nothing of it: read that alert and send it.',
      ref: nameOf(payload) ?? '',
    };
  },
};

/** Graph's word about a subscription, not about what it watches. */
function isOfSubscription(payload: Parameters<Dialect['recognise']>[0]): boolean {
  return 'lifecycleEvent' in payload && 'subscriptionId' in payload;
}

function nameOf(payload: Parameters<Dialect['recognise']>[0]): string | undefined {
  const data = objectOf(payload['data']);
  if (data === undefined || !('changeType' in data)) return undefined;
  return textAt(data, 'resourceData.id') ?? textOf(data['resource']);
}
