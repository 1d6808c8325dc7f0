import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfPair } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { mergeOf, mergeReason } from '../../evidence/record-merge.ts';
import { isObject, type JsonObject, listOf, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import type { Dialect } from '../dialect.ts';
import { readDefenderEvidence } from './defender-evidence.ts';
import { INCIDENT, incidentFields, inheritedFacts, judgedRecord } from './listed-alert.ts';

/**
 * An incident of Microsoft Defender XDR (incidents API, Graph `security/incidents`) without its alerts, or one alert out
 * of an incident of the incidents API.
 */
export const defenderIncident: Dialect = {
  name: 'defender_incident',
  title: 'Microsoft Defender XDR incident (incidents API, Graph incident); one alert for each it lists',
  reads: {
    recognisedBy: '`incidentId` with `incidentName`; `alertId` with `creationTime`; security.incident',
    id: '`alertId`, else `incidentId`',
    time: '`firstActivity`, `creationTime`',
    severity: '`severity`',
    tactics: '`category`, `mitreTechniques`',
    entities: '`entities[]`, `devices[]`',
  },
  verdictFields: [
    'status',
    'classification',
    'determination',
    'assignedTo',
    'comments',
    'tags',
    'customTags',
    'resolvingComment',
    'investigationState',
    'resolvedTime',
    'lastUpdateTime',
    'lastUpdatedTime',
    'incident',
    'priorityScore',
  ],

  recognise(payload) {
    return isGraphIncident(payload) || isApiIncident(payload) || isApiAlert(payload);
  },

  toAlert(payload, draft) {
    if (isApiAlert(payload)) {
      draft.text('id', payload, 'alertId', 'providerAlertId');
      draft.constant('id_scope', DEFENDER_SCOPE);
    } else {
      draft.text('id', payload, 'incidentId', 'id');
      draft.idIsCounter();
    }
    draft.text('incident_id', payload, 'incidentId');
    const id = draft.get('id');
    if (id !== undefined) draft.constant('incident_id', id);
    draft.text('title', payload, 'title', 'incidentName', 'displayName', 'description');
    draft.text('rule_id', payload, 'detectorId');
    draft.text('rule_name', payload, 'title', 'incidentName', 'displayName');
    draft.text('tenant', payload, 'tenantId');
    draft.text('category', payload, 'category');
    const service = textAt(payload, 'serviceSource', 'detectionSource');
    if (service !== undefined) draft.set('source', sourceOfProduct(service), 'serviceSource');
    draft.constant('source', 'defender_xdr');
    draft.constant('vendor', 'Microsoft');
    draft.severity(payload['severity'], 'severity');
    draft.time('occurred_at', payload, 'firstActivity', 'creationTime', 'createdTime', 'createdDateTime');
    draft.time('created_at', payload, 'creationTime', 'createdTime', 'createdDateTime');
    draft.attack(payload['category'], 'category');
    draft.attack(payload['mitreTechniques'], 'mitreTechniques');
    for (const device of objectsOf(payload['devices'])) readDefenderEvidence(device, 'devices', draft);
    for (const entity of objectsOf(payload['entities'])) readDefenderEvidence(entity, 'entities', draft);
  },

  closingOf(payload): Closing | undefined {
    const { record } = judgedRecord(payload);
    const status = textOf(record['status']);
    if (status === undefined || !/^(resolved|redirected)$/i.test(status)) return undefined;
    const isMerged = /^redirected$/i.test(status);
    const classification = isMerged ? undefined : textOf(record['classification']);
    const determination = textOf(record['determination']);
    return closingOf({
      record: payload,
      outcome: outcomeOfPair(classification, determination),
      word: classification,
      raw: [classification ?? status, determination],
      reason: isMerged ? mergeReason(payload) : determination,
      closedAt: momentOf(record['resolvedTime'] ?? record['lastUpdateTime'] ?? record['lastUpdateDateTime']),
      trace: {
        tags: ['tags', 'customTags', 'systemTags'].flatMap((name) => listOf(record[name])),
        closers: [textOf(record['lastModifiedBy'])],
        owners: [textOf(record['assignedTo'])],
        comments: [textOf(record['resolvingComment'])],
        changes: changesOf(record['comments']),
        changedAt: momentOf(
          record['lastUpdateTime'] ?? record['lastUpdateDateTime'] ?? record['lastUpdatedTime'],
        ),
      },
      memberAlertIds: memberIds(payload),
    });
  },

  recordOf(payload): RecordFacts {
    const { record, isInherited } = judgedRecord(payload);
    const times = ['lastUpdateTime', 'lastUpdateDateTime', 'lastUpdatedTime', 'resolvedTime'];
    return {
      ...factsOf(record, times, ['assignedTo']),
      ...(isInherited ? inheritedFacts(payload) : {}),
      isIncident: !isInherited && !isApiAlert(payload) && INCIDENT in payload === false,
      memberAlertIds: memberIds(payload),
      ...mergeOf(payload),
    };
  },
};

const memberIds = (payload: JsonObject): string[] =>
  objectsOf(payload['alerts']).flatMap((alert) => textAt(alert, 'alertId', 'id') ?? []);

function isGraphIncident(payload: JsonObject): boolean {
  const type = payload['@odata.type'];
  if (typeof type === 'string') return /security\.incident$/i.test(type);
  return 'createdDateTime' in payload && 'incidentWebUrl' in payload && !('incidentId' in payload);
}

function isApiIncident(payload: JsonObject): boolean {
  return (
    'incidentId' in payload &&
    ('incidentName' in payload || ('createdTime' in payload && 'alerts' in payload))
  );
}

function isApiAlert(payload: JsonObject): boolean {
  return (
    'alertId' in payload &&
    'creationTime' in payload &&
    ('serviceSource' in payload || 'incidentId' in payload)
  );
}

/** The alerts an incident lists, each with the incident's id and verdict fields, or undefined where there are none. */
export function alertsOfIncident(record: JsonObject): JsonObject[] | undefined {
  if (!isGraphIncident(record) && !isApiIncident(record)) return undefined;
  const alerts = listOf(record['alerts']).filter(isObject);
  if (alerts.length === 0) return undefined;
  const incidentId = record['incidentId'] ?? record['id'];
  const closing = incidentFields(record);
  return alerts.map((alert) => ({
    tenantId: record['tenantId'],
    ...alert,
    incidentId: alert['incidentId'] ?? incidentId,
    [INCIDENT]: closing,
  }));
}
