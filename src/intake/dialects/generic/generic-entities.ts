import type { EntityKind } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { fileHashes } from '../../values/file-hash.ts';
import { isFileHashField } from '../../values/hash-field.ts';
import { ipAddress, ipAddresses, isPlainAddress } from '../../values/ip-address.ts';
import { type JsonObject, listOf, lookup, textOf } from '../../values/json-value.ts';
import { separatedMac } from '../../values/mac-address.ts';
import { isInnerName } from '../../values/public-name.ts';
import { isSecretField } from '../../values/secret-field.ts';
import { ENTITY_TYPE_WORDS, GENERIC_ENTITIES } from './generic-names.ts';
import { isLinkOfProduct, isOwnLink, isOwnPage } from './own-links.ts';

const KIND_BY_NAME = new Map<string, EntityKind>();
for (const [kind, names] of Object.entries(GENERIC_ENTITIES))
  for (const name of names ?? []) if (!KIND_BY_NAME.has(name)) KIND_BY_NAME.set(name, kind as EntityKind);

const HASH_VALUE = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{128}$/i;
const HASH_NAME = /md5|sha\d|hash|checksum|digest/;
const EMAIL_VALUE = /^[^\s@<>,;]{1,128}@[^\s@<>,;]{1,128}\.[a-z]{2,24}$/i;
// Addresses of the tool itself and of its pages, and what must be kept nowhere.
const VERSION_NAME = /version|build|release|oid$|firmware/;
// 203.0.113.9:4444, and :X1 behind it for the interface
const ADDRESS_AND_PORT = /^(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}(?::[\w.-]{0,16})?$/;
// `HTTP::IN_HOST_HEADER`, Zeek's word for where something was seen
const NO_HOST_VALUE = /[\s{}"<>]|[A-Za-z]::[A-Za-z]/;
// also with the colon or the slashes in brackets
const URL_VALUE = /^(?:https?|ftp|hxxps?)[[({]{0,2}:[\])}]{0,2}[[(]{0,2}\/\//i;
// an address with brackets, and its port behind them
const BRACKETED_ADDRESS = /^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/i;

/** Adds the entities of an unknown payload: lists of typed values first, then by name and by the look of the value. */
export function readGenericEntities(flat: FlatPayload, draft: AlertDraft, prefix = ''): void {
  for (const { path, names, value } of flat.objects) {
    const isRoot = names.length === 0 && prefix === '';
    if (isRoot && !hasEntityPair(value)) continue;
    readPair(value, names, prefix + path, draft);
    const type = textOf(firstOf(value, TYPE_NAMES));
    readUnknownPiece(value, type, names, prefix + path, draft);
    if (type === undefined || type.length > 40) continue;
    // VirusTotal names a file by its digest: `{type: 'file', id}`
    const text = firstOf(value, VALUE_NAMES);
    if (text === undefined && /^file$/i.test(type) && fileHashes(textOf(value['id']) ?? '').length > 0)
      draft.entity('hash', value['id'], prefix + path);
    const role = roleOf(names) ?? roleOf([textOf(value['role'] ?? value['Role']) ?? '']);
    // MISP joins two values: `filename|md5`, `ip-dst|port`.
    const types = type.split('|');
    const texts = types.length === 1 ? [text] : (textOf(text) ?? '').split('|');
    types.forEach((one, position) => {
      // `Intel::DOMAIN`, as Zeek writes it
      const word = plainName(one.slice(one.lastIndexOf('::') + 1));
      if (Object.hasOwn(ENTITY_TYPE_WORDS, word))
        draft.entity(ENTITY_TYPE_WORDS[word] as EntityKind, texts[position], prefix + path, role);
    });
  }
  for (const leaf of flat.leaves) readLeaf(leaf, draft, prefix);
  readFlatPairs(flat, draft, prefix);
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const TYPES_OF_VALUES = ['indicatortype', 'observabletype', 'ioctype'];
const HASH = ['hash'];
const FILE_PATH = ['filepath'];

/** Halves of a typed value that stand under dotted names: `seen.indicator` and `seen.indicator_type` of Zeek. */
function readFlatPairs(flat: FlatPayload, draft: AlertDraft, prefix: string): void {
  for (const leaf of flat.find(TYPES_OF_VALUES)) {
    const own = leaf.path.replace(/[._]?type$/i, '');
    const text = textOf(leaf.value) ?? '';
    const kind = lookup(ENTITY_TYPE_WORDS, plainName(text.slice(text.lastIndexOf(':') + 1)));
    if (kind === undefined || !leaf.path.includes('.')) continue;
    for (const { path, value } of flat.find([leaf.names.at(-1)!.slice(0, -4)]))
      if (path === own) draft.entity(kind, value, prefix + path, roleOf(leaf.names));
  }
  // A digest beside the path of a file is that file's, whatever the record around both is called.
  for (const { path, value } of flat.find(HASH)) {
    const place = path.slice(0, path.lastIndexOf('.') + 1);
    if (typeof value !== 'string' || !HASH_VALUE.test(value)) continue;
    for (const file of flat.find(FILE_PATH))
      if (file.path.slice(0, file.path.lastIndexOf('.') + 1) === place)
        draft.entity('hash', value, prefix + path);
  }
}

/** A field that is written as a pair, `{key: 'User name', value: 'anna'}`: the key is its name. */
function readPair(pair: JsonObject, names: readonly string[], path: string, draft: AlertDraft): void {
  const isField = FIELD_LISTS.test(names.at(-1) ?? '');
  const key = textOf(
    pair['key'] ??
      pair['Key'] ??
      pair['NameDisplay'] ??
      (isField ? (pair['name'] ?? pair['label'] ?? pair['title']) : undefined),
  );
  const value = textOf(pair['value'] ?? pair['Value'] ?? pair['ValueDisplay'])?.trim();
  if (key === undefined || value === undefined || key.length > 40 || isSecretField(key)) return;
  if (value.length < 2 || value.length > 4096) return;
  const name = plainName(key);
  const leaf = { path: key, names: [...names, name], value, isListed: true };
  const kind =
    kindOfValue(value, name, leaf) ?? kindOfName(KIND_BY_NAME.get(name) ?? kindOfEnd(name), value, name);
  if (kind !== undefined) draft.entity(kind, value, path, roleOf(names));
}

// Lists of fields whose names their elements say: cards of chats, custom fields.
const FIELD_LISTS =
  /^(facts|(additional|custom|extended|alert|event)?(fields|details|properties|attributes|parameters))$/;

// How vendors name the two halves of a typed value, in the spellings of their APIs.
const TYPE_NAMES = [
  'type',
  'kind',
  'Type',
  'entity_type',
  'entityType',
  'EntityType',
  'dataType',
  'observable_type',
  'ioc_type',
  'iocType',
  'indicator_type',
  'indicatorType',
  'artifactType',
  'elementType',
  'resourceType',
  'resource_type',
  'evidenceType',
  'evidence_type',
  'assetType',
  'asset_type',
  'objectType',
  'object_type',
  'category',
];
const VALUE_NAMES = [
  'value',
  'Value',
  'data',
  'entity_value',
  'entityValue',
  'EntityValue',
  'indicator',
  'observable',
  'ioc_value',
  'iocValue',
  'address',
  'Address',
  'name',
  'Name',
  'entity',
  'entityName',
  'entity_name',
];

/** Whether a record says of itself what it is about: `{entity: 'jdoe', entityType: 'user'}`. */
function hasEntityPair(record: JsonObject): boolean {
  return record['entityType'] !== undefined || record['entity_type'] !== undefined;
}

// Where records list what an alert is about, each element of a type that may be new.
const PIECES =
  /^(evidences?|entit(y|ies)|observables?|artifacts?|iocs?|indicators?|(affected|impacted|related|involved|target(ed)?|compromised|suspicious)(resources?|assets?|entit(y|ies)|objects?|items?))$/;
// An indicator that only has a name is a behaviour that was seen, and no thing.
const ONLY_VALUES = /^(indicators?|iocs?|observables?)$/;
const PIECE_NAMES = ['displayName', 'display_name', 'label', 'title', 'identifier', 'uid', 'id'];

/** A piece of evidence of a type that is not known here, none of whose own fields says what it is: `other` with its name. */
function readUnknownPiece(
  piece: JsonObject,
  type: string | undefined,
  names: readonly string[],
  path: string,
  draft: AlertDraft,
): void {
  const list = names.at(-1) ?? '';
  if (!PIECES.test(list)) return;
  const word = (type ?? '')
    .slice(0, 80)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  if (Object.hasOwn(ENTITY_TYPE_WORDS, word)) return;
  const own = ONLY_VALUES.test(list)
    ? VALUE_NAMES.filter((name) => !/^name$/i.test(name))
    : [...VALUE_NAMES, ...PIECE_NAMES];
  const text = textOf(firstOf(piece, own));
  if (text === undefined || text.length < 2 || text.length > 512) return;
  let nKeys = 0;
  for (const key in piece) {
    if (++nKeys > 60) break;
    const value = piece[key];
    if (typeof value !== 'string' || key.length > 48) continue;
    const name = plainName(key);
    const leaf = { path: key, names: [list, name], value, isListed: true };
    const given = value.trim();
    if (given.length < 2 || given.length > 4096) continue;
    const kind =
      kindOfValue(given, name, leaf) ?? kindOfName(kindsByName(leaf, name, `${list}.${name}`), given, name);
    if (kind !== undefined) return;
  }
  draft.entity('other', text, path, roleOf(names));
}

function firstOf(object: JsonObject, names: readonly string[]): unknown {
  for (const name of names) {
    const value = object[name];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}

function roleOf(names: readonly string[]): EntityRole | undefined {
  for (const name of names) {
    if (/attacker|threatactor|malicious|c2|adversary/.test(name)) return 'attacker';
    if (/victim|target|compromised/.test(name)) return 'victim';
    if (/impacted|affected/.test(name)) return 'impacted';
  }
  return undefined;
}

// Names in the plural that hold several values in one text; a path or a command may hold the marks between them itself.
const PLURAL =
  /(host|machine|computer|device|endpoint|server|user|account|ip|address|domain|recipient|sender|mail|sha256|md5)(name|e)?s$/;

/** The values of a leaf: of a list, and of a text that lists them, `hosts: 'ws-1, ws-2'`. */
function valuesOf(value: unknown, name: string): readonly unknown[] {
  if (typeof value === 'string' && value.length <= 4096 && /[,;|]/.test(value) && PLURAL.test(name)) {
    const parts = value.split(/[,;|]/).map((part) => part.trim());
    if (parts.every((part) => part !== '' && !/\s/.test(part))) return parts.slice(0, 1000);
  }
  return listOf(value).slice(0, 1000);
}

/** Pairs in one text, `hostName:dc-1,user:anna,` as FortiSIEM writes them. */
function readPairText(text: string, names: readonly string[], path: string, draft: AlertDraft): void {
  const parts = text.split(/[,;]/, MAX_PAIRS).map((part) => part.trim());
  if (parts.length < 2 || !parts.every((part) => part === '' || PAIR.test(part))) return;
  for (const part of parts) {
    const colon = part.indexOf(':');
    if (colon > 0) readPair({ key: part.slice(0, colon), value: part.slice(colon + 1) }, names, path, draft);
  }
}

const MAX_PAIRS = 50;
const PAIR = /^[A-Za-z]\w{1,30}:[^:]{1,200}$/;

function readLeaf(leaf: Leaf, draft: AlertDraft, prefix: string): void {
  const name = leaf.names.at(-1) ?? '';
  const pair = leaf.names.length > 1 ? `${leaf.names.at(-2)}.${name}` : name;
  if (isSecretField(leaf.path.slice(leaf.path.lastIndexOf('.') + 1))) return;
  const byName = kindsByName(leaf, name, pair);
  for (const value of valuesOf(leaf.value, name)) {
    if (typeof value !== 'string') continue;
    const text = value.trim();
    if (text.length < 2 || text.length > 4096) continue;
    const kind = kindOfValue(text, name, leaf) ?? kindOfName(byName, text, name);
    if (kind === undefined) {
      if (text.length <= 1024 && text.includes(':'))
        readPairText(text, leaf.names, prefix + leaf.path, draft);
    } else if (kind !== 'url' || !isOwnPage(leaf, text, draft.get('id')))
      draft.entity(
        kind,
        ADDRESS_AND_PORT.test(text) ? (text.split(':', 1)[0] as string) : text,
        prefix + leaf.path,
        roleOf(leaf.names),
      );
  }
}

/** What kind of entity the names of a leaf stand for. */
function kindsByName(leaf: Leaf, name: string, pair: string): EntityKind | undefined {
  return (
    KIND_BY_NAME.get(pair) ??
    KIND_BY_NAME.get(name) ??
    ((Array.isArray(leaf.value) || PLURAL.test(name)) && name.endsWith('s')
      ? KIND_BY_NAME.get(name.slice(0, -1))
      : undefined) ??
    kindOfPart(leaf.names) ??
    kindOfEnd(Array.isArray(leaf.value) ? name.replace(/s$/, '') : name)
  );
}

const PARTS: Readonly<Record<string, EntityKind>> = {
  machine: 'host',
  host: 'host',
  device: 'host',
  computer: 'host',
  endpoint: 'host',
  asset: 'host',
  user: 'user',
  actor: 'user',
  initiator: 'user',
  identity: 'user',
  file: 'file',
  process: 'process',
};

/** What a name is of by where it stands: `machines[].displayName`, `actors.user.name`. */
function kindOfPart(names: readonly string[]): EntityKind | undefined {
  if (names.length < 2 || !/^(name|displayname|hostname|login|value)$/.test(names.at(-1) ?? ''))
    return undefined;
  const part = (names.at(-2) ?? '')
    .replace(/^(primary|source|src|destination|dest|dst|target|affected|impacted|victim|attacker)/, '')
    .replace(/s$/, '');
  // `enabled_by: {name}`: whoever did it, or for whom
  return /[a-z]{3}ed(by|for)$/.test(part) ? 'user' : lookup(PARTS, part);
}

// Ends of names, for products that put words of their own before the common one: assetHostName, loggedUser, srcip_username.
const ENDS: readonly (readonly [RegExp, EntityKind])[] = [
  [/(hostname|machinename|computername|devicename|endpointname|dnsname|requesthost|[a-z]{3}fqdn)$/, 'host'],
  [/(local|client|attacker|victim|infected|internal|peer|impacted)host$/, 'host'],
  [/(username|userid|loginname|accountname|logonuser|loggeduser|[a-z]{3}user)$/, 'user'],
  [/(blocked|malicious|queried|requested|sender|dest|target|bad|c2|remote|observed)domain$/, 'domain'],
  [/(filename|filepath|fullpath|[a-z]{3}(ed|et)file)$/, 'file'],
  [/(commandline|cmdline|processname|processpath)$/, 'process'],
];

function kindOfEnd(name: string): EntityKind | undefined {
  if (name.length < 7 || name.length > 48 || NO_END.test(name)) return undefined;
  return ENDS.find(([end]) => end.test(name))?.[1];
}

// Of the sensor or the tool, and identifiers of users that mean nothing elsewhere.
const NO_END =
  /^(sensor|appliance|manager|collector|relay|forwarder|reporting|observer|product|service)|agentuser$|enduser$/;

/** Kinds that a value shows by itself. */
function kindOfValue(text: string, name: string, { path, names }: Leaf): EntityKind | undefined {
  const first = text.charCodeAt(0);
  if (isPlainAddress(text) || ADDRESS_AND_PORT.test(text)) return VERSION_NAME.test(name) ? undefined : 'ip';
  if (first === 0x5b && BRACKETED_ADDRESS.test(text)) return 'ip';
  if (
    /(^|[a-z])(ip|ips|ipaddress|ipaddr|address)$/.test(name) &&
    (ipAddress(text) !== undefined || ipAddresses(text).length > 0)
  )
    return 'ip';
  if (/mac(addr|address|es)?$/.test(name) && separatedMac(text) !== undefined) return 'other';
  if (HASH_VALUE.test(text)) return isFileHashField(path.split(/[./]/)) ? 'hash' : undefined;
  if (HASH_NAME.test(name) && fileHashes(text).length > 0 && isFileHashField(path.split(/[./]/)))
    return 'hash';
  if (first === 0x61 && text.startsWith('arn:')) return 'cloud_resource';
  if (first === 0x2f && /^\/subscriptions\//i.test(text)) return 'cloud_resource';
  if (URL_VALUE.test(text))
    return isOwnLink(name, names.at(-2)) || isLinkOfProduct(name, text) ? undefined : 'url';
  if (EMAIL_VALUE.test(text)) {
    const user = KIND_BY_NAME.get(name) === 'user' && !name.includes('mail');
    return user ? 'user' : 'email';
  }
  return undefined;
}

/** Kinds that only the name shows; the value has to be of a fitting form. */
function kindOfName(kind: EntityKind | undefined, text: string, name: string): EntityKind | undefined {
  switch (kind) {
    case 'host':
      return text.length <= 255 && !NO_HOST_VALUE.test(text) && !text.includes('://') ? 'host' : undefined;
    case 'user':
      return text.length <= 320 &&
        !/[{}"<>\n]/.test(text) &&
        !/^\d{1,4}$/.test(text) &&
        // an account of AWS is nobody's
        !(name === 'account' && /^\d{12}$/.test(text))
        ? 'user'
        : undefined;
    case 'email':
      return text.includes('@') ? 'email' : undefined;
    case 'domain':
      return isInnerName(text) ? undefined : 'domain';
    case 'process':
      return name !== 'binary' || /[\\/]/.test(text) ? 'process' : undefined;
    case 'cloud_resource':
      return /^[\d-]+$/.test(text) ? undefined : kind;
    case 'file':
      return name !== 'path' || /[\\/]/.test(text) ? 'file' : undefined;
    default:
      return kind;
  }
}
