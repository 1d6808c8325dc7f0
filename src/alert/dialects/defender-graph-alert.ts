import type { AlertDraft } from '../alert-draft.ts';
import type { EntityRole } from '../entity-collector.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from '../json-value.ts';
import { momentOf } from '../moment.ts';
import { sourceOfProduct } from '../product-name.ts';
import { carriesOwnTag, isAutomationName, type VendorVerdict, verdict } from '../vendor-verdict.ts';
import { defenderOutcome } from './defender-outcome.ts';
import type { Dialect } from './dialect.ts';
import { joinPath } from './file-path.ts';

const TYPE_KEYS = ['@odata.type', 'at_sign_odata_type', '@odata_type', 'odata_type', 'odata.type'];

/** An alert of the Microsoft Graph security API (`alerts_v2`), from any Defender product. */
export const defenderGraphAlert: Dialect = {
  name: 'defender_graph_alert',
  title: 'Microsoft Defender XDR alert (Graph alerts_v2)',
  verdictFields: [
    'status',
    'classification',
    'determination',
    'assignedTo',
    'comments',
    'resolvedDateTime',
    'lastUpdateDateTime',
    'investigationState',
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
    draft.text('title', payload, 'title', 'description');
    draft.text('rule_id', payload, 'detectorId', 'alertPolicyId');
    draft.text('rule_name', payload, 'title');
    draft.text('tenant', payload, 'tenantId');
    draft.text('incident_id', payload, 'incidentId');
    draft.text('category', payload, 'category');
    const service = textOf(payload['serviceSource']);
    if (service !== undefined) draft.set('source', sourceOfProduct(service), 'serviceSource');
    draft.constant('source', 'defender_xdr');
    draft.constant('vendor', 'Microsoft');
    draft.severity(payload['severity'], 'severity');
    draft.time('occurred_at', payload, 'firstActivityDateTime', 'createdDateTime', 'lastActivityDateTime');
    draft.time('created_at', payload, 'createdDateTime');
    draft.attack(payload['category'], 'category');
    draft.attack(payload['mitreTechniques'], 'mitreTechniques');
    for (const evidence of objectsOf(payload['evidence'])) readEvidence(evidence, 'evidence', draft);
    // Some exports name each piece of evidence instead of listing them.
    for (const key in payload) {
      const part = payload[key];
      if (key.endsWith('Evidence') && key.length < 64 && isObject(part)) readEvidence(part, key, draft);
    }
  },

  verdictOf(payload): VendorVerdict | undefined {
    const status = textOf(payload['status']);
    if (status === undefined || !/^resolved$/i.test(status)) return undefined;
    const classification = textOf(payload['classification']);
    const determination = textOf(payload['determination']);
    const analyst = textOf(payload['assignedTo']);
    const tagged = carriesOwnTag([...listOf(payload['systemTags']), ...listOf(payload['customTags'])]);
    return verdict(defenderOutcome(classification, determination), {
      raw: [classification ?? status, determination],
      reason: determination,
      byAutomation: isAutomationName(analyst) || (tagged && analyst === undefined),
      analyst,
      closedAt: momentOf(payload['resolvedDateTime'] ?? payload['lastUpdateDateTime']),
    });
  },
};

function odataType(object: JsonObject): string | undefined {
  for (const key of TYPE_KEYS) {
    const type = object[key];
    if (typeof type === 'string') return type;
  }
  return undefined;
}

const ROLES: Readonly<Record<string, EntityRole>> = {
  attacker: 'attacker',
  commandAndControl: 'attacker',
  source: 'attacker',
  attacked: 'victim',
  compromised: 'victim',
  destination: 'victim',
  scanned: 'victim',
  contextual: 'related',
};

function roleOf(evidence: JsonObject): EntityRole | undefined {
  for (const role of listOf(evidence['roles'])) {
    if (typeof role === 'string' && Object.hasOwn(ROLES, role)) return ROLES[role];
  }
  return undefined;
}

/** Read by what a piece of evidence holds, not by its type: forwarders lose or rename the type. */
function readEvidence(evidence: JsonObject, path: string, draft: AlertDraft): void {
  const role = roleOf(evidence);
  draft.entity('host', evidence['deviceDnsName'] ?? evidence['hostName'], path, role);
  draft.entity('ip', evidence['ipAddress'], path, role);
  draft.entity('ip', evidence['lastIpAddress'], path);
  draft.entity('ip', evidence['lastExternalIpAddress'], path);
  draft.entity('ip', objectOf(evidence['ipAddress'])?.['ipAddress'], path, role);
  readAccount(evidence['userAccount'], path, draft, role);
  for (const user of objectsOf(evidence['loggedOnUsers'])) readAccount(user, path, draft, 'related');
  draft.entity('url', evidence['url'], path, role);
  draft.entity('domain', evidence['domainName'], path, role);
  for (const name of ['fileDetails', 'imageFile', 'parentProcessImageFile'])
    readFile(evidence[name], path, draft, name === 'parentProcessImageFile' ? 'related' : role);
  draft.entity('process', evidence['processCommandLine'], path, role);
  const key = textOf(evidence['registryKey']);
  if (key !== undefined) {
    const hive = textOf(evidence['registryHive']);
    draft.entity('registry', hive === undefined ? key : `${hive}\\${key}`, path, role);
  }
  readMail(evidence, path, draft, role);
  for (const name of ['resourceId', 'amazonResourceId', 'fullResourceName'])
    draft.entity('cloud_resource', evidence[name], path, role);
  draft.entity('cloud_resource', objectOf(evidence['vmMetadata'])?.['resourceId'], path, role);
  if ('appId' in evidence) draft.entity('other', evidence['displayName'] ?? evidence['appId'], path, role);
}

function readAccount(value: unknown, path: string, draft: AlertDraft, role?: EntityRole): void {
  if (!isObject(value)) return;
  const name = textOf(value['accountName']) ?? textOf(value['displayName']) ?? textOf(value['userSid']);
  draft.user(name, value['domainName'], value['userPrincipalName'], path, role);
}

function readFile(value: unknown, path: string, draft: AlertDraft, role?: EntityRole): void {
  if (!isObject(value)) return;
  const name = textOf(value['fileName']);
  const folder = textOf(value['filePath']);
  if (name !== undefined) draft.entity('file', joinPath(folder, name), path, role);
  for (const hash of ['sha256', 'sha1', 'md5']) draft.entity('hash', value[hash], path, role);
}

function readMail(evidence: JsonObject, path: string, draft: AlertDraft, role?: EntityRole): void {
  draft.entity('email', evidence['primaryAddress'], path, role);
  draft.entity('email', evidence['recipientEmailAddress'], path, 'victim');
  for (const name of ['p1Sender', 'p2Sender'])
    draft.entity('email', objectOf(evidence[name])?.['emailAddress'], path, role);
  draft.entity('ip', evidence['senderIp'], path, role);
  draft.entity('url', evidence['urls'], path, role);
}
