import type { EntityKind } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { type JsonObject, lookup, numberOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { severityOfPriority } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

// Attribute types by their first part; composites join two values with `|`.
const KINDS: Readonly<Record<string, EntityKind>> = {
  'ip-src': 'ip',
  'ip-dst': 'ip',
  domain: 'domain',
  hostname: 'host',
  url: 'url',
  uri: 'url',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  sha512: 'hash',
  filename: 'file',
  'email-src': 'email',
  'email-dst': 'email',
  'email-attachment': 'file',
  regkey: 'registry',
  'target-user': 'user',
  'target-machine': 'host',
  'target-email': 'email',
  email: 'email',
};

/**
 * An event of MISP. Threat level 1 high, 2 medium, 3 low, 4 undefined.
 *
 * @see https://www.misp-project.org/openapi/
 */
export const mispEvent: Dialect = {
  name: 'misp_event',
  title: 'MISP event',
  reads: {
    recognisedBy: '`threat_level_id` with `info` (MISP API)',
    id: '`uuid`',
    time: '`date`',
    severity: '1 high, 2 medium, 3 low',
    tactics: 'galaxies, tags',
    entities: 'attributes, also composite',
  },
  verdictFields: ['Event.analysis', 'Event.published'],

  recognise(payload) {
    const event = objectOf(payload['Event']) ?? payload;
    return 'info' in event && 'threat_level_id' in event;
  },

  toAlert(payload, draft) {
    const event = objectOf(payload['Event']) ?? payload;
    const from = event === payload ? '' : 'Event.';
    draft.set('id', event['uuid'] ?? event['id'], `${from}uuid`);
    if (!('uuid' in event)) draft.idIsCounter();
    draft.set('title', event['info'], `${from}info`);
    draft.set('tenant', objectOf(event['Org'])?.['name'], `${from}Org.name`);
    draft.constant('source', 'misp');
    draft.constant('vendor', 'MISP');
    const level = numberOf(event['threat_level_id']);
    if (level !== undefined && level < 4)
      draft.setSeverity(severityOfPriority(level), `${from}threat_level_id`);
    draft.setTime('occurred_at', event['date'], `${from}date`);
    draft.setTime('occurred_at', event['timestamp'], `${from}timestamp`);
    readAttributes(event, from, draft);
    for (const object of objectsOf(event['Object'])) readAttributes(object, `${from}Object.`, draft);
    for (const list of [event['Galaxy'], event['Tag']])
      for (const tag of objectsOf(list)) draft.attack(textOf(tag['name']), `${from}Tag`);
  },
};

function readAttributes(holder: JsonObject, from: string, draft: AlertDraft): void {
  for (const attribute of objectsOf(holder['Attribute'])) {
    const types = (textOf(attribute['type']) ?? '').split('|');
    const values = (textOf(attribute['value']) ?? '').split('|');
    types.forEach((type, position) => {
      const kind = lookup(KINDS, type);
      if (kind !== undefined) draft.entity(kind, values[position], `${from}Attribute`);
    });
  }
}
