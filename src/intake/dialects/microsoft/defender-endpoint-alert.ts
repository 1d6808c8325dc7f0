import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfPair } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { listOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';
import { readDefenderEvidence } from './defender-evidence.ts';

/** An alert of the Defender for Endpoint API (`/api/alerts`). */
export const defenderEndpointAlert: Dialect = {
  name: 'defender_endpoint_alert',
  title: 'Microsoft Defender for Endpoint alert',
  reads: {
    recognisedBy: '`alertCreationTime` with `machineId`',
    id: '`id`',
    time: '`firstEventTime`',
    severity: '`severity`',
    tactics: '`category`, `mitreTechniques`',
    entities: '`computerDnsName`, `relatedUser`, `evidence[]`',
  },
  verdictFields: [
    'status',
    'classification',
    'determination',
    'assignedTo',
    'comments',
    'investigationState',
    'resolvedTime',
    'lastUpdateTime',
  ],

  recognise(payload) {
    return 'alertCreationTime' in payload && ('machineId' in payload || 'detectionSource' in payload);
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id');
    draft.constant('id_scope', DEFENDER_SCOPE);
    draft.text('title', payload, 'title', 'description');
    draft.text('rule_id', payload, 'detectorId');
    draft.text('rule_name', payload, 'title');
    draft.text('tenant', payload, 'aadTenantId');
    draft.text('incident_id', payload, 'incidentId');
    draft.text('category', payload, 'category');
    draft.constant('source', 'defender_for_endpoint');
    draft.constant('vendor', 'Microsoft');
    draft.severity(payload['severity'], 'severity');
    draft.time('occurred_at', payload, 'firstEventTime', 'alertCreationTime');
    draft.time('created_at', payload, 'alertCreationTime');
    draft.attack(payload['category'], 'category');
    draft.attack(payload['mitreTechniques'], 'mitreTechniques');
    draft.entity('host', payload['computerDnsName'], 'computerDnsName', 'impacted');
    const user = objectOf(payload['relatedUser']);
    draft.user(user?.['userName'], user?.['domainName'], undefined, 'relatedUser', 'related');
    for (const evidence of objectsOf(payload['evidence'])) readDefenderEvidence(evidence, 'evidence', draft);
  },

  closingOf(payload): Closing | undefined {
    const status = textOf(payload['status']);
    if (status === undefined || !/^resolved$/i.test(status)) return undefined;
    const classification = textOf(payload['classification']);
    const determination = textOf(payload['determination']);
    return closingOf({
      record: payload,
      outcome: outcomeOfPair(classification, determination),
      word: classification,
      raw: [classification ?? status, determination],
      reason: determination,
      closedAt: momentOf(payload['resolvedTime'] ?? payload['lastUpdateTime']),
      trace: {
        tags: listOf(payload['tags']),
        closers: [textOf(payload['lastModifiedBy'])],
        owners: [textOf(payload['assignedTo'])],
        changes: changesOf(payload['comments']),
        changedAt: momentOf(payload['lastUpdateTime']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    return factsOf(payload, ['lastUpdateTime', 'resolvedTime'], ['assignedTo']);
  },
};
