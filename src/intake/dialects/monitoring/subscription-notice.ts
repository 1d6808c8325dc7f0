import { objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * The handshake of a subscription: Event Grid waits for its validation code in the answer, SNS for a visit of a link.
 *
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const subscriptionNotice: Dialect = {
  name: 'subscription_notice',
  title: 'Subscription handshake (Event Grid, SNS); never scored',
  reads: {
    recognisedBy: 'Event Grid validation, SNS confirmation',
    id: '-',
    time: '-',
    severity: '-',
    tactics: '-',
    entities: 'never scored; Event Grid gets its code back',
  },
  verdictFields: [],

  recognise(payload) {
    const type = payload['eventType'] ?? payload['type'];
    if (type === 'Microsoft.EventGrid.SubscriptionValidationEvent')
      return 'validationCode' in (objectOf(payload['data']) ?? {});
    return payload['Type'] === 'SubscriptionConfirmation' && 'SubscribeURL' in payload;
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'MessageId');
    draft.set('title', 'Subscription handshake', 'eventType');
    draft.constant('source', 'subscription');
    draft.time('occurred_at', payload, 'eventTime', 'Timestamp');
  },

  skipOf(payload) {
    const code = textAt(payload, 'data.validationCode');
    if (code !== undefined)
      return {
        code: 'subscription_validation',
        reason: 'Event Grid asks whether this address wants its events.',
        ref: code,
      };
    const topic = textOf(payload['TopicArn']);
    return {
      code: 'subscription_validation',
      reason: 'SNS asks whether this address wants its messages: confirm it in the console of the topic.',
      ...(topic === undefined ? {} : { ref: topic }),
    };
  },

  verdictOf: () => undefined,
};
