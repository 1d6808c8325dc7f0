import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, type JsonObject, listOf, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { readSentinelEntities } from './sentinel-entities.ts';

/**
 * Office 365 Management API records about alerts: automated investigations (RecordType 64) and alerts of the compliance
 * centre (RecordType 40). The alert itself is JSON text in `Data`.
 */
export const officeAlert: Dialect = {
  name: 'office_alert',
  title: 'Office 365 automated investigation and compliance alert',
  reads: {
    recognisedBy: '`InvestigationId`; `AlertId` with `Workload`',
    id: '`AlertId`, `InvestigationId`',
    time: '`StartTimeUtc`',
    severity: '`Severity`, also in `Data`',
    tactics: '`Intent`, `Category`',
    entities: '`Entities` in `Data` and `Actions`',
  },
  verdictFields: ['Status', 'LastUpdateTimeUtc', 'EndTimeUtc', 'RunningTime', 'Comments', 'Actions'],

  recognise(payload) {
    if ('InvestigationId' in payload && 'InvestigationType' in payload) return true;
    return 'RecordType' in payload && 'Workload' in payload && 'AlertId' in payload;
  },

  toAlert(payload, draft) {
    const data = dataOf(payload);
    draft.text('id', payload, 'AlertId', 'InvestigationId', 'Id');
    if (textOf(payload['AlertId']) !== undefined) draft.constant('id_scope', DEFENDER_SCOPE);
    draft.set('title', data['AlertDisplayName'], 'Data.AlertDisplayName');
    draft.text('title', payload, 'Name', 'InvestigationName', 'Operation');
    draft.set('rule_id', data['AlertType'] ?? payload['PolicyId'], 'Data.AlertType');
    draft.text('rule_id', payload, 'InvestigationType');
    draft.text('rule_name', payload, 'Name', 'InvestigationType');
    draft.set('category', data['Category'] ?? payload['Category'], 'Category');
    draft.text('category', payload, 'InvestigationType');
    draft.text('incident_id', payload, 'InvestigationId');
    draft.text('tenant', payload, 'OrganizationId');
    draft.constant('source', 'defender_for_office');
    draft.constant('vendor', 'Microsoft');
    draft.severity(payload['Severity'], 'Severity');
    draft.severity(data['Severity'], 'Data.Severity');
    readTimes(payload, data, draft);
    draft.attack(data['Intent'], 'Data.Intent');
    draft.attack(data['Category'], 'Data.Category');
    if (data['Entities'] !== undefined) readSentinelEntities(data['Entities'], 'Data.Entities', draft);
    for (const action of listOf(payload['Actions'])) {
      const parsed = jsonIn(action);
      if (isObject(parsed)) readSentinelEntities(parsed['Entities'], 'Actions.Entities', draft);
    }
    const entity = textOf(payload['AlertEntityId']);
    if (entity?.includes('@')) draft.entity('user', entity, 'AlertEntityId');
  },
};

function dataOf(payload: JsonObject): JsonObject {
  const data = jsonIn(payload['Data']);
  return isObject(data) ? data : {};
}

function readTimes(payload: JsonObject, data: JsonObject, draft: AlertDraft): void {
  draft.setTime('occurred_at', data['StartTimeUtc'], 'Data.StartTimeUtc');
  draft.time('occurred_at', payload, 'StartTimeUtc', 'CreationTime');
  draft.time('created_at', payload, 'CreationTime');
}
