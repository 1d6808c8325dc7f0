import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfPair } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { isObject, type JsonObject, listOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import type { Dialect } from '../dialect.ts';
import { readDefenderEvidence } from './defender-evidence.ts';
import { inheritedFacts, judgedRecord } from './listed-alert.ts';

const TYPE_KEYS = ['@odata.type', 'at_sign_odata_type', '@odata_type', 'odata_type', 'odata.type'];

/** An alert of the Microsoft Graph security API (`alerts_v2`), from any Defender product. */
export const defenderGraphAlert: Dialect = {
  name: 'defender_graph_alert',
  title: 'Microsoft Defender XDR alert (Graph alerts_v2)',
  reads: {
    recognisedBy: '`@odata.type` security.alert; `serviceSource` with `createdDateTime`',
    id: '`id`',
    time: '`firstActivityDateTime`, `createdDateTime`',
    severity: '`severity`',
    tactics: '`category`, `mitreTechniques`',
    entities: '`evidence[]`, with its roles',
  },
  verdictFields: [
    'status',
    'classification',
    'determination',
    'assignedTo',
    'comments',
    'resolvedDateTime',
    'lastUpdateDateTime',
    'investigationState',
    'incident',
    'evidence.verdict',
    'evidence.remediationStatus',
  ],

  recognise(payload) {
    const type = odataType(payload);
    if (type !== undefined) return /security\.alert$/i.test(type);
    if (!('createdDateTime' in payload) || 'impactScope' in payload) return false;
    return (
      'serviceSource' in payload ||
      ('detectionSource' in payload && 'detectorId' in payload) ||
      ('evidence' in payload && 'providerAlertId' in payload)
    );
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'providerAlertId');
    draft.constant('id_scope', DEFENDER_SCOPE);
    draft.text('title', payload, 'title', 'description');
    draft.text('rule_id', payload, 'detectorId', 'alertPolicyId');
    draft.text('rule_name', payload, 'title');
    draft.text('tenant', payload, 'tenantId');
    draft.text('incident_id', payload, 'incidentId');
    draft.text('category', payload, 'category', 'categories');
    const service = textOf(payload['serviceSource']);
    // A value that the schema does not know yet says that there is one, not which.
    if (service !== undefined && !/^unknown/i.test(service))
      draft.set('source', sourceOfProduct(service), 'serviceSource');
    draft.constant('source', 'defender_xdr');
    draft.constant('vendor', 'Microsoft');
    draft.severity(payload['severity'], 'severity');
    draft.time('occurred_at', payload, 'firstActivityDateTime', 'createdDateTime', 'lastActivityDateTime');
    draft.time('created_at', payload, 'createdDateTime');
    draft.attack(payload['category'], 'category');
    draft.attack(payload['categories'], 'categories');
    draft.attack(payload['mitreTechniques'], 'mitreTechniques');
    for (const evidence of objectsOf(payload['evidence'])) readDefenderEvidence(evidence, 'evidence', draft);
    // Some exports name each piece of evidence instead of listing them.
    for (const key in payload) {
      const part = payload[key];
      if (key.endsWith('Evidence') && key.length < 64 && isObject(part))
        readDefenderEvidence(part, key, draft);
    }
  },

  closingOf(payload): Closing | undefined {
    const { record } = judgedRecord(payload);
    const status = textOf(record['status']);
    if (status === undefined || !/^(resolved|redirected)$/i.test(status)) return undefined;
    const classification = /^redirected$/i.test(status) ? undefined : textOf(record['classification']);
    const determination = textOf(record['determination']);
    const assigned = textOf(record['assignedTo']);
    return closingOf({
      record: payload,
      outcome: outcomeOfPair(classification, determination),
      word: classification,
      raw: [classification ?? status, determination],
      reason: determination,
      closedAt: momentOf(record['resolvedDateTime'] ?? record['lastUpdateDateTime']),
      trace: {
        tags: [...listOf(payload['systemTags']), ...listOf(payload['customTags'])],
        closers: [textOf(payload['lastModifiedBy']), textOf(payload['resolvedBy'])],
        owners: [assigned],
        comments: [textOf(payload['resolvingComment'])],
        changes: changesOf(record['comments']),
        changedAt: momentOf(record['lastUpdateDateTime']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    const { record, isInherited } = judgedRecord(payload);
    const original = textOf(payload['providerAlertId']);
    return {
      ...factsOf(record, ['lastUpdateDateTime', 'resolvedDateTime'], ['assignedTo']),
      ...(isInherited ? inheritedFacts(payload) : {}),
      ...(original === undefined || original === payload['id'] ? {} : { aliases: [original] }),
    };
  },
};

function odataType(object: JsonObject): string | undefined {
  for (const key of TYPE_KEYS) {
    const type = object[key];
    if (typeof type === 'string') return type;
  }
  return undefined;
}
