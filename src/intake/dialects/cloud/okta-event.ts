import type { AlertDraft } from '../../draft/alert-draft.ts';
import { type JsonObject, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/** An event of Okta's System Log; threat and risk detections are among them. */
export const oktaEvent: Dialect = {
  name: 'okta_event',
  title: 'Okta System Log event',
  reads: {
    recognisedBy: '`eventType` with `published`',
    id: '`uuid`',
    time: '`published`',
    severity: '`severity`',
    tactics: '-',
    entities: 'actor, targets, client address',
  },
  verdictFields: [],

  recognise: (payload) =>
    'eventType' in payload &&
    'published' in payload &&
    ('actor' in payload || 'securityContext' in payload) &&
    ('displayMessage' in payload || 'outcome' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'uuid');
    draft.text('title', payload, 'displayMessage', 'eventType');
    draft.text('rule_id', payload, 'eventType');
    draft.text('rule_name', payload, 'displayMessage');
    draft.text('category', payload, 'eventType');
    draft.constant('source', 'okta');
    draft.constant('vendor', 'Okta');
    draft.severity(payload['severity'], 'severity');
    draft.time('occurred_at', payload, 'published');
    const actor = objectsOf(payload['actor'])[0];
    if (actor !== undefined) readParty(actor, 'actor', draft);
    for (const target of objectsOf(payload['target'])) readParty(target, 'target', draft);
    draft.entity('ip', textAt(payload, 'client.ipAddress'), 'client.ipAddress');
    for (const hop of objectsOf((payload['request'] as JsonObject | undefined)?.['ipChain']))
      draft.entity('ip', hop['ip'], 'request.ipChain.ip');
  },
};

function readParty(party: JsonObject, path: string, draft: AlertDraft): void {
  const type = textOf(party['type']) ?? '';
  const name = textOf(party['alternateId']) ?? textOf(party['displayName']);
  if (/ip address/i.test(type))
    draft.entity(
      'ip',
      textOf(party['displayName']) ?? party['id'],
      path,
      path === 'actor' ? 'attacker' : undefined,
    );
  else if (/user/i.test(type)) draft.entity('user', name, path);
  else if (/app/i.test(type)) draft.entity('other', party['displayName'], path);
}
