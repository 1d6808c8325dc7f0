import type { AlertDraft } from '../../draft/alert-draft.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { readEvidenceFields, readEvidenceTree } from '../../evidence/evidence-tree.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { joinPath } from '../file-path.ts';

const ROLES: Readonly<Record<string, EntityRole>> = {
  attacker: 'attacker',
  commandandcontrol: 'attacker',
  source: 'attacker',
  attacked: 'victim',
  compromised: 'victim',
  destination: 'victim',
  scanned: 'victim',
  impacted: 'impacted',
  contextual: 'related',
  related: 'related',
};

/** Role of a piece of evidence in any Defender API, or undefined where the product does not say. */
export function evidenceRole(value: unknown): EntityRole | undefined {
  for (const role of listOf(value)) {
    if (typeof role !== 'string') continue;
    const word = role.toLowerCase();
    if (Object.hasOwn(ROLES, word)) return ROLES[word];
  }
  return undefined;
}

/**
 * Reads one piece of evidence of the Graph alert, the incidents API or the endpoint alert. Read by what it holds, not by
 * its type: forwarders lose or rename the type. The sensor's own `verdict` is left alone.
 */
export function readDefenderEvidence(evidence: JsonObject, path: string, draft: AlertDraft, depth = 0): void {
  const role = evidenceRole(evidence['roles']);
  const before = draft.entities.nOffered;
  readKnownFields(evidence, path, draft);
  // What else it holds is read by its shape: fields that are younger than this reader, kinds not invented yet.
  if (draft.entities.nOffered === before) readEvidenceTree(evidence, path, draft, role);
  else readEvidenceFields(evidence, path, draft, role, (key) => READ.has(key) || isNested(evidence[key]));
  // Evidence inside evidence is read by the same reader; each nested piece names its type.
  if (depth < MAX_DEPTH)
    for (const key in evidence)
      for (const part of typeof evidence[key] === 'object' ? objectsOf(evidence[key]) : [])
        if (isPieceOfEvidence(part)) readDefenderEvidence(part, `${path}.${key}`, draft, depth + 1);
}

function isNested(part: unknown): boolean {
  return typeof part === 'object' && objectsOf(part).some(isPieceOfEvidence);
}

function isPieceOfEvidence(part: JsonObject): boolean {
  return /evidence$/i.test(textOf(part['@odata.type']) ?? '');
}

const MAX_DEPTH = 4;

// Fields that are read above: of some two make one value, or their word means another thing in this product's evidence.
const READ = new Set(
  (
    'userAccount accountName domainName dnsDomain ntDomain userPrincipalName userSid aadUserId azureAdUserId loggedOnUsers ' +
    'hostName deviceDetail fileDetails imageFile fileName filePath url mdeDeviceId azureAdDeviceId deviceDnsName ' +
    'registryKey registryHive registryValueName registryValueType registryValue processCommandLine parentProcessImageFile ' +
    'parentProcessFileName parentProcessFilePath parentProcessId parentProcessCreationDateTime'
  ).split(' '),
);

function readKnownFields(evidence: JsonObject, path: string, draft: AlertDraft): void {
  const role = evidenceRole(evidence['roles']);
  const device = objectOf(evidence['deviceDetail']);
  draft.entity(
    'host',
    evidence['deviceDnsName'] ?? fullHostName(evidence) ?? device?.['displayName'],
    path,
    role,
  );
  draft.entity('ip', evidence['ipAddress'], path, role);
  draft.entity('ip', objectOf(evidence['ipAddress'])?.['ipAddress'], path, role);
  draft.entity('ip', evidence['lastIpAddress'], path);
  draft.entity('ip', evidence['lastExternalIpAddress'], path);
  readAccount(evidence['userAccount'], path, draft, role);
  if ('accountName' in evidence || 'userPrincipalName' in evidence) readAccount(evidence, path, draft, role);
  for (const user of objectsOf(evidence['loggedOnUsers'])) readAccount(user, path, draft, 'related');
  draft.entity('url', evidence['url'], path, role);
  draft.entity(
    'domain',
    evidence['domainName'] === evidence['url'] ? undefined : dnsName(evidence),
    path,
    role,
  );
  readFile(evidence, path, draft, role);
  for (const name of ['fileDetails', 'imageFile']) readFile(objectOf(evidence[name]), path, draft, role);
  readFile(objectOf(evidence['parentProcessImageFile']), path, draft, 'related');
  const parent = textOf(evidence['parentProcessFileName']);
  if (parent !== undefined)
    draft.entity('file', joinPath(textOf(evidence['parentProcessFilePath']), parent), path, 'related');
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
  if ('appId' in evidence || 'applicationName' in evidence)
    draft.entity(
      'other',
      evidence['displayName'] ??
        evidence['servicePrincipalName'] ??
        evidence['applicationName'] ??
        evidence['appId'],
      path,
      role,
    );
}

function fullHostName(evidence: JsonObject): string | undefined {
  const name = textOf(evidence['hostName']);
  const domain = textOf(evidence['dnsDomain']);
  return name === undefined || domain === undefined || name.includes('.') ? name : `${name}.${domain}`;
}

// `domainName` is a DNS name in DNS evidence and the account's realm elsewhere.
function dnsName(evidence: JsonObject): unknown {
  return 'accountName' in evidence || 'userAccount' in evidence ? undefined : evidence['domainName'];
}

function readAccount(value: unknown, path: string, draft: AlertDraft, role?: EntityRole): void {
  if (!isObject(value)) return;
  const name = textOf(value['accountName']) ?? textOf(value['userName']) ?? textOf(value['displayName']);
  draft.user(name ?? textOf(value['userSid']), value['domainName'], value['userPrincipalName'], path, role);
}

function readFile(value: JsonObject | undefined, path: string, draft: AlertDraft, role?: EntityRole): void {
  if (value === undefined) return;
  const name = textOf(value['fileName']);
  if (name !== undefined) draft.entity('file', joinPath(textOf(value['filePath']), name), path, role);
  for (const hash of ['sha256', 'sha1', 'md5']) draft.entity('hash', value[hash], path, role);
}

function readMail(evidence: JsonObject, path: string, draft: AlertDraft, role?: EntityRole): void {
  for (const name of ['primaryAddress', 'mailboxAddress', 'sender'])
    draft.entity('email', evidence[name], path, role);
  for (const name of ['recipientEmailAddress', 'recipient'])
    draft.entity('email', evidence[name], path, 'victim');
  for (const name of ['p1Sender', 'p2Sender'])
    draft.entity('email', objectOf(evidence[name])?.['emailAddress'], path, role);
  draft.entity('ip', evidence['senderIp'], path, role);
  draft.entity('url', evidence['urls'], path, role);
}
