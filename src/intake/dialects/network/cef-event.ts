import type { AlertDraft } from '../../draft/alert-draft.ts';
import { type JsonObject, objectOf, textOf } from '../../values/json-value.ts';
import { knownSource, sourceOfProduct } from '../../values/product-name.ts';
import { TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';
import { joinPath } from '../file-path.ts';

const FIELDS: readonly EntityField[] = [
  ['ip', 'src'],
  ['ip', 'dst'],
  ['ip', 'c6a2'],
  ['ip', 'c6a3'],
  ['ip', 'sourceTranslatedAddress'],
  ['ip', 'destinationTranslatedAddress'],
  ['host', 'shost'],
  ['host', 'dhost'],
  ['user', 'suser'],
  ['user', 'duser'],
  ['hash', 'fileHash'],
  ['url', 'request'],
  ['domain', 'destinationDnsDomain'],
  ['domain', 'sourceDnsDomain'],
  ['process', 'dproc'],
  ['process', 'sproc'],
  // the same by the full names of the standard
  ['ip', 'sourceAddress'],
  ['ip', 'destinationAddress'],
  ['host', 'sourceHostName'],
  ['host', 'destinationHostName'],
  ['user', 'sourceUserName'],
  ['user', 'destinationUserName'],
  ['ip', 'dvc', 'related'],
  ['host', 'dvchost', 'related'],
];

/** A message in ArcSight's Common Event Format, as `parseCefLine` reads it. */
export const cefEvent: Dialect = {
  name: 'cef_event',
  title: 'CEF line, with or without syslog header',
  reads: {
    recognisedBy: '`CEF:0`',
    id: '`externalId`, labelled ids',
    time: '`start`, `rt`, `end`, syslog header',
    severity: 'header 0-10 or word',
    tactics: 'labelled custom fields, `cat`',
    entities: '`src`, `dst`, `shost`, `suser`, `fileHash`, `request`, ...',
  },
  verdictFields: ['extension.outcome', 'extension.act', 'extension.reason'],

  recognise: (payload) => 'cef_version' in payload && 'device_product' in payload && 'extension' in payload,

  toAlert(payload, draft) {
    const extension = objectOf(payload['extension']) ?? {};
    readId(extension, draft);
    draft.text('title', payload, 'name', 'signature_id');
    draft.text('rule_id', payload, 'signature_id');
    draft.text('rule_name', payload, 'name');
    draft.text('vendor', payload, 'device_vendor');
    draft.text('category', payload, 'extension.cat', 'extension.deviceEventCategory');
    const vendor = textOf(payload['device_vendor']) ?? '';
    const product = textOf(payload['device_product']) ?? '';
    const both = product.toLowerCase().startsWith(vendor.toLowerCase()) ? product : `${vendor} ${product}`;
    draft.set('source', knownSource(vendor) ?? sourceOfProduct(both), 'device_product');
    draft.severity(payload['severity'], 'severity', TEN_SCALE);
    for (const name of ['start', 'startTime', 'rt', 'deviceReceiptTime', 'end', 'endTime', 'eventTime'])
      draft.setTime('occurred_at', extension[name], `extension.${name}`);
    readDates(extension, draft);
    draft.setTime('occurred_at', payload['syslog_time'], 'syslog_time');
    draft.setTime('created_at', extension['rt'], 'extension.rt');
    readEntityFields(extension, 'extension.', FIELDS, draft);
    readFile(extension, draft);
    readLabelled(extension, draft);
    draft.measure('bytes_recv', extension['in'], 'extension.in');
    draft.measure('bytes_sent', extension['out'], 'extension.out');
    draft.measure('event_count', extension['cnt'], 'extension.cnt');
    draft.measure('payload_size', extension['fsize'], 'extension.fsize');
  },
};

// Products put their time into a date of their own: `deviceCustomDate1Label=detectionDate`, `flexDate1`.
const DATES = ['deviceCustomDate1', 'deviceCustomDate2', 'flexDate1'];

function readDates(extension: JsonObject, draft: AlertDraft): void {
  for (const name of DATES)
    if (!/expir|clos|updat|end/i.test(textOf(extension[`${name}Label`])?.slice(0, MAX_LABEL_LENGTH) ?? ''))
      draft.setTime('occurred_at', extension[name], `extension.${name}`);
}

const ID_LABEL = /^(malop|alert|event|detection|incident|finding|case) ?(id|uuid)$/i;

function readId(extension: JsonObject, draft: AlertDraft): void {
  for (const name of ['externalId', 'eventId', 'eventUUID', 'alertId'])
    if (draft.set('id', extension[name], `extension.${name}`)) return;
  for (const name in extension) {
    const label = name.endsWith('Label') ? textOf(extension[name]) : undefined;
    if (label === undefined || !ID_LABEL.test(label)) continue;
    if (draft.set('id', extension[name.slice(0, -5)], `extension.${name.slice(0, -5)}`)) return;
  }
  // A sender's own key: BitdefenderGZIncidentId
  for (const name in extension)
    if (ID_KEY.test(name) && draft.set('id', extension[name], `extension.${name}`)) return;
}

const ID_KEY = /(alert|incident|detection|finding|offense|case|alarm|malop)_?(id|uid|uuid|guid)$/i;

function readFile(extension: JsonObject, draft: AlertDraft): void {
  const path = textOf(extension['filePath'])?.replaceAll('\\\\', '\\');
  const name = textOf(extension['fname']);
  if (path !== undefined)
    draft.entity('file', name === undefined ? path : joinPath(path, name), 'extension.filePath');
  else if (name !== undefined) draft.entity('file', name, 'extension.fname');
}

/** A label names a field. */
const MAX_LABEL_LENGTH = 200;

/** `C2 Host`, `Remote address of the attacker`: whose it is, then what. */
function namesAttackersHost(label: string): boolean {
  const whose = /cnc|c2|remote|attacker|malicious/i.exec(label);
  return whose !== null && /host|address|ip/i.test(label.slice(whose.index + whose[0].length));
}

/** Custom fields by their label, and senders' own keys by their ending. */
function readLabelled(extension: JsonObject, draft: AlertDraft): void {
  for (const key in extension) {
    const value = extension[key];
    const path = `extension.${key}`;
    if (/(md5|sha1|sha256|hash)$/i.test(key)) draft.entity('hash', value, path);
    if (/mitre|att_?ck|technique|tactic/i.test(key)) draft.attack(value, path);
    const label = textOf(extension[`${key}Label`])?.slice(0, MAX_LABEL_LENGTH);
    if (label === undefined) continue;
    if (/tactic|technique|mitre/i.test(label)) draft.attack(value, path);
    else if (/hash|md5|sha/i.test(label)) draft.entity('hash', value, path);
    else if (namesAttackersHost(label)) draft.entity('host', value, path, 'attacker');
    else if (/(^|[^a-z])(ip|ipv6|address)($|[^a-z])/i.test(label)) draft.entity('ip', value, path);
    else if (/virus|malware|threat ?name/i.test(label)) draft.entity('other', value, path);
  }
  draft.attack(extension['cat'], 'extension.cat');
}
