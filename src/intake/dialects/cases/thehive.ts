import type { Severity } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { pairsOf, readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import {
  isObject,
  type JsonObject,
  lookup,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
} from '../../values/json-value.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';
import { ENTITY_TYPE_WORDS } from '../generic/generic-names.ts';

const SEVERITIES: readonly Severity[] = ['unknown', 'low', 'medium', 'high', 'critical'];

/**
 * An alert or case of TheHive 4 and 5: as clients create it, as its API and webhooks hand it on. Severity 1 low to 4
 * critical.
 *
 * @see https://docs.strangebee.com/thehive/api-docs/
 */
export const theHive: Dialect = {
  name: 'thehive',
  title: 'TheHive alert and case (4, 5)',
  reads: {
    recognisedBy: '`sourceRef`; `_type` alert (thehive4py 2.1 recorded; API documentation)',
    id: '`_id`, else `sourceRef`',
    time: '`date`',
    severity: '1 low to 4 critical',
    tactics: 'tags',
    entities: 'observables',
  },
  verdictFields: [
    'status',
    'stage',
    'resolutionStatus',
    'impactStatus',
    'summary',
    'assignee',
    'owner',
    'read',
    'follow',
    'extendedStatus',
    'closeDate',
    'endDate',
    '_updatedAt',
    '_updatedBy',
  ],

  recognise(payload) {
    const record = recordOf(payload);
    if ('sourceRef' in record && 'title' in record && ('type' in record || 'source' in record)) return true;
    const type = record['_type'];
    if (typeof type === 'string' && /^(alert|case)$/i.test(type))
      return 'title' in record && 'severity' in record;
    return 'caseId' in record && 'tlp' in record && 'title' in record;
  },

  toAlert(payload, draft) {
    const record = recordOf(payload);
    const from = record === payload ? '' : 'object.';
    for (const name of ['_id', 'id', 'sourceRef']) draft.set('id', record[name], from + name);
    draft.set('title', record['title'], `${from}title`);
    draft.set('category', record['type'], `${from}type`);
    draft.set('incident_id', record['case'] ?? record['caseId'], `${from}caseId`);
    const source = textOf(record['source']);
    if (source !== undefined) draft.set('source', sourceOfProduct(source), `${from}source`);
    draft.constant('source', 'thehive');
    draft.severity(record['severityLabel'], `${from}severityLabel`);
    const number = numberOf(record['severity']);
    if (number !== undefined && SEVERITIES[number] !== undefined)
      draft.setSeverity(SEVERITIES[number], `${from}severity`);
    else draft.severity(record['severity'], `${from}severity`);
    for (const name of ['date', 'startDate', '_createdAt', 'createdAt'])
      draft.setTime('occurred_at', record[name], from + name);
    for (const name of ['_createdAt', 'createdAt']) draft.setTime('created_at', record[name], from + name);
    const tags = Array.isArray(record['tags']) ? record['tags'] : [];
    draft.attack(tags, `${from}tags`);
    for (const list of ['observables', 'artifacts']) readObservables(record[list], from + list, draft);
    readPartEntities(pairsOf(tags), `${from}tags`, draft);
    const custom = record['customFields'];
    readPartEntities(isObject(custom) ? custom : pairsOf(custom), `${from}customFields`, draft);
    readTexts(record, ['description', 'title'], draft, from);
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

// Webhooks put the record under `object`.
function recordOf(payload: JsonObject): JsonObject {
  const object = objectOf(payload['object']);
  return object !== undefined && ('objectType' in payload || 'operation' in payload) ? object : payload;
}

function readObservables(list: unknown, path: string, draft: AlertDraft): void {
  for (const observable of objectsOf(list)) {
    const type =
      textOf(observable['dataType'])
        ?.toLowerCase()
        .replace(/[^a-z0-9]/g, '') ?? '';
    const kind = lookup(ENTITY_TYPE_WORDS, type);
    if (kind !== undefined) draft.entity(kind, observable['data'], path);
    else if (!/^(useragent|other|mailsubject)$/.test(type)) draft.entity('other', observable['data'], path);
    const attachment = objectOf(observable['attachment']);
    draft.entity('file', attachment?.['name'], path);
    draft.entity('hash', attachment?.['hashes'], path);
  }
}
