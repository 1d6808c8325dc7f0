import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { objectOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { keyOf, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields, readText, readTime } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['user', 'userPrincipalName', 'victim'],
  ['ip', 'ipAddress'],
];

/** A risk detection of Microsoft Entra ID Protection: Graph, diagnostic logs, or the AADUserRiskEvents table. */
export const entraRisk: Dialect = {
  name: 'entra_risk',
  title: 'Microsoft Entra ID Protection risk detection',
  reads: {
    recognisedBy: '`riskEventType` with `riskLevel`',
    id: '`id`',
    time: '`activityDateTime`',
    severity: '`riskLevel`',
    tactics: '-',
    entities: 'user, address',
  },
  verdictFields: [
    'riskState',
    'riskDetail',
    'lastUpdatedDateTime',
    'properties.riskState',
    'properties.riskDetail',
    'properties.lastUpdatedDateTime',
    'RiskState',
    'RiskDetail',
  ],

  recognise(payload) {
    const record = objectOf(payload['properties']) ?? payload;
    return keyOf(record, 'riskEventType') !== undefined && keyOf(record, 'riskLevel') !== undefined;
  },

  toAlert(payload, draft) {
    const record = objectOf(payload['properties']) ?? payload;
    readText('id', record, draft, 'id', 'requestId');
    const type = textOf(prop(record, 'riskEventType'));
    const words = type?.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
    draft.set('title', words === undefined ? undefined : `Risk detection: ${words}`, 'riskEventType');
    draft.set('rule_id', type, 'riskEventType');
    draft.set('rule_name', words, 'riskEventType');
    readText('category', record, draft, 'riskType', 'riskEventType');
    draft.set('tenant', payload['tenantId'] ?? payload['TenantId'], 'tenantId');
    draft.constant('source', 'entra_id_protection');
    draft.constant('vendor', 'Microsoft');
    const level = textOf(prop(record, 'riskLevel'));
    // "none" and "hidden" say that the level is not shown, not that there is no risk.
    if (level !== undefined && !/^(none|hidden|unknownfuturevalue)$/i.test(level))
      draft.severity(level, 'riskLevel');
    readTime('occurred_at', record, draft, 'activityDateTime', 'detectedDateTime', 'timeGenerated');
    draft.time('occurred_at', payload, 'time');
    readTime('created_at', record, draft, 'detectedDateTime');
    readEntityFields(record, '', FIELDS, draft);
    draft.attack(prop(record, 'mitreTechniqueId'), 'mitreTechniqueId');
    // A risk of a service principal has no user.
    draft.entity(
      'other',
      prop(record, 'servicePrincipalDisplayName') ??
        prop(record, 'servicePrincipalId') ??
        prop(record, 'appId'),
      'servicePrincipalDisplayName',
      'victim',
    );
    if (draft.nEntities === 0 || !draft.entities.list.some((entity) => entity.kind === 'user'))
      draft.entity(
        'user',
        textOf(prop(record, 'userDisplayName')) ?? prop(record, 'userId'),
        'userDisplayName',
        'victim',
      );
  },

  closingOf(payload): Closing | undefined {
    const record = objectOf(payload['properties']) ?? payload;
    const state = textOf(prop(record, 'riskState'));
    if (state === undefined || !/^(confirmedSafe|confirmedCompromised|dismissed|remediated)$/i.test(state))
      return undefined;
    const detail = textOf(prop(record, 'riskDetail'));
    // Only an administrator's word is a judgement; the service, a policy and the user close risks too.
    const byAdmin = /^(admin|m365dadmin)/i.test(detail ?? '');
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(state),
      word: state,
      raw: [state, detail],
      reason: detail,
      closedAt: momentOf(prop(record, 'lastUpdatedDateTime')),
      trace: { marker: byAdmin ? 'person' : 'machine' },
    });
  },

  recordOf(payload): RecordFacts {
    const record = objectOf(payload['properties']) ?? payload;
    const changedAt = momentOf(
      prop(record, 'lastUpdatedDateTime') ?? prop(record, 'riskLastUpdatedDateTime'),
    );
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};
