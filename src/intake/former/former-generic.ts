import type { EntityKind } from '../../alert/alert.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import { FlatPayload, type Leaf } from '../draft/flat-payload.ts';
import { type JsonObject, listOf, textOf } from '../values/json-value.ts';
import { momentMs } from '../values/moment.ts';
import { formerAddress } from './former-collector.ts';
import { formerIds, formerTimes, formerTitles } from './former-guesses.ts';
import { FORMER_ENTITIES, FORMER_FIELDS, FORMER_TYPE_WORDS } from './former-names.ts';
import { formerSource } from './former-source.ts';

const NEAR_ROOT = 3;

// In the order in which they were looked for; an id counted wherever it stood near the root.
const ID_NAMES = (
  'alertid alertuid alertuuid alert.id alert.uuid detectionid findingid findinginfo.uid threatid notificationid eventuuid ' +
  'eventid event.id uuid guid uid id externalid incidentid incident.id incidentnumber caseid ticketid reference number'
).split(' ');
const WORKFLOW =
  /^(status|state|substatus|statusid|alertstatus|incidentstatus|determination|owner|ownerid|ownername|comments?|notes?|label|labels|truth|groundtruth|outcome|isfalsepositive|ack|modifiedby|updatedby|lastmodifiedby|remediation.*|tasks|watchers|mitigationstatus)$/;
const WORKFLOW_BEGINNING =
  /^(workflow|disposition|classification|resolution|resolved|closed|closing|close.*reason|assign|analyst|reviewe[dr]|feedback|falsepositive|truepositive|acknowledged|acked|investigat|triage|mitigated)/;
/** Longer names are no workflow field of any product. */
const MAX_NAME = 200;

const HASH_VALUE = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{128}$/i;
const EMAIL_VALUE = /^[^\s@<>,;]{1,128}@[^\s@<>,;]{1,128}\.[a-z]{2,24}$/i;
const OWN_LINK =
  /(alert|incident|console|portal|reference|finding|case|rule|doc|docs|help|base|api|icon|image|report|ui|details?|investigation|web|callback|self|html|avatar|event|view|detection|ticket)(url|uri|link|href)s?$/;
const INNER_NAME =
  /\.(local|lan|internal|intranet|corp|home|localdomain|domain|private|test|invalid|arpa)\.?$/i;
const PUBLIC_NAME = /^[a-z0-9_*-]+(\.[a-z0-9_-]+)+\.?$/i;

const KIND_BY_NAME = new Map<string, EntityKind>();
for (const [kind, names] of Object.entries(FORMER_ENTITIES))
  for (const name of names ?? []) if (!KIND_BY_NAME.has(name)) KIND_BY_NAME.set(name, kind as EntityKind);

/** Reads what named an alert of an unknown product in the build before: its id, or the parts of its fingerprint. */
export function readFormerGeneric(payload: JsonObject, draft: AlertDraft): void {
  // Texts that hold JSON were texts to that build.
  const flat = new FlatPayload(payload, (key) => isWorkflow(letters(key.slice(0, MAX_NAME))), true);
  const take = (field: 'id' | 'title', leaves: Iterable<Leaf>, fits: (leaf: Leaf) => boolean): void => {
    if (draft.get(field) !== undefined) return;
    for (const leaf of leaves) if (fits(leaf) && draft.set(field, leaf.value, leaf.path)) return;
  };
  take('id', flat.find(ID_NAMES, NEAR_ROOT), isIdentity);
  take('id', formerIds(flat), isIdentity);
  take('title', flat.find(FORMER_FIELDS.title, NEAR_ROOT), isPhrase);
  take('title', formerTitles(flat), isPhrase);
  for (const field of ['rule_id', 'rule_name', 'vendor', 'tenant', 'incident_id'] as const) {
    for (const leaf of flat.find(FORMER_FIELDS[field], NEAR_ROOT))
      if (draft.set(field, leaf.value, leaf.path)) break;
  }
  readSource(flat, draft);
  for (const field of ['occurred_at', 'created_at'] as const) {
    for (const leaf of flat.find(FORMER_FIELDS[field], NEAR_ROOT + 1))
      if (draft.setTime(field, leaf.value, leaf.path)) break;
  }
  if (!draft.hasTime('occurred_at'))
    for (const leaf of formerTimes(flat))
      if (momentMs(leaf.value) !== undefined && draft.setTime('occurred_at', leaf.value, leaf.path)) break;
  readEntities(flat, draft);
}

const isWorkflow = (name: string): boolean =>
  WORKFLOW.test(name) || WORKFLOW_BEGINNING.test(name) || name.includes('verdict');

const letters = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');

function isIdentity(leaf: Leaf): boolean {
  const isEventNumber = leaf.names.at(-1) === 'eventid' || leaf.names.at(-2) === 'event';
  return !isEventNumber || !/^\d{1,5}$/.test(textOf(leaf.value) ?? '');
}

function isPhrase(leaf: Leaf): boolean {
  const text = textOf(leaf.value);
  return text !== undefined && !/^\d+$/.test(text) && !text.startsWith('{');
}

function readSource(flat: FlatPayload, draft: AlertDraft): void {
  for (const leaf of flat.find(FORMER_FIELDS.product, NEAR_ROOT)) {
    const product = textOf(leaf.value);
    if (product === undefined || product.length > 64 || /^[\d.:]+$|:\/\//.test(product)) continue;
    draft.set('source', formerSource(product), leaf.path);
    return;
  }
  const vendor = draft.get('vendor');
  draft.constant('source', vendor === undefined ? 'unknown' : formerSource(vendor));
}

function readEntities(flat: FlatPayload, draft: AlertDraft): void {
  for (const { path, names, value } of flat.objects) {
    if (names.length === 0) continue;
    const type = textOf(
      value['type'] ??
        value['kind'] ??
        value['entity_type'] ??
        value['entityType'] ??
        value['dataType'] ??
        value['observable_type'],
    );
    const word = type === undefined || type.length > 40 ? '' : letters(type);
    if (!Object.hasOwn(FORMER_TYPE_WORDS, word)) continue;
    const text =
      value['value'] ??
      value['data'] ??
      value['entity_value'] ??
      value['entityValue'] ??
      value['indicator'] ??
      value['name'];
    draft.entity(FORMER_TYPE_WORDS[word] as EntityKind, text, path);
  }
  for (const { path, names, value } of flat.leaves) {
    const name = names.at(-1) ?? '';
    const pair = names.length > 1 ? `${names.at(-2)}.${name}` : name;
    const byName = KIND_BY_NAME.get(pair) ?? KIND_BY_NAME.get(name);
    for (const one of listOf(value).slice(0, 1000)) {
      if (typeof one !== 'string') continue;
      const text = one.trim();
      if (text.length < 2 || text.length > 4096) continue;
      const kind = kindOfValue(text, name, names) ?? kindOfName(byName, text, name);
      if (kind !== undefined) draft.entity(kind, text, path);
    }
  }
}

function kindOfValue(text: string, name: string, names: readonly string[]): EntityKind | undefined {
  if (formerAddress(text) === text.toLowerCase())
    return /version|build|release|oid$|firmware/.test(name) ? undefined : 'ip';
  if (/(^|[a-z])(ip|ips|ipaddress|ipaddr|address)$/.test(name) && formerAddress(text) !== undefined)
    return 'ip';
  if (HASH_VALUE.test(text)) {
    const isHash = /md5|sha\d|hash|checksum|digest/.test(name) || names.includes('hash');
    return isHash || names.includes('hashes') ? 'hash' : undefined;
  }
  if (text.startsWith('arn:') || /^\/subscriptions\//i.test(text)) return 'cloud_resource';
  if (/^(https?|ftp|hxxps?):\/\//i.test(text)) return isOwnLink(name) ? undefined : 'url';
  if (EMAIL_VALUE.test(text))
    return KIND_BY_NAME.get(name) === 'user' && !name.includes('mail') ? 'user' : 'email';
  return undefined;
}

const isOwnLink = (name: string): boolean =>
  OWN_LINK.test(name) || /^(link|links|href|self|references?|permalink)$/.test(name) || name.endsWith('link');

function kindOfName(kind: EntityKind | undefined, text: string, name: string): EntityKind | undefined {
  switch (kind) {
    case 'host':
      return text.length <= 255 && !/[\s{}"<>]/.test(text) ? 'host' : undefined;
    case 'user':
      return text.length <= 320 && !/[{}"<>\n]/.test(text) && !/^\d{1,4}$/.test(text) ? 'user' : undefined;
    case 'domain':
      return text.length >= 4 && text.length <= 253 && PUBLIC_NAME.test(text) && !INNER_NAME.test(text)
        ? 'domain'
        : undefined;
    case 'file':
      return name !== 'path' || /[\\/]/.test(text) ? 'file' : undefined;
    default:
      return kind;
  }
}
