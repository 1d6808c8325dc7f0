import { readTexts } from '../../evidence/part-entities.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A notification of Apprise as its JSON, form and XML targets post it. `type` is the severity.
 *
 * @see https://github.com/caronc/apprise/wiki/Notify_Custom_JSON
 */
export const apprise: Dialect = {
  name: 'apprise',
  title: 'Apprise notification (json://, form://)',
  reads: {
    recognisedBy: '`title`, `message`, `type` (2.3.0 recorded)',
    id: 'none: fingerprint',
    time: 'receipt',
    severity: '`type`',
    tactics: '-',
    entities: 'addresses and names in `message`',
  },
  verdictFields: [],

  recognise: (payload) =>
    'type' in payload &&
    'title' in payload &&
    'message' in payload &&
    'version' in payload &&
    ('attachments' in payload || /^(info|success|warning|failure)$/.test(String(payload['type']))),

  toAlert(payload, draft) {
    draft.text('title', payload, 'title', 'message');
    draft.constant('source', 'unknown');
    draft.severity(payload['type'], 'type');
    draft.distinct(payload['message']);
    readTexts(payload, ['message', 'title'], draft);
  },
};
