import { FLATTENED } from '../../body/powershell-texts.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { notesOf } from '../../envelope/carriage.ts';
import { readEvidenceTree } from '../../evidence/evidence-tree.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, type JsonObject, listOf, lookup, textOf } from '../../values/json-value.ts';
import { prop } from '../case-variants.ts';
import { joinPath } from '../file-path.ts';
import { isWorkflowName } from '../workflow-names.ts';

/** Nesting that real entities show is 4 (process, parent process, account, host); deeper parts are passed over. */
const MAX_DEPTH = 6;

/**
 * Reads the entities of Microsoft Sentinel: JSON text, a list, or lists grouped by type, in PascalCase (alerts) or
 * camelCase with `kind` and `properties` (incidents). Entities within entities (host of an account, image of a
 * process) are read in place; `{"$ref": n}` needs no resolving, since what it points at is read where it stands.
 *
 * @param parsed what `value` holds, where the caller has read it
 */
export function readSentinelEntities(
  value: unknown,
  path: string,
  draft: AlertDraft,
  parsed: unknown = jsonIn(value),
): void {
  if (parsed === undefined && textOf(value) !== undefined) {
    draft.warn(`Expected JSON in \`${path}\`, got text that does not parse; its entities are not read.`);
    return;
  }
  const groups = isObject(parsed) && typeOf(parsed) === '' ? groupsOf(parsed) : listOf(parsed);
  for (const entity of groups) {
    if (isObject(entity)) {
      // A flattened text may have lost what makes the account's full name: its plain one is given too.
      if (notesOf(entity).includes(FLATTENED) && /^(account|user)$/.test(typeOf(entity)))
        draft.entity('user', entity['Name'], path);
      readEntity(entity, path, draft, 0);
    } else if (typeof entity === 'string' && entity.trim() !== '')
      draft.warn(`Expected entities in \`${path}\`, got a text that holds none.`);
  }
}

/** Lists grouped by type; what someone noted beside them is no entity. */
const groupsOf = (entities: JsonObject): unknown[] =>
  Object.entries(entities).flatMap(([name, group]) => (isWorkflowName(name) ? [] : group));

function typeOf(entity: JsonObject): string {
  const type = entity['Type'] ?? entity['type'] ?? entity['kind'] ?? entity['Kind'] ?? entity['EntityType'];
  if (typeof type !== 'string' || type.length >= 80) return '';
  let plain = plainTypes.get(type);
  if (plain === undefined) {
    plain = type.toLowerCase().replace(/[^a-z0-9/]/g, '');
    if (plainTypes.size >= 200) plainTypes.clear();
    plainTypes.set(type, plain);
  }
  return plain;
}

// The same few words for thousands of entities; cleared when full so that payloads cannot grow it.
const plainTypes = new Map<string, string>();

function readEntity(outer: JsonObject, path: string, draft: AlertDraft, depth: number): void {
  const inner = outer['properties'];
  const kind = typeOf(outer);
  const type = kind.includes('/') && isObject(inner) ? typeOf({ kind: outer['kind'] }) : kind;
  const entity = isObject(inner) ? inner : outer;
  const reader = lookup(READERS, type);
  if (reader) reader(entity, path, draft);
  else if (type !== '') readEvidenceTree([entity], path, draft);
  if (depth >= MAX_DEPTH) return;
  for (const key in entity) {
    const part = entity[key];
    if (typeof part !== 'object' || part === null || isWorkflowName(key)) continue;
    if (Array.isArray(part)) {
      for (const item of part)
        if (isObject(item) && typeOf(item) !== '') readEntity(item, path, draft, depth + 1);
    } else if (typeOf(part as JsonObject) !== '') readEntity(part as JsonObject, path, draft, depth + 1);
  }
}

type EntityReader = (entity: JsonObject, path: string, draft: AlertDraft) => void;

function readHost(entity: JsonObject, path: string, draft: AlertDraft): void {
  const name =
    textOf(prop(entity, 'hostName')) ?? textOf(prop(entity, 'netBiosName')) ?? textOf(entity['FQDN']);
  const domain = textOf(prop(entity, 'dnsDomain'));
  if (name === undefined) draft.entity('host', prop(entity, 'omsAgentID') ?? entity['OMSAgentID'], path);
  else draft.entity('host', domain === undefined || name.includes('.') ? name : `${name}.${domain}`, path);
  draft.entity('cloud_resource', entity['AzureID'] ?? entity['azureID'] ?? entity['azure_id'], path);
}

interface AccountParts {
  readonly name: string | undefined;
  readonly domain: string | undefined;
  readonly suffix: string | undefined;
  readonly full: string | undefined;
}

/**
 * What names an account, in any spelling of its keys. Looks at the keys that are there and not for those that may be: an
 * incident holds thousands of accounts of five keys each.
 */
function accountParts(entity: JsonObject): AccountParts {
  let account: string | undefined;
  let plain: string | undefined;
  let domain: string | undefined;
  let suffix: string | undefined;
  let full: string | undefined;
  for (const key in entity) {
    switch (key) {
      case 'accountName':
      case 'AccountName':
      case 'account_name':
      case 'accountname':
        account ??= textOf(entity[key]);
        break;
      case 'name':
      case 'Name':
        plain ??= textOf(entity[key]);
        break;
      case 'ntDomain':
      case 'NtDomain':
      case 'nt_domain':
      case 'ntdomain':
      case 'NTDomain':
        domain ??= textOf(entity[key]);
        break;
      case 'upnSuffix':
      case 'UpnSuffix':
      case 'upn_suffix':
      case 'upnsuffix':
      case 'UPNSuffix':
        suffix ??= textOf(entity[key]);
        break;
      case 'userPrincipalName':
      case 'UserPrincipalName':
      case 'user_principal_name':
      case 'userprincipalname':
        full ??= textOf(entity[key]);
        break;
    }
  }
  return { name: account ?? plain, domain, suffix, full };
}

function readAccount(entity: JsonObject, path: string, draft: AlertDraft): void {
  const { name, domain, suffix, full } = accountParts(entity);
  const principal =
    full ??
    (name !== undefined && suffix !== undefined && !name.includes('@') ? `${name}@${suffix}` : undefined);
  const before = draft.nEntities;
  draft.user(name, domain, principal, path);
  if (name === undefined && principal === undefined && draft.nEntities === before)
    draft.entity(
      'user',
      prop(entity, 'displayName') ??
        prop(entity, 'sid') ??
        prop(entity, 'aadUserId') ??
        prop(entity, 'puid') ??
        prop(entity, 'objectGuid'),
      path,
    );
}

function readFile(entity: JsonObject, path: string, draft: AlertDraft): void {
  const name = textOf(prop(entity, 'fileName')) ?? textOf(prop(entity, 'name'));
  const folder = textOf(prop(entity, 'directory'));
  if (name !== undefined) draft.entity('file', joinPath(folder, name), path);
}

function readHash(entity: JsonObject, path: string, draft: AlertDraft): void {
  draft.entity('hash', prop(entity, 'hashValue') ?? prop(entity, 'value'), path);
}

function readProcess(entity: JsonObject, path: string, draft: AlertDraft): void {
  draft.entity('process', prop(entity, 'commandLine'), path);
}

function readMail(entity: JsonObject, path: string, draft: AlertDraft): void {
  draft.entity('email', prop(entity, 'recipient'), path, 'victim');
  for (const name of ['sender', 'p1Sender', 'p2Sender']) draft.entity('email', prop(entity, name), path);
  draft.entity('ip', prop(entity, 'senderIP') ?? entity['SenderIP'] ?? prop(entity, 'senderIp'), path);
  draft.entity('email', prop(entity, 'submitter'), path);
  draft.entity('url', prop(entity, 'urls'), path);
}

const READERS: Readonly<Record<string, EntityReader>> = {
  ip: (entity, path, draft) => draft.entity('ip', prop(entity, 'address'), path),
  host: readHost,
  account: readAccount,
  user: readAccount,
  file: readFile,
  filehash: readHash,
  process: readProcess,
  url: (entity, path, draft) => draft.entity('url', prop(entity, 'url'), path),
  dns: (entity, path, draft) => draft.entity('domain', prop(entity, 'domainName'), path),
  dnsresolution: (entity, path, draft) => draft.entity('domain', prop(entity, 'domainName'), path),
  azureresource: (entity, path, draft) => draft.entity('cloud_resource', prop(entity, 'resourceId'), path),
  amazonresource: (entity, path, draft) =>
    draft.entity('cloud_resource', prop(entity, 'amazonResourceId'), path),
  gcpresource: (entity, path, draft) =>
    draft.entity('cloud_resource', prop(entity, 'fullResourceName') ?? prop(entity, 'resourceName'), path),
  registrykey: (entity, path, draft) => {
    const key = textOf(prop(entity, 'key'));
    if (key !== undefined) draft.entity('registry', joinPath(textOf(prop(entity, 'hive')), key), path);
  },
  registryvalue: (entity, path, draft) =>
    draft.entity('registry', prop(entity, 'valueName') ?? prop(entity, 'name'), path),
  mailbox: (entity, path, draft) => {
    draft.entity('email', prop(entity, 'mailboxPrimaryAddress'), path);
    draft.user(undefined, undefined, prop(entity, 'upn'), path);
  },
  mailmessage: readMail,
  submissionmail: readMail,
  iotdevice: (entity, path, draft) => {
    draft.entity('host', prop(entity, 'deviceName') ?? prop(entity, 'deviceId'), path);
    draft.entity('ip', prop(entity, 'ipAddress'), path);
  },
  // These hold other entities and say nothing by themselves.
  networkconnection: () => {},
  hostlogonsession: () => {},
  mailcluster: () => {},
  securityalert: (entity, path, draft) => {
    const compromised = textOf(prop(entity, 'compromisedEntity'));
    if (compromised !== undefined && !/[\s/]/.test(compromised))
      draft.entity(
        compromised.includes('@') || compromised.includes('\\') ? 'user' : 'host',
        compromised,
        path,
      );
  },
  malware: (entity, path, draft) =>
    draft.entity('other', prop(entity, 'malwareName') ?? prop(entity, 'name'), path),
  cloudapplication: (entity, path, draft) =>
    draft.entity('other', prop(entity, 'appName') ?? prop(entity, 'name') ?? prop(entity, 'appId'), path),
  securitygroup: (entity, path, draft) =>
    draft.entity(
      'other',
      prop(entity, 'distinguishedName') ?? prop(entity, 'sid') ?? prop(entity, 'objectGuid'),
      path,
    ),
  nic: (entity, path, draft) => draft.entity('other', prop(entity, 'macAddress'), path),
  bookmark: () => {},
};
