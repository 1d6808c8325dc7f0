import { DEFENDER_SCOPE } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { ipAddress } from '../../values/ip-address.ts';
import { jsonAt } from '../../values/json-at.ts';
import { jsonIn } from '../../values/json-text.ts';
import { type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { knownSource, sourceOfProduct } from '../../values/product-name.ts';
import { SENTINEL_SCALE } from '../../values/severity-scale.ts';
import { keyOf, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { readSentinelEntities } from './sentinel-entities.ts';

/** Where Sentinel keeps the id that the product gave which raised the alert. */
const ORIGINAL_IDS = ['VendorOriginalId', 'vendorOriginalId', 'ProviderAlertId', 'providerAlertId'] as const;
// Products whose alerts Defender XDR lists under ids of their own; other products keep theirs to themselves.
const DEFENDER_SOURCES =
  /^(defender_(xdr|for_(endpoint|identity|office|cloud_apps))|entra_id_protection|purview_dlp)$/;

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/**
 * A row of Sentinel's SecurityAlert table in both generations of column names, the alert of the playbook trigger, and
 * the alert as an entity of the Security Insights API (camelCase under `properties`).
 */
export const sentinelAlert: Dialect = {
  name: 'sentinel_alert',
  title: 'Microsoft Sentinel SecurityAlert row and playbook alert',
  reads: {
    recognisedBy: '`SystemAlertId`; `properties.systemAlertId`',
    id: '`SystemAlertId`; of a Defender product `VendorOriginalId`, `ProviderAlertId`',
    time: '`StartTime(Utc)`, `TimeGenerated`',
    severity: '`AlertSeverity`, `Severity`; numbers 25/50/75/100',
    tactics: '`Tactics`, `Techniques`, `Intent`',
    entities: '`Entities` (JSON text, list, or lists by type), `CompromisedEntity`, `ResourceId`',
  },
  verdictFields: ['Status', 'properties.status', 'ExtendedProperties.Status', 'confidenceReasons'],

  recognise(payload) {
    if ('SystemAlertId' in payload) return true;
    if (payload['Type'] === 'SecurityAlert' && ('AlertName' in payload || 'DisplayName' in payload))
      return true;
    const properties = objectOf(payload['properties']);
    return properties !== undefined && 'systemAlertId' in properties;
  },

  toAlert(payload, draft) {
    const properties = objectOf(payload['properties']);
    const camel = properties !== undefined && 'systemAlertId' in properties;
    const row = camel ? properties : payload;
    const prefix = camel ? 'properties.' : '';
    const take = (field: 'id' | 'title' | 'vendor' | 'tenant', ...names: readonly string[]): void => {
      for (const name of names) if (draft.set(field, row[name], prefix + name)) return;
    };
    readSource(row, prefix, draft);
    const original = isDefenderCopy(row, draft.get('source') ?? '')
      ? ORIGINAL_IDS.find((name) => draft.set('id', row[name], prefix + name))
      : undefined;
    if (original !== undefined) draft.constant('id_scope', DEFENDER_SCOPE);
    take('id', 'SystemAlertId', 'systemAlertId', ...ORIGINAL_IDS);
    take('title', 'DisplayName', 'AlertDisplayName', 'AlertName', 'alertDisplayName', 'friendlyName');
    take('vendor', 'VendorName', 'vendorName');
    take('tenant', 'TenantId', 'WorkspaceId', 'tenantId');
    const extended = objectOf(jsonAt(row, keyOf(row, 'extendedProperties')));
    readRule(row, prefix, extended, draft);
    for (const name of ['AlertSeverity', 'Severity', 'severity'])
      draft.severity(row[name], prefix + name, SENTINEL_SCALE);
    const confidence = row['ConfidenceScore'] ?? row['confidenceScore'];
    draft.score(confidence, `${prefix}ConfidenceScore`, (numberOf(confidence) ?? 0) > 1 ? 1 : 100);
    for (const name of [
      'StartTime',
      'StartTimeUtc',
      'startTimeUtc',
      'TimeGenerated',
      'timeGenerated',
      'EndTime',
    ])
      draft.setTime('occurred_at', row[name], prefix + name);
    for (const name of ['TimeGenerated', 'timeGenerated', 'ProcessingEndTime', 'processingEndTime'])
      draft.setTime('created_at', row[name], prefix + name);
    readAttack(row, prefix, draft);
    const entities = keyOf(row, 'entities');
    if (entities !== undefined)
      readSentinelEntities(row[entities], prefix + entities, draft, jsonAt(row, entities));
    readCompromised(textOf(prop(row, 'compromisedEntity')), `${prefix}CompromisedEntity`, draft);
    draft.entity('cloud_resource', row['ResourceId'], `${prefix}ResourceId`);
    for (const identifier of objectsOf(prop(row, 'resourceIdentifiers')))
      draft.entity('cloud_resource', prop(identifier, 'azureResourceId'), `${prefix}ResourceIdentifiers`);
  },

  recordOf(payload): RecordFacts {
    const properties = objectOf(payload['properties']) ?? {};
    // A copy of another product's alert may be read under the original's id; incidents name it by Sentinel's.
    const names = [payload['SystemAlertId'], payload['systemAlertId'], properties['systemAlertId']];
    const aliases = names.flatMap((name) => textOf(name) ?? []);
    return { isIncident: false, ...(aliases.length === 0 ? {} : { aliases }) };
  },

  closingOf(payload): Closing | undefined {
    const properties = objectOf(payload['properties']);
    const status = textOf(payload['Status'] ?? payload['status'] ?? properties?.['status']);
    // A row only ever says that it was closed; what it was stands on the incident.
    return status !== undefined && /^(resolved|dismissed|closed)$/i.test(status)
      ? closingOf({
          record: payload,
          outcome: 'no_label',
          raw: [status],
          reason: 'closed without classification',
          trace: {},
        })
      : undefined;
  },
};

/**
 * Whether the row is Sentinel's copy of an alert of a Defender product, so that both are one alert: by the product, or
 * by the provider where the product is only named for its family.
 */
function isDefenderCopy(row: JsonObject, source: string): boolean {
  if (DEFENDER_SOURCES.test(source)) return true;
  return ['ProviderName', 'providerName', 'ProductComponentName', 'productComponentName'].some((name) => {
    const provider = textOf(row[name]);
    return provider !== undefined && DEFENDER_SOURCES.test(knownSource(provider) ?? '');
  });
}

function readRule(
  row: JsonObject,
  prefix: string,
  extended: JsonObject | undefined,
  draft: AlertDraft,
): void {
  const type = textOf(prop(row, 'alertType'));
  const typePath = `${prefix}AlertType`;
  // Scheduled rules write workspace_rule, two GUIDs; products write the name of their detector.
  const scheduled = type === undefined ? null : /_([0-9a-f-]{36})$/i.exec(type);
  if (scheduled?.[1] !== undefined && GUID.test(scheduled[1])) draft.set('rule_id', scheduled[1], typePath);
  const ids = listOf(jsonIn(extended?.['Analytic Rule Ids']));
  draft.set('rule_id', ids, `${prefix}ExtendedProperties.Analytic Rule Ids`);
  draft.set('rule_id', type, typePath);
  draft.set('rule_name', extended?.['Analytic Rule Name'], `${prefix}ExtendedProperties.Analytic Rule Name`);
  draft.set('rule_name', row['AlertName'] ?? prop(row, 'alertDisplayName'), `${prefix}AlertName`);
  if (scheduled === null) draft.set('category', type, typePath);
}

function readSource(row: JsonObject, prefix: string, draft: AlertDraft): void {
  for (const name of ['ProductName', 'productName']) {
    const product = textOf(row[name]);
    if (product !== undefined) draft.set('source', sourceOfProduct(product), prefix + name);
  }
  // Providers are products, rule engines and connectors mixed: only the known names say which product it was.
  for (const name of ['ProviderName', 'providerName']) {
    const product = textOf(row[name]);
    if (product !== undefined) draft.set('source', knownSource(product), prefix + name);
  }
  draft.constant('source', 'microsoft_sentinel');
}

function readAttack(row: JsonObject, prefix: string, draft: AlertDraft): void {
  // Microsoft's own products name a tactic as the alert's intent.
  for (const name of ['tactics', 'techniques', 'subTechniques', 'intent']) {
    const key = keyOf(row, name);
    if (key !== undefined) draft.attack(jsonIn(row[key]) ?? row[key], prefix + key);
  }
}

/** `CompromisedEntity` is a machine, an account, an address or a resource, without saying which. */
function readCompromised(value: string | undefined, path: string, draft: AlertDraft): void {
  if (value === undefined) return;
  if (ipAddress(value) !== undefined) draft.entity('ip', value, path, 'victim');
  else if (/^\/subscriptions\//i.test(value)) draft.entity('cloud_resource', value, path, 'victim');
  else if (value.includes('@') || value.includes('\\')) draft.entity('user', value, path, 'victim');
  else if (!/\s/.test(value)) draft.entity('host', value, path, 'victim');
}
