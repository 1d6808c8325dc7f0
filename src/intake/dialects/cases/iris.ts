import type { Severity } from '../../../alert/alert.ts';
import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, numberOf, objectsOf, textAt } from '../../values/json-value.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import { severityOfWord } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

// Rows of the severity table as IRIS creates it.
const SEVERITIES: readonly Severity[] = [
  'unknown',
  'unknown',
  'unknown',
  'informational',
  'low',
  'medium',
  'critical',
];

/**
 * An alert of DFIR-IRIS.
 *
 * @see https://docs.dfir-iris.org/latest/operations/api/
 */
export const iris: Dialect = {
  name: 'iris',
  title: 'DFIR-IRIS alert',
  reads: {
    recognisedBy: '`alert_title` with IRIS names (API documentation)',
    id: '`alert_source_ref`',
    time: '`alert_source_event_time`',
    severity: "the source's word, `alert_severity_id`",
    tactics: 'source content',
    entities: 'IOCs, assets, source content',
  },
  verdictFields: [
    'alert_status_id',
    'alert_status',
    'alert_resolution_status_id',
    'resolution_status',
    'alert_owner_id',
    'alert_owner',
    'owner',
    'alert_note',
    'alert_classification_id',
    'classification',
    'status',
    'comments',
  ],

  recognise: (payload) =>
    'alert_title' in payload &&
    ('alert_severity_id' in payload || 'alert_source_ref' in payload || 'alert_customer_id' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'alert_source_ref', 'alert_uuid', 'alert_id');
    draft.text('title', payload, 'alert_title');
    draft.text('tenant', payload, 'customer.customer_name', 'alert_customer_id');
    const source = textAt(payload, 'alert_source');
    if (source !== undefined) draft.set('source', sourceOfProduct(source), 'alert_source');
    draft.constant('source', 'iris');
    draft.severity(textAt(payload, 'severity.severity_name'), 'severity.severity_name');
    readSeverity(payload, draft);
    draft.time('occurred_at', payload, 'alert_source_event_time', 'alert_creation_time');
    draft.time('created_at', payload, 'alert_creation_time');
    const content = jsonIn(payload['alert_source_content']);
    for (const list of ['alert_iocs', 'iocs'])
      for (const ioc of objectsOf(payload[list]))
        readPartEntities({ [textAt(ioc, 'ioc_type.type_name') ?? 'value']: ioc['ioc_value'] }, list, draft);
    for (const list of ['alert_assets', 'assets'])
      for (const asset of objectsOf(payload[list])) {
        draft.entity('host', asset['asset_name'], `${list}.asset_name`, 'impacted');
        draft.entity('ip', asset['asset_ip'], `${list}.asset_ip`, 'impacted');
        draft.entity('domain', asset['asset_domain'], `${list}.asset_domain`, 'impacted');
      }
    if (isObject(content)) {
      draft.attack([content['attackTactic'], content['attackTechnique']], 'alert_source_content');
      readPartEntities(content, 'alert_source_content', draft);
    }
    readTexts(payload, ['alert_description', 'alert_title'], draft);
  },

  closingOf: genericClosing,
  recordOf: genericFacts,
};

function readSeverity(
  payload: Parameters<Dialect['toAlert']>[0],
  draft: Parameters<Dialect['toAlert']>[1],
): void {
  if (draft.hasSeverity) return;
  const id = numberOf(payload['alert_severity_id']);
  if (id === undefined) return;
  const content = jsonIn(payload['alert_source_content']);
  // The table is the installation's own and may be changed; the source's own word says more than its row.
  const word = isObject(content)
    ? textAt(content, 'eventSeverityCat', 'severity', 'alert_severity', 'level')
    : undefined;
  const named = word === undefined ? undefined : severityOfWord(word);
  if (named !== undefined) draft.setSeverity(named, 'alert_source_content');
  const severity = id === 5 ? 'high' : SEVERITIES[id];
  if (severity === undefined) draft.warn(`Expected a known severity in \`alert_severity_id\`, got ${id}.`);
  else draft.setSeverity(severity, 'alert_severity_id');
}
