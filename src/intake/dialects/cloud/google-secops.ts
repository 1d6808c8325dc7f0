import type { Severity } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { pairsOf, readPartEntities } from '../../evidence/part-entities.ts';
import { lookup, objectOf, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

// ProductSeverity: these lie below LOW (200) by their numbers 100, 101 and 150.
const BELOW_LOW: Readonly<Record<string, Severity>> = {
  informational: 'informational',
  none: 'informational',
  error: 'informational',
};

/** A detection or case of Google Security Operations (Chronicle). */
export const googleSecops: Dialect = {
  name: 'google_secops',
  title: 'Google SecOps detection and case',
  reads: {
    recognisedBy: '`detection[]` with a rule; `PRIORITY_*` cases (secops 0.44)',
    id: '`id`',
    time: '`timeWindow.startTime`, `detectionTime`',
    severity: '`severity`; ERROR lies below LOW',
    tactics: 'rule labels',
    entities: 'event nouns, detection fields, outcomes',
  },
  verdictFields: [
    'feedbackSummary',
    'feedback_summary',
    'feedbackHistory',
    'status',
    'stage',
    'closeReason',
    'rootCause',
    'closeComment',
    'detection.alertState',
    'detection.alert_state',
  ],

  recognise(payload) {
    if (Array.isArray(payload['detection'])) {
      const [first] = payload['detection'] as unknown[];
      return (
        objectOf(first) !== undefined &&
        ('ruleId' in Object(first) || 'rule_id' in Object(first) || 'ruleName' in Object(first))
      );
    }
    const priority = payload['priority'];
    return (
      typeof priority === 'string' &&
      priority.startsWith('PRIORITY_') &&
      ('displayName' in payload || 'display_name' in payload)
    );
  },

  toAlert(payload, draft) {
    draft.constant('source', 'google_secops');
    draft.constant('vendor', 'Google');
    const detection = objectsOf(payload['detection'])[0];
    draft.text('id', payload, 'id', 'name');
    if (detection === undefined) {
      draft.idIsCounter();
      draft.text('title', payload, 'displayName', 'display_name');
      draft.severity(payload['priority'], 'priority');
      draft.time('occurred_at', payload, 'createTime', 'create_time');
      draft.entity('other', payload['displayName'] ?? payload['display_name'], 'displayName', 'related');
      return;
    }
    draft.set('title', prop(detection, 'ruleName'), 'detection.ruleName');
    draft.set('rule_id', prop(detection, 'ruleId'), 'detection.ruleId');
    draft.set('rule_name', prop(detection, 'ruleName'), 'detection.ruleName');
    draft.set('category', prop(detection, 'ruleType') ?? payload['type'], 'detection.ruleType');
    const word = textOf(detection['severity'])?.toLowerCase();
    const below = word === undefined ? undefined : lookup(BELOW_LOW, word);
    if (below !== undefined) draft.setSeverity(below, 'detection.severity');
    else draft.severity(detection['severity'], 'detection.severity');
    const outcomes = pairsOf(detection['outcomes']);
    draft.score(outcomes['risk_score'] ?? prop(detection, 'riskScore'), 'detection.outcomes.risk_score');
    draft.time(
      'occurred_at',
      payload,
      'timeWindow.startTime',
      'time_window.start_time',
      'detectionTime',
      'detection_time',
      'createdTime',
    );
    draft.time('created_at', payload, 'createdTime', 'created_time');
    for (const list of ['detectionFields', 'ruleLabels', 'outcomes'])
      readPartEntities(pairsOf(prop(detection, list)), `detection.${list}`, draft);
    draft.attack(Object.values(pairsOf(prop(detection, 'ruleLabels'))), 'detection.ruleLabels');
    readEvents(payload['collectionElements'] ?? payload['collection_elements'], draft);
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

function readEvents(elements: unknown, draft: AlertDraft): void {
  for (const element of objectsOf(elements).slice(0, 50))
    for (const reference of objectsOf(element['references']).slice(0, 50)) {
      const event = objectOf(reference['event']);
      if (event === undefined) continue;
      for (const noun of ['principal', 'target', 'src', 'observer', 'intermediary', 'about'])
        for (const part of objectsOf(event[noun])) {
          const path = `collectionElements.references.event.${noun}`;
          draft.entity('host', part['hostname'], `${path}.hostname`);
          draft.entity('ip', part['ip'], `${path}.ip`);
          draft.entity(
            'user',
            textAt(part, 'user.userid', 'user.emailAddresses', 'user.userDisplayName'),
            `${path}.user`,
          );
          draft.entity('url', part['url'], `${path}.url`);
          draft.entity(
            'process',
            textAt(part, 'process.commandLine', 'process.command_line'),
            `${path}.process`,
          );
          readPartEntities(part, path, draft);
        }
    }
}
