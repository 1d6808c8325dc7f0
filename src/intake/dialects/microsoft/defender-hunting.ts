import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, type JsonObject, lookup, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import type { Dialect } from '../dialect.ts';
import { joinPath } from '../file-path.ts';
import { evidenceRole } from './defender-evidence.ts';
import { readSentinelEntities } from './sentinel-entities.ts';

/** Key under which {@link joinHuntingRecords} collects the evidence records of one alert. */
const EVIDENCE = 'evidence_records';

/**
 * Rows of the hunting tables AlertInfo and AlertEvidence, as the streaming API sends them (`category`, `properties`) or
 * as a query returns them. One record is one piece of evidence; records of one batch are joined by alert.
 */
export const defenderHunting: Dialect = {
  name: 'defender_hunting',
  title: 'Microsoft Defender XDR advanced hunting (AlertInfo, AlertEvidence; streaming API and query rows)',
  reads: {
    recognisedBy: '`category` AdvancedHunting-Alert*; rows with `AlertId` and `ServiceSource`',
    id: '`AlertId`',
    time: '`Timestamp`',
    severity: '`Severity`',
    tactics: '`Category`, `Categories`, `AttackTechniques`',
    entities: 'evidence columns, `AdditionalFields`',
  },
  verdictFields: [],

  recognise(payload) {
    const { category } = payload;
    if (typeof category === 'string' && category.startsWith('AdvancedHunting-Alert')) return true;
    const row = rowOf(payload);
    return 'AlertId' in row && 'ServiceSource' in row && ('Title' in row || 'EntityType' in row);
  },

  toAlert(payload, draft) {
    const row = rowOf(payload);
    const prefix = row === payload ? '' : 'properties.';
    if (draft.set('id', row['AlertId'], `${prefix}AlertId`)) draft.constant('id_scope', DEFENDER_SCOPE);
    draft.set('title', row['Title'], `${prefix}Title`);
    draft.set('rule_name', row['Title'], `${prefix}Title`);
    draft.set('tenant', payload['tenantId'] ?? row['TenantId'], 'tenantId');
    const categories = jsonIn(row['Categories']) ?? row['Category'] ?? row['Categories'];
    draft.set('category', categories, `${prefix}Categories`);
    const service = textOf(row['ServiceSource']);
    if (service !== undefined) draft.set('source', sourceOfProduct(service), `${prefix}ServiceSource`);
    draft.constant('source', 'defender_xdr');
    draft.constant('vendor', 'Microsoft');
    draft.severity(row['Severity'], `${prefix}Severity`);
    draft.setTime('occurred_at', row['Timestamp'], `${prefix}Timestamp`);
    draft.setTime('occurred_at', payload['time'], 'time');
    draft.attack(categories, `${prefix}Categories`);
    draft.attack(jsonIn(row['AttackTechniques']) ?? row['AttackTechniques'], `${prefix}AttackTechniques`);
    const records = objectsOf(payload[EVIDENCE]);
    for (const record of records.length === 0 ? [row] : records) readEvidence(record, prefix, draft);
  },
};

function rowOf(payload: JsonObject): JsonObject {
  const properties = objectOf(payload['properties']);
  return properties !== undefined && 'AlertId' in properties ? properties : payload;
}

function readEvidence(row: JsonObject, prefix: string, draft: AlertDraft): void {
  const role = evidenceRole(row['EvidenceRole']);
  draft.entity('host', row['DeviceName'], `${prefix}DeviceName`, role);
  for (const name of ['RemoteIP', 'LocalIP']) draft.entity('ip', row[name], prefix + name, role);
  draft.entity('url', row['RemoteUrl'], `${prefix}RemoteUrl`, role);
  draft.user(row['AccountName'], row['AccountDomain'], row['AccountUpn'], `${prefix}AccountName`, role);
  const file = textOf(row['FileName']);
  if (file !== undefined)
    draft.entity('file', joinPath(textOf(row['FolderPath']), file), `${prefix}FileName`, role);
  for (const name of ['SHA256', 'SHA1']) draft.entity('hash', row[name], prefix + name, role);
  draft.entity('process', row['ProcessCommandLine'], `${prefix}ProcessCommandLine`, role);
  draft.entity('registry', row['RegistryKey'], `${prefix}RegistryKey`, role);
  draft.entity('cloud_resource', row['CloudResource'] ?? row['ResourceID'], `${prefix}CloudResource`, role);
  draft.entity('other', row['OAuthApplicationId'] ?? row['Application'], `${prefix}Application`, role);
  // Holds the same piece of evidence as an entity of Sentinel, most often without its own type.
  const more = jsonIn(row['AdditionalFields']);
  if (isObject(more)) {
    const type = textOf(row['EntityType']) ?? '';
    const entity =
      'Type' in more ? more : { ...more, Type: lookup(HUNTING_TYPES, type.toLowerCase()) ?? type };
    readSentinelEntities([entity], `${prefix}AdditionalFields`, draft);
  }
}

const HUNTING_TYPES: Readonly<Record<string, string>> = {
  machine: 'host',
  user: 'account',
  file: 'file',
  process: 'process',
  ip: 'ip',
  url: 'url',
  mailbox: 'mailbox',
  mailmessage: 'mailmessage',
  registrykey: 'registrykey',
  registryvalue: 'registryvalue',
};

/** Joins the hunting records of a list that share an alert: the first keeps its place and gets all evidence. */
export function joinHuntingRecords(items: readonly unknown[]): readonly unknown[] {
  const groups = new Map<string, JsonObject[]>();
  for (const item of items) {
    if (!isObject(item) || !defenderHunting.recognise(item)) return items;
    const id = textOf(rowOf(item)['AlertId']) ?? '';
    const group = groups.get(id);
    if (group) group.push(item);
    else groups.set(id, [item]);
  }
  return [...groups.values()].map(joined);
}

function joined(records: readonly JsonObject[]): JsonObject {
  const first = records[0] as JsonObject;
  if (records.length === 1) return first;
  const rows = records.map(rowOf);
  // AlertInfo and AlertEvidence each have columns that the other lacks.
  const merged: Record<string, unknown> = {};
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const known = merged[name];
      if (name !== '__proto__' && (known === undefined || known === null || known === ''))
        merged[name] = value;
    }
  }
  return rowOf(first) === first
    ? { ...merged, [EVIDENCE]: rows }
    : { ...first, properties: merged, [EVIDENCE]: rows };
}
