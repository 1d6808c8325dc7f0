import type { EntityKind } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { fileHashes } from '../../values/file-hash.ts';
import { isFileHashField } from '../../values/hash-field.ts';
import { ipAddress, isPlainAddress } from '../../values/ip-address.ts';
import { listOf, lookup, textOf } from '../../values/json-value.ts';
import { isInnerName } from '../../values/public-name.ts';
import { isSecretField } from '../../values/secret-field.ts';
import { ENTITY_TYPE_WORDS, GENERIC_ENTITIES } from './generic-names.ts';

const KIND_BY_NAME = new Map<string, EntityKind>();
for (const [kind, names] of Object.entries(GENERIC_ENTITIES))
  for (const name of names ?? []) if (!KIND_BY_NAME.has(name)) KIND_BY_NAME.set(name, kind as EntityKind);

const HASH_VALUE = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{128}$/i;
const HASH_NAME = /md5|sha\d|hash|checksum|digest/;
const EMAIL_VALUE = /^[^\s@<>,;]{1,128}@[^\s@<>,;]{1,128}\.[a-z]{2,24}$/i;
const OWN_LINK =
  /(alert|incident|console|portal|reference|finding|case|rule|doc|docs|help|base|api|icon|image|report|ui|details?|investigation|web|callback|self|html|avatar|event|view|detection|ticket)(url|uri|link|href)s?$/;
// Addresses of the tool itself and of its pages, and what must be kept nowhere.
const VERSION_NAME = /version|build|release|oid$|firmware/;
// 203.0.113.9:4444, and :X1 behind it for the interface
const ADDRESS_AND_PORT = /^(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}(?::[\w.-]{0,16})?$/;
const NO_HOST_VALUE = /[\s{}"<>]/;

/** Adds the entities of an unknown payload: lists of typed values first, then by name and by the look of the value. */
export function readGenericEntities(flat: FlatPayload, draft: AlertDraft, prefix = ''): void {
  for (const { path, names, value } of flat.objects) {
    if (names.length === 0 && prefix === '') continue;
    const type = textOf(
      value['type'] ??
        value['kind'] ??
        value['entity_type'] ??
        value['entityType'] ??
        value['dataType'] ??
        value['observable_type'],
    );
    if (type === undefined || type.length > 40) continue;
    const word = type.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (!Object.hasOwn(ENTITY_TYPE_WORDS, word)) continue;
    const text =
      value['value'] ??
      value['data'] ??
      value['entity_value'] ??
      value['entityValue'] ??
      value['indicator'] ??
      value['name'];
    draft.entity(
      ENTITY_TYPE_WORDS[word] as EntityKind,
      text,
      prefix + path,
      roleOf(names) ?? roleOf([textOf(value['role']) ?? '']),
    );
  }
  for (const leaf of flat.leaves) readLeaf(leaf, draft, prefix);
}

function roleOf(names: readonly string[]): EntityRole | undefined {
  for (const name of names) {
    if (/attacker|threatactor|malicious|c2|adversary/.test(name)) return 'attacker';
    if (/victim|target|compromised/.test(name)) return 'victim';
    if (/impacted|affected/.test(name)) return 'impacted';
  }
  return undefined;
}

function readLeaf(leaf: Leaf, draft: AlertDraft, prefix: string): void {
  const name = leaf.names.at(-1) ?? '';
  const pair = leaf.names.length > 1 ? `${leaf.names.at(-2)}.${name}` : name;
  if (isSecretField(leaf.path.slice(leaf.path.lastIndexOf('.') + 1))) return;
  const byName =
    KIND_BY_NAME.get(pair) ?? KIND_BY_NAME.get(name) ?? kindOfPart(leaf.names) ?? kindOfEnd(name);
  for (const value of listOf(leaf.value).slice(0, 1000)) {
    if (typeof value !== 'string') continue;
    const text = value.trim();
    if (text.length < 2 || text.length > 4096) continue;
    const kind = kindOfValue(text, name, leaf.path) ?? kindOfName(byName, text, name);
    if (kind !== undefined)
      draft.entity(
        kind,
        ADDRESS_AND_PORT.test(text) ? (text.split(':', 1)[0] as string) : text,
        prefix + leaf.path,
        roleOf(leaf.names),
      );
  }
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
  return lookup(PARTS, part);
}

// Ends of names, for products that put words of their own before the common one: assetHostName, loggedUser, srcip_username.
const ENDS: readonly (readonly [RegExp, EntityKind])[] = [
  [/(hostname|machinename|computername|devicename|endpointname|requesthost)$/, 'host'],
  [/(username|userid|loginname|accountname|logonuser|loggeduser|[a-z]{3}user)$/, 'user'],
  [/(blocked|malicious|queried|requested|sender|dest|target|bad|c2|remote|observed)domain$/, 'domain'],
  [/(filename|filepath|fullpath)$/, 'file'],
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
function kindOfValue(text: string, name: string, path: string): EntityKind | undefined {
  const first = text.charCodeAt(0);
  if (isPlainAddress(text) || ADDRESS_AND_PORT.test(text)) return VERSION_NAME.test(name) ? undefined : 'ip';
  if (/(^|[a-z])(ip|ips|ipaddress|ipaddr|address)$/.test(name) && ipAddress(text) !== undefined) return 'ip';
  if (HASH_VALUE.test(text)) return isFileHashField(path.split('.')) ? 'hash' : undefined;
  if (HASH_NAME.test(name) && fileHashes(text).length > 0 && isFileHashField(path.split('.'))) return 'hash';
  if (first === 0x61 && text.startsWith('arn:')) return 'cloud_resource';
  if (first === 0x2f && /^\/subscriptions\//i.test(text)) return 'cloud_resource';
  if (/^(https?|ftp|hxxps?):\/\//i.test(text)) return isOwnLink(name) ? undefined : 'url';
  if (EMAIL_VALUE.test(text)) {
    const user = KIND_BY_NAME.get(name) === 'user' && !name.includes('mail');
    return user ? 'user' : 'email';
  }
  return undefined;
}

function isOwnLink(name: string): boolean {
  return (
    OWN_LINK.test(name) ||
    /^(link|links|href|self|references?|permalink)$/.test(name) ||
    name.endsWith('link')
  );
}

/** Kinds that only the name shows; the value has to be of a fitting form. */
function kindOfName(kind: EntityKind | undefined, text: string, name: string): EntityKind | undefined {
  switch (kind) {
    case 'host':
      return text.length <= 255 && !NO_HOST_VALUE.test(text) ? 'host' : undefined;
    case 'user':
      return text.length <= 320 && !/[{}"<>\n]/.test(text) && !/^\d{1,4}$/.test(text) ? 'user' : undefined;
    case 'domain':
      return isInnerName(text) ? undefined : 'domain';
    case 'file':
      return name !== 'path' || /[\\/]/.test(text) ? 'file' : undefined;
    default:
      return kind;
  }
}
