import type { Skip } from '../../skip.ts';
import { type JsonObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * The handshake of a subscription: Event Grid waits for its validation code in the answer, SNS for a visit of a link,
 * GitHub tells that a webhook was set up, Slack and Zoom want a token back.
 *
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const subscriptionNotice: Dialect = {
  name: 'subscription_notice',
  title: 'Subscription handshake (Event Grid, SNS, GitHub, Slack, Zoom); never scored',
  reads: {
    recognisedBy: 'Event Grid validation, SNS confirmation, GitHub ping, a url verification with a challenge',
    id: '-',
    time: '-',
    severity: '-',
    tactics: '-',
    entities: 'never scored; Event Grid and Slack get back what they wait for',
  },
  verdictFields: [],

  recognise(payload) {
    const type = payload['eventType'] ?? payload['type'];
    if (type === 'Microsoft.EventGrid.SubscriptionValidationEvent')
      return 'validationCode' in (objectOf(payload['data']) ?? {});
    if (typeof payload['zen'] === 'string' && 'hook_id' in payload) return true;
    if (wantsTokenBack(payload)) return true;
    return (
      /^(un)?subscri(ption|be)confirmation$/i.test(textOf(payload['Type']) ?? '') && 'SubscribeURL' in payload
    );
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'MessageId', 'hook_id');
    draft.set('title', 'Subscription handshake', 'eventType');
    draft.constant('source', 'subscription');
    draft.time('occurred_at', payload, 'eventTime', 'Timestamp');
  },

  skipOf(payload): Skip | undefined {
    const code = textAt(payload, 'data.validationCode');
    if (code !== undefined)
      return {
        code: 'subscription_validation',
        reason: 'Event Grid asks whether this address wants its events.',
        ref: code,
        answer: { validationResponse: code },
      };
    const hook = textOf(payload['hook_id']);
    if (hook !== undefined)
      return { code: 'subscription_validation', reason: 'A webhook tells that it was set up.', ref: hook };
    const challenge = textOf(payload['challenge']);
    if (wantsTokenBack(payload) && challenge !== undefined)
      return {
        code: 'subscription_validation',
        reason: 'The sender asks for its challenge back before it sends.',
        ref: challenge,
        answer: { challenge },
      };
    if (wantsTokenBack(payload))
      return {
        code: 'subscription_validation',
        reason:
          'The sender wants its token back, signed with a secret that only it and its owner know: put something between that answers it.',
      };
    const topic = textOf(payload['TopicArn']);
    return {
      code: 'subscription_validation',
      reason:
        payload['Type'] === 'SubscriptionConfirmation'
          ? 'SNS asks whether this address wants its messages: confirm it in the console of the topic.'
          : 'SNS tells that this address gets no more messages of the topic.',
      ...(topic === undefined ? {} : { ref: topic }),
    };
  },
};

/** Slack's `challenge`, Zoom's `plainToken`: a sender of webhooks makes sure of the address. */
function wantsTokenBack(payload: JsonObject): boolean {
  const kind = textOf(payload['type'] ?? payload['event'] ?? payload['event_type']) ?? '';
  return (
    /^([a-z]{1,16}[._])?(url_)?(verification|validation)$/i.test(kind) &&
    textAt(payload, 'challenge', 'payload.plainToken', 'plainToken') !== undefined
  );
}
