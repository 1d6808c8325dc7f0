import type { EntityKind } from '../../alert/alert.ts';
import { joinPath } from '../dialects/file-path.ts';
import { isWorkflowName } from '../dialects/workflow-names.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import { isObject, type JsonObject, listOf, textOf } from '../values/json-value.ts';
import type { EntityRole } from './entity-collector.ts';

/** Depth and objects of one piece of evidence that are read. */
const MAX_DEPTH = 6;
const MAX_OBJECTS = 300;

// Names of fields over all vendors, lower case, letters and digits only.
const FIELD_KINDS: Readonly<Record<string, EntityKind>> = {
  ...kind(
    'ip',
    'ip ips ipaddr ipaddress ipaddresses ipinterfaces ipaddressv4 ipaddressv6 ipv4 ipv6 ipv4address ipv4addresses ipv6address ipv6addresses',
  ),
  ...kind(
    'ip',
    'lastipaddress lastexternalipaddress podip clusterip externalips allowedipaddresses senderip callerip sourceip destinationip sourceaddress',
  ),
  ...kind(
    'ip',
    'destinationaddress privateipaddress publicip publicipaddress remoteip localip srcip dstip destip intermediateips xoriginatingip xforwardedfor xff',
  ),
  ...kind(
    'ip',
    'sourceipv4 sourceipv6 destinationipv4 destinationipv6 hostipaddress dnsserverip attackerip address addresses cidr subnet',
  ),
  ...kind(
    'host',
    'hostname devicednsname devicename computername fqdn publicdnsname privatednsname netbiosname dnshostname instancename',
  ),
  ...kind(
    'user',
    'userprincipalname username accountname principalid useraccountname upn azureaduserid usersid aaduserid useridentity owneremail',
  ),
  ...kind(
    'domain',
    'domainname activedirectorydomainname trusteddomains domain domains sni servername rrname dnsdomain',
  ),
  ...kind('url', 'url urls weburl baseurl uri uris urlstring'),
  ...kind(
    'email',
    'email emailaddress emailaddr primaryaddress mailboxprimaryaddress sender senderfromaddress recipient recipients recipientemailaddress',
  ),
  ...kind(
    'email',
    'suspiciousrecipients submitter from to fromlist tolist smtpfrom smtpto mailfrom rcptto p1senderaddress replyto',
  ),
  ...kind(
    'hash',
    'sha256 sha1 md5 sha512 sha256ac hashvalue executablesha256 modulesha256 threatfilesha256 hash filehash fingerprint sha256hash',
  ),
  ...kind(
    'file',
    'filename filepath filepaths threatfilepath modulefilepath scriptpath path itempath objectkey key targetfilepath',
  ),
  ...kind(
    'process',
    'processcommandline commandline cmdline commandlineexample executablepath processname command',
  ),
  ...kind('registry', 'registrykey registryvaluename registrypath'),
  ...kind(
    'cloud_resource',
    'resourceid amazonresourceid fullresourcename azureresourceid arn resourcearn functionarn bucketarn snapshotarn imagearn volumearn',
  ),
  ...kind(
    'cloud_resource',
    'recoverypointarn guardrailarn dbshardgrouparn dbinstancearn taskarn clusterarn modelarn ebssnapshotarn ec2imagearn',
  ),
  ...kind('other', 'login imageid image imagename containerid registry groupname malwarename'),
};
// What a piece of evidence is called where none of its fields is an entity of a known kind, best first.
const WORDS = [
  'displayName',
  'login',
  'name',
  'agentName',
  'appName',
  'servicePrincipalName',
  'resourceName',
  'distinguishedName',
];
const NAMES = [
  ...WORDS,
  'sid',
  'servicePrincipalObjectId',
  'objectId',
  'appId',
  'agentId',
  'deviceId',
  'uid',
  'id',
];
// Fields that hold another thing in spite of their name, or what must be kept nowhere.
const NOT_READ =
  /password|secret|credential|imphash|ja3|certificate|icon|session|token|signaturehash|^verdict|^remediation|odatatype|avatar/;

function kind(entityKind: EntityKind, names: string): Record<string, EntityKind> {
  return Object.fromEntries(names.split(' ').map((name) => [name, entityKind]));
}

/**
 * Reads a piece of evidence by its shape, whatever its type is called: fields by their names, nested pieces, lists.
 * Evidence none of whose own fields says what it is gives `other` with its name, whatever is nested in it: a pod and its
 * namespace. Bounded in depth and number.
 */
export function readEvidenceTree(
  evidence: unknown,
  path: string,
  draft: AlertDraft,
  role?: EntityRole,
): void {
  const budget = { left: MAX_OBJECTS };
  for (const piece of listOf(evidence).slice(0, MAX_OBJECTS)) {
    if (!isObject(piece)) continue;
    const before = draft.entities.nOffered;
    const nOwn = walk(piece, path, draft, role, 0, budget, nothing);
    const isNamed = draft.entities.nOffered > before;
    if (!isNamed || (nOwn === 0 && isPiece(piece)))
      draft.entity(kindOfPiece(piece), nameOf(piece, isNamed), path, role);
  }
}

/** Reads the fields of one piece of evidence, and what is nested in it, but for those that `isRead` says were read before. */
export function readEvidenceFields(
  piece: JsonObject,
  path: string,
  draft: AlertDraft,
  role: EntityRole | undefined,
  isRead: (key: string) => boolean,
): void {
  walk(piece, path, draft, role, 0, { left: MAX_OBJECTS }, isRead);
}

const nothing = (): boolean => false;

// A piece that says that it is a user or service account, or a device, of whatever product.
function kindOfPiece(piece: JsonObject): EntityKind {
  const type = piece['@odata.type'] ?? piece['type'] ?? piece['kind'] ?? piece['Type'];
  if (typeof type !== 'string') return 'other';
  if (/(user|serviceaccount)(evidence)?$/i.test(type)) return 'user';
  return /(device|host|machine|workstation)(evidence)?$/i.test(type) ? 'host' : 'other';
}

interface KeyName {
  /** Lower case, letters and digits only. */
  readonly name: string;
  /** It holds another thing in spite of its name, what must be kept nowhere, or work on the alert. */
  readonly isSkipped: boolean;
  readonly kind: EntityKind | undefined;
}

// The same keys come for every piece of evidence; cleared when full so that payloads cannot grow it.
const keyNames = new Map<string, KeyName>();
const MAX_KEYS = 2000;

function nameOfKey(key: string): KeyName {
  let known = keyNames.get(key);
  if (known === undefined) {
    const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    known = {
      name,
      isSkipped: NOT_READ.test(name) || isWorkflowName(key),
      kind: Object.hasOwn(FIELD_KINDS, name) ? FIELD_KINDS[name] : kindOfEnd(name),
    };
    if (keyNames.size >= MAX_KEYS) keyNames.clear();
    keyNames.set(key, known);
  }
  return known;
}

/** Reads the fields of an object and what is nested in it; gives how many of its own fields say what it is. */
function walk(
  object: JsonObject,
  path: string,
  draft: AlertDraft,
  role: EntityRole | undefined,
  depth: number,
  budget: { left: number },
  isRead: (key: string) => boolean,
): number {
  if (--budget.left < 0) return 0;
  let nOwn = 0;
  const folder = textOf(object['filePath'] ?? object['FilePath']);
  for (const key in object) {
    const value = object[key];
    if (value === null || value === undefined || value === '' || key.length > 64) continue;
    const { name, isSkipped, kind: kindOfKey } = nameOfKey(key);
    if (isSkipped || isRead(key)) continue;
    const place = path === '' ? key : `${path}.${key}`;
    if (isObject(value)) {
      if (depth < MAX_DEPTH) walkInto(value, name, place, draft, role, depth, budget, isRead);
      continue;
    }
    if (Array.isArray(value) && value.some(isObject)) {
      if (depth < MAX_DEPTH)
        for (const item of value.slice(0, MAX_OBJECTS))
          if (isObject(item)) walkInto(item, name, place, draft, role, depth, budget, isRead);
      continue;
    }
    const before = draft.entities.nOffered;
    const kindRead = readField(object, name, kindOfKey, value, place, folder, draft, role);
    // A link to a thing is no name of it, nor is what it is made of.
    if (kindRead !== 'url' && kindRead !== 'other') nOwn += draft.entities.nOffered - before;
  }
  return nOwn;
}

function walkInto(
  part: JsonObject,
  name: string,
  path: string,
  draft: AlertDraft,
  role: EntityRole | undefined,
  depth: number,
  budget: { left: number },
  isRead: (key: string) => boolean,
): void {
  const before = draft.entities.nOffered;
  const nOwn = walk(part, path, draft, role, depth + 1, budget, isRead);
  const own = partName(name);
  if (own !== undefined) draft.entity(own, part['name'] ?? part['Name'] ?? part['value'], path, role);
  else if (/hash(es)?$/.test(name)) draft.entity('hash', part['value'] ?? part['Value'], path, role);
  else if (nOwn === 0 && isPiece(part))
    draft.entity(kindOfPiece(part), nameOf(part, draft.entities.nOffered > before), path, role);
}

// Parts whose name is an entity of a kind by where they stand.
function partName(name: string): EntityKind | undefined {
  if (/^(user|useraccount|account|actor|owner|kubernetesuserdetails|loggedonusers?)$/.test(name))
    return 'user';
  if (/^(process|parentprocess|targetprocess|modifyingprocess)$/.test(name)) return 'process';
  if (/^(files?|script)$/.test(name)) return 'file';
  if (/(workload|pod|container)s?(details)?$/.test(name)) return 'other';
  return /^(device|host|endpoint)$/.test(name) ? 'host' : undefined;
}

// A nested piece of evidence says its type; other objects inside are only structure.
function isPiece(part: JsonObject): boolean {
  return '@odata.type' in part || 'type' in part || 'kind' in part;
}

/** Reads one field; gives the kind of what it holds, or undefined where it holds no entity of a known kind. */
function readField(
  object: JsonObject,
  name: string,
  kindOfKey: EntityKind | undefined,
  value: unknown,
  path: string,
  folder: string | undefined,
  draft: AlertDraft,
  role: EntityRole | undefined,
): EntityKind | undefined {
  const isDigest =
    kindOfKey === undefined && name === 'value' && ('algorithm' in object || 'hashType' in object);
  const field = isDigest ? 'hash' : kindOfKey;
  if (field === undefined) return undefined;
  if (field === 'file' && name === 'filename' && typeof value === 'string')
    draft.entity('file', joinPath(folder, value), path, role);
  else if (field === 'file' && name === 'key') {
    // The key of an object in a bucket; elsewhere the name of a pair.
    if (!('eTag' in object || 'ETag' in object || 'versionId' in object || 'objectArn' in object))
      return undefined;
    draft.entity('file', value, path, role);
  } else if (name === 'login') draft.entity(kindOfPiece(object), value, path, role);
  else if (field === 'user' && name === 'accountname')
    draft.user(value, object['domainName'], object['userPrincipalName'], path, role);
  else if (
    field !== 'url' ||
    typeof value !== 'string' ||
    !/^[a-z]+:\/\/[^/]*(portal|console|security\.microsoft)/i.test(value)
  )
    draft.entity(field, value, path, role);
  return field;
}

/** Names of resources end in what they are: taskDefinitionArn, endpointIpAddress. */
function kindOfEnd(name: string): EntityKind | undefined {
  if (/arn$/.test(name)) return 'cloud_resource';
  if (/ipaddress(v[46])?$|ipv[46]address(es)?$|senderips?$/.test(name)) return 'ip';
  return /sha(1|256|512)$|md5$/.test(name) ? 'hash' : undefined;
}

/** What a piece is called. Of one that is `isNamed` by a part of it only words count, no number of the record. */
function nameOf(piece: JsonObject, isNamed: boolean): unknown {
  for (const name of isNamed ? WORDS : NAMES) {
    const text = textOf(piece[name] ?? piece[name.charAt(0).toUpperCase() + name.slice(1)]);
    if (text !== undefined) return text;
  }
  return undefined;
}
