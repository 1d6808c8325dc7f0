import { readPartEntities } from '../../evidence/part-entities.ts';
import { at, listOf, numberOf, objectOf, objectsOf, textAt } from '../../values/json-value.ts';
import { PERCENT_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

/**
 * A model breach of Darktrace. `score` is 0-1, `pbid` numbers the breaches of one master.
 *
 * @see https://docs.darktrace.com (Threat Visualizer API: /modelbreaches)
 */
export const darktrace: Dialect = {
  name: 'darktrace',
  title: 'Darktrace model breach',
  reads: {
    recognisedBy: '`pbid` (Threat Visualizer API documentation)',
    id: '`pbid`',
    time: '`time`',
    severity: '`score` 0-1, category',
    tactics: '`mitreTechniques`',
    entities: 'device, triggered filters',
  },
  verdictFields: ['acknowledged', 'commentCount', 'status'],

  recognise: (payload) =>
    'pbid' in payload && ('model' in payload || 'triggeredComponents' in payload || 'breachUrl' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'pbid');
    draft.idIsCounter();
    draft.text('title', payload, 'model.then.name', 'model.now.name', 'model.name', 'name');
    draft.text('rule_id', payload, 'model.then.uuid', 'model.now.uuid', 'model.uuid', 'model.then.pid');
    draft.text('rule_name', payload, 'model.then.name', 'model.now.name', 'model.name');
    draft.text('category', payload, 'model.then.category', 'model.now.category', 'model.category');
    draft.constant('source', 'darktrace');
    draft.constant('vendor', 'Darktrace');
    draft.severity(
      textAt(payload, 'model.then.category', 'model.now.category', 'model.category'),
      'model.category',
    );
    const score = numberOf(payload['score']);
    if (score !== undefined && score >= 0 && score <= 1) {
      draft.severity(score * 100, 'score', PERCENT_SCALE);
      draft.score(payload['score'], 'score', 100);
    }
    draft.time('occurred_at', payload, 'time', 'creationTime');
    draft.time('created_at', payload, 'creationTime');
    for (const device of objectsOf(payload['device'])) {
      draft.entity('host', device['hostname'] ?? device['devicelabel'], 'device.hostname', 'impacted');
      draft.entity('ip', device['ip'], 'device.ip', 'impacted');
      for (const address of objectsOf(device['ips']))
        draft.entity('ip', address['ip'], 'device.ips', 'impacted');
      for (const credential of listOf(device['credentials']))
        draft.entity('user', objectOf(credential)?.['credential'] ?? credential, 'device.credentials');
    }
    for (const component of objectsOf(payload['triggeredComponents']))
      for (const filter of objectsOf(component['triggeredFilters'])) readTriggered(filter, draft);
    for (const technique of objectsOf(at(payload, 'mitreTechniques')))
      draft.attack([technique['techniqueID'], technique['technique']], 'mitreTechniques');
    draft.attack(
      at(payload, 'model.then.mitre.techniques') ?? at(payload, 'model.mitre.techniques'),
      'model.mitre',
    );
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

function readTriggered(
  filter: Record<string, unknown> | Readonly<Record<string, unknown>>,
  draft: Parameters<Dialect['toAlert']>[1],
): void {
  const type = textAt(filter, 'filterType') ?? '';
  const value = textAt(filter, 'trigger.value');
  if (value === undefined) return;
  if (/ip( address)?$/i.test(type)) draft.entity('ip', value, 'triggeredComponents.triggeredFilters');
  else if (/hostname|domain/i.test(type))
    draft.entity('domain', value, 'triggeredComponents.triggeredFilters');
  else if (/user|credential/i.test(type)) draft.entity('user', value, 'triggeredComponents.triggeredFilters');
  else readPartEntities({ [type]: value }, 'triggeredComponents.triggeredFilters', draft);
}
