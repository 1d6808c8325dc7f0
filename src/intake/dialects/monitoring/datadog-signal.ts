import { pairsOf, readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { at, type JsonObject, objectOf, textAt } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * A security signal of Datadog. Its `status` is the severity; the work on it stands in `workflow.triage`.
 *
 * @see https://docs.datadoghq.com/api/latest/security-monitoring/
 */
export const datadogSignal: Dialect = {
  name: 'datadog_signal',
  title: 'Datadog security signal',
  reads: {
    recognisedBy: 'type signal (datadog-api-client 1.64)',
    id: '`id`',
    time: '`workflow.first_seen`, `timestamp`',
    severity: '`status`',
    tactics: 'tags',
    entities: '`usr`, `network`, samples, tags',
  },
  verdictFields: [
    'attributes.attributes.workflow.triage',
    'attributes.custom.workflow.triage',
    'attributes.workflow.triage',
  ],

  recognise(payload) {
    if (payload['type'] !== 'signal' && payload['type'] !== 'security_signal') return false;
    const attributes = objectOf(payload['attributes']);
    return attributes !== undefined && partOf(attributes) !== undefined;
  },

  toAlert(payload, draft) {
    const attributes = objectOf(payload['attributes']) ?? {};
    const [name, inner] = partOf(attributes) ?? ['', {}];
    const from = `attributes.${name}.`;
    draft.text('id', payload, 'id');
    draft.set('title', inner['title'] ?? attributes['title'], `${from}title`);
    draft.text('title', payload, 'attributes.message');
    draft.set('rule_id', textAt(inner, 'workflow.rule.id'), `${from}workflow.rule.id`);
    draft.set('rule_name', textAt(inner, 'workflow.rule.name'), `${from}workflow.rule.name`);
    draft.set('category', textAt(inner, 'workflow.rule.type'), `${from}workflow.rule.type`);
    draft.constant('source', 'datadog');
    draft.constant('vendor', 'Datadog');
    draft.severity(inner['status'] ?? attributes['status'] ?? inner['severity'], `${from}status`);
    draft.setTime('occurred_at', at(inner, 'workflow.first_seen'), `${from}workflow.first_seen`);
    draft.time('occurred_at', payload, 'attributes.timestamp');
    const tags = Array.isArray(attributes['tags']) ? attributes['tags'] : [];
    draft.attack(tags, 'attributes.tags');
    for (const part of [
      'usr',
      'network',
      'http',
      'host',
      'evt',
      'process',
      'file',
      'dns',
      'container',
      'kubernetes',
    ])
      readPartEntities({ [part]: inner[part] }, `attributes.${name}`, draft);
    draft.entity('user', textAt(inner, 'usr.id', 'usr.name'), `${from}usr`);
    draft.entity('ip', textAt(inner, 'network.client.ip'), `${from}network.client.ip`);
    readPartEntities(objectOf(inner['samples']) ?? inner['samples'], `${from}samples`, draft);
    readPartEntities(pairsOf(tags), 'attributes.tags', draft);
    readTexts(attributes, ['message'], draft, 'attributes.');
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

// The API says `custom` today, `attributes` before; some forwarders flatten it.
function partOf(attributes: JsonObject): readonly [string, JsonObject] | undefined {
  for (const name of ['attributes', 'custom']) {
    const part = objectOf(attributes[name]);
    if (part !== undefined && ('workflow' in part || 'title' in part || 'status' in part))
      return [name, part];
  }
  return undefined;
}
