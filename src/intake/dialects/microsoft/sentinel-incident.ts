import { SENTINEL_SCOPE } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { falseAlarmReason, outcomeOfPair } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { mergeOf } from '../../evidence/record-merge.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { SENTINEL_SCALE } from '../../values/severity-scale.ts';
import { keyOf, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { readSentinelEntities } from './sentinel-entities.ts';

/** A Sentinel incident: playbook trigger, ARM resource (camelCase), Python SDK (snake_case), SecurityIncident row. */
export const sentinelIncident: Dialect = {
  name: 'sentinel_incident',
  title: 'Microsoft Sentinel incident (playbook trigger, ARM, SDK, SecurityIncident row)',
  reads: {
    recognisedBy: 'type Microsoft.SecurityInsights/Incidents; `IncidentName`; `incident_number`',
    id: '`name`, else the number with tenant or start',
    time: '`firstActivityTimeUtc`, `createdTimeUtc`',
    severity: '`severity`',
    tactics: '`additionalData.tactics`, `.techniques`',
    entities: '`relatedEntities`, member alerts',
  },
  verdictFields: [
    'properties.status',
    'properties.classification',
    'properties.classificationReason',
    'properties.classificationComment',
    'properties.owner',
    'properties.labels',
    'properties.lastModifiedTimeUtc',
    'object.properties.status',
    'object.properties.classification',
    'object.properties.classificationReason',
    'object.properties.classificationComment',
    'object.properties.owner',
    'object.properties.labels',
    'status',
    'classification',
    'classification_reason',
    'classification_comment',
    'owner',
    'labels',
    'Status',
    'Classification',
    'ClassificationReason',
    'ClassificationComment',
    'Owner',
    'Labels',
    'ClosedTime',
    'ModifiedBy',
    'Comments',
    'Tasks',
  ],

  recognise(payload) {
    const incident = objectOf(payload['object']) ?? payload;
    const type = incident['type'];
    if (typeof type === 'string' && /^microsoft\.securityinsights\/incidents$/i.test(type)) return true;
    if (typeof payload['objectSchemaType'] === 'string' && /incident/i.test(payload['objectSchemaType']))
      return true;
    if ('IncidentName' in payload && ('IncidentNumber' in payload || payload['Type'] === 'SecurityIncident'))
      return true;
    if ('incident_number' in payload && 'created_time_utc' in payload) return true;
    const properties = objectOf(incident['properties']);
    return properties !== undefined && 'incidentNumber' in properties && 'severity' in properties;
  },

  toAlert(payload, draft) {
    const { incident, properties, path } = partsOf(payload);
    const take = (field: 'id' | 'title', name: string): void => {
      const key = keyOf(properties, name);
      if (key !== undefined) draft.set(field, properties[key], path.properties + key);
    };
    draft.set('id', incident['name'], `${path.incident}name`);
    take('id', 'incidentName');
    take('id', 'incidentNumber');
    const id = draft.get('id');
    if (id !== undefined) draft.constant('incident_id', id);
    // Its name is a GUID; its number counts within the workspace.
    if (id !== undefined && isName(id)) draft.constant('id_scope', SENTINEL_SCOPE);
    else draft.idIsCounter();
    take('title', 'title');
    draft.constant('source', 'microsoft_sentinel');
    draft.constant('vendor', 'Microsoft');
    draft.severity(
      prop(properties, 'severity'),
      `${path.properties}${keyOf(properties, 'severity')}`,
      SENTINEL_SCALE,
    );
    readTimes(properties, path.properties, draft);
    const ruleIds = listOf(jsonIn(prop(properties, 'relatedAnalyticRuleIds')));
    const ruleId = textOf(ruleIds);
    draft.set(
      'rule_id',
      ruleId?.slice(ruleId.lastIndexOf('/') + 1),
      `${path.properties}relatedAnalyticRuleIds`,
    );
    readTenant(payload, incident, draft, path.incident);
    const additional = objectOf(jsonIn(prop(properties, 'additionalData')));
    if (additional) {
      const from = `${path.properties}additionalData.`;
      draft.attack(jsonIn(prop(additional, 'tactics')), `${from}tactics`);
      draft.attack(jsonIn(prop(additional, 'techniques')), `${from}techniques`);
      draft.measure('alert_count', prop(additional, 'alertsCount'), `${from}alertsCount`);
    }
    for (const name of ['relatedEntities', 'entities'])
      readSentinelEntities(prop(properties, name) ?? payload[name], path.properties + name, draft);
    readMemberAlerts(properties, `${path.properties}alerts`, draft);
  },

  closingOf(payload): Closing | undefined {
    const { properties } = partsOf(payload);
    const status = textOf(prop(properties, 'status'));
    if (status === undefined || status.toLowerCase() !== 'closed') return undefined;
    const classification = textOf(prop(properties, 'classification'));
    const reason = textOf(prop(properties, 'classificationReason'));
    const closedAt = momentOf(prop(properties, 'closedTime') ?? prop(properties, 'closedTimeUtc'));
    const changedAt = changedAtOf(properties);
    return closingOf({
      record: payload,
      outcome: outcomeOfPair(classification, reason),
      word: classification,
      raw: [classification ?? 'Closed', reason],
      reason: reasonOf(classification, reason),
      closedAt: closedAt ?? changedAt,
      trace: {
        tags: listOf(jsonIn(prop(properties, 'labels'))),
        closers: [textOf(prop(properties, 'modifiedBy') ?? prop(properties, 'lastModifiedBy'))],
        owners: [ownerOf(properties)],
        comments: [
          textOf(prop(properties, 'classificationComment')),
          textOf(prop(properties, 'classificationReasonText')),
        ],
        besideOwnTag: textOf(prop(properties, 'classificationComment')),
        changes: changesOf(jsonIn(prop(properties, 'comments'))),
        changedAt,
      },
      memberAlertIds: memberIds(properties),
    });
  },

  recordOf(payload): RecordFacts {
    const { properties } = partsOf(payload);
    const changedAt = changedAtOf(properties);
    const owner = ownerOf(properties);
    return {
      ...(changedAt === undefined ? {} : { changedAt }),
      isIncident: true,
      memberAlertIds: memberIds(properties),
      ...mergeOf(properties),
      ...(owner === undefined ? {} : { owners: [owner] }),
    };
  },
};

const isName = (id: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id);

/** When the incident was last changed, else when this row of its history was written. */
function changedAtOf(properties: JsonObject): string | undefined {
  for (const name of ['lastModifiedTimeUtc', 'lastModifiedTime', 'timeGenerated', 'closedTime']) {
    const moment = momentOf(prop(properties, name));
    if (moment !== undefined) return moment;
  }
  return undefined;
}

function ownerOf(properties: JsonObject): string | undefined {
  const value = jsonIn(prop(properties, 'owner')) ?? prop(properties, 'owner');
  const owner = objectOf(value);
  if (owner === undefined) return textOf(value);
  return (
    textOf(prop(owner, 'userPrincipalName')) ??
    textOf(prop(owner, 'email')) ??
    textOf(prop(owner, 'assignedTo'))
  );
}

function partsOf(payload: JsonObject): {
  incident: JsonObject;
  properties: JsonObject;
  path: { incident: string; properties: string };
} {
  const object = objectOf(payload['object']);
  const incident = object ?? payload;
  const properties = objectOf(incident['properties']);
  const prefix = object ? 'object.' : '';
  return {
    incident,
    properties: properties ?? incident,
    path: { incident: prefix, properties: properties ? `${prefix}properties.` : prefix },
  };
}

function readTimes(properties: JsonObject, path: string, draft: AlertDraft): void {
  for (const name of [
    'firstActivityTimeUtc',
    'firstActivityTime',
    'createdTimeUtc',
    'createdTime',
    'timeGenerated',
  ])
    readTime('occurred_at', properties, name, path, draft);
  for (const name of ['createdTimeUtc', 'createdTime']) readTime('created_at', properties, name, path, draft);
}

function readTime(
  field: 'occurred_at' | 'created_at',
  properties: JsonObject,
  name: string,
  path: string,
  draft: AlertDraft,
): void {
  const key = keyOf(properties, name);
  if (key !== undefined) draft.setTime(field, properties[key], path + key);
}

function readTenant(payload: JsonObject, incident: JsonObject, draft: AlertDraft, path: string): void {
  draft.set('tenant', incident['TenantId'], `${path}TenantId`);
  draft.set('tenant', payload['workspaceId'], 'workspaceId');
  const workspace = /\/workspaces\/([^/]+)/i.exec(textOf(incident['id']) ?? '');
  draft.set('tenant', workspace?.[1], `${path}id`);
}

/** Alerts of the incident as the trigger carries them: their entities and tactics belong to the incident. */
function readMemberAlerts(properties: JsonObject, path: string, draft: AlertDraft): void {
  for (const member of listOf(properties['alerts'])) {
    const alert = isObject(member) ? objectOf(member['properties']) : undefined;
    if (alert === undefined) continue;
    draft.attack(alert['tactics'], `${path}.properties.tactics`);
    draft.attack(alert['techniques'], `${path}.properties.techniques`);
    readSentinelEntities(alert['entities'], `${path}.properties.entities`, draft);
    draft.set('rule_name', alert['alertDisplayName'], `${path}.properties.alertDisplayName`);
  }
}

function memberIds(properties: JsonObject): string[] {
  const ids = listOf(jsonIn(prop(properties, 'alertIds'))).flatMap((id) => textOf(id) ?? []);
  for (const member of listOf(properties['alerts'])) {
    if (!isObject(member)) continue;
    const id = textOf(objectOf(member['properties'])?.['systemAlertId']) ?? textOf(member['name']);
    if (id !== undefined) ids.push(id);
  }
  return [...new Set(ids)];
}

function reasonOf(classification: string | undefined, reason: string | undefined): string | undefined {
  if (reason === undefined)
    return classification === undefined ? 'closed without classification' : falseAlarmReason(classification);
  return falseAlarmReason(reason) ?? reason;
}
