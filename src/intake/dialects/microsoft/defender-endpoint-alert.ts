import type { Closing } from '../../../alert/closing.ts';
import { carriesOwnTag, isAutomationName, verdict } from '../../evidence/vendor-verdict.ts';
import { listOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';
import { readDefenderEvidence } from './defender-evidence.ts';
import { defenderOutcome } from './defender-outcome.ts';

/** An alert of the Defender for Endpoint API (`/api/alerts`). */
export const defenderEndpointAlert: Dialect = {
  name: 'defender_endpoint_alert',
  title: 'Microsoft Defender for Endpoint alert',
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

  verdictOf(payload): Closing | undefined {
    const status = textOf(payload['status']);
    if (status === undefined || !/^resolved$/i.test(status)) return undefined;
    const classification = textOf(payload['classification']);
    const determination = textOf(payload['determination']);
    const analyst = textOf(payload['assignedTo']);
    const tagged = carriesOwnTag(listOf(payload['tags']));
    return verdict(defenderOutcome(classification, determination), {
      raw: [classification ?? status, determination],
      reason: determination,
      byAutomation: isAutomationName(analyst) || (tagged && analyst === undefined),
      analyst,
      closedAt: momentOf(payload['resolvedTime'] ?? payload['lastUpdateTime']),
    });
  },
};
