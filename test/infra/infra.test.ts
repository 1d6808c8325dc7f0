import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkInfra, isSchedule, type PolicyContext } from './infra-policy.ts';
import { captureRegistrations } from './registrations.ts';
import { readTelemetryContract } from './telemetry-contract.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Besides health: what describes the service to those who have no access yet.
const ANONYMOUS = [
  '',
  '/first-page.css',
  '/health',
  '/openapi.json',
  '/openapi-2.0.json',
  '/dashboard',
  '/dashboard/page.js',
  '/dashboard/style.css',
  '/dashboard/icon.svg',
  '/reference',
  '/reference/viewer.js',
  '/reference/reference.js',
  '/reference/reference.css',
];
const context: PolicyContext = {
  root,
  anonymousPaths: ANONYMOUS.map((path) => `/api/v1/ml${path}`),
  events: readTelemetryContract(),
};

describe('infra/main.bicep', () => {
  it('parses, names only what exists, and keeps every rule of the deployment', () => {
    expect(checkInfra(context)).toEqual([]);
  });

  it('leaves open in front of the app what the app leaves open, and nothing else', async () => {
    const { routes } = await captureRegistrations();
    const anonymous = routes
      .filter(({ role }) => role === 'anonymous')
      .map(({ path }) => (path === '' ? '' : `/${path}`));
    // The dashboard is a page that may be left out of a build.
    expect([...new Set(anonymous)].sort()).toEqual([...ANONYMOUS].sort());
  });
});

// Faults of the kind a later edit could bring in. A check that lets one through is no check.
const STORAGE = 'infra/modules/storage.bicep';
const API = 'infra/modules/api.bicep';
const AUTH = 'infra/modules/auth.bicep';
const ALERTS = 'infra/modules/alerts.bicep';
const NETWORK = 'infra/modules/network.bicep';
const MONITORING = 'infra/modules/monitoring.bicep';
const MAIN = 'infra/main.bicep';
const FAULTS: readonly [what: string, path: string, from: string | RegExp, to: string][] = [
  ['a missing brace', STORAGE, "kind: 'StorageV2'", "kind: 'StorageV2' }"],
  ['a misspelt name', API, 'serverFarmId: plan.id', 'serverFarmId: plann.id'],
  [
    'a parameter nobody uses',
    API,
    'param storageName string',
    'param storageName string\nparam spare string',
  ],
  ['a module that does not exist', MAIN, 'modules/alerts.bicep', 'modules/alarms.bicep'],
  ['a module parameter that does not exist', MAIN, 'email: alertEmail', 'mail: alertEmail'],
  ['a module parameter left out', MAIN, '    storageId: storage.outputs.id\n', ''],
  [
    'a module output that does not exist',
    MAIN,
    'monitoring.outputs.connectionString',
    'monitoring.outputs.connection',
  ],
  ['shared keys allowed', STORAGE, 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true'],
  ['shared keys left to the default', STORAGE, '    allowSharedKeyAccess: false\n', ''],
  ['public blobs', STORAGE, 'allowBlobPublicAccess: false', 'allowBlobPublicAccess: true'],
  ['old TLS', STORAGE, 'TLS1_2', 'TLS1_0'],
  ['plain http to storage', STORAGE, 'supportsHttpsTrafficOnly: true', 'supportsHttpsTrafficOnly: false'],
  ['no blob versions', STORAGE, 'isVersioningEnabled: true', 'isVersioningEnabled: false'],
  [
    'soft delete of a day',
    STORAGE,
    /deleteRetentionPolicy: \{ enabled: true, days: 14 \}/,
    'deleteRetentionPolicy: { enabled: true, days: 1 }',
  ],
  ['an age rule on live blobs', STORAGE, 'version: {', 'baseBlob: {'],
  ['a public container', STORAGE, "publicAccess: 'None'", "publicAccess: 'Blob'"],
  ['another container name', STORAGE, "'ml-models'", "'models'"],
  ['a table forgotten', STORAGE, "['feedback', 'runs', 'fleet', 'behavior']", "['feedback', 'runs']"],
  ['a queue renamed', STORAGE, "'retrain-requests-poison'", "'retrain-poison'"],
  ['the queue role forgotten', STORAGE, /\n {2}'974c5e8b[^\n]*/, ''],
  [
    'a stronger role',
    STORAGE,
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    '17d1049b-9a84-46fb-8f53-869881c3d3ab',
  ],
  [
    'a role on the whole group',
    STORAGE,
    'scope: account\n  properties: {\n    roleDefinitionId',
    'scope: resourceGroup()\n  properties: {\n    roleDefinitionId',
  ],
  ['storage open beside private endpoints', STORAGE, "publicAccess ? 'Enabled' : 'Disabled'", "'Enabled'"],
  [
    'a storage account that ignores the network switch',
    MAIN,
    'publicAccess: !vnetEnabled',
    'publicAccess: true',
  ],
  [
    'a network that is always there',
    MAIN,
    "'modules/network.bicep' = if (vnetEnabled) {",
    "'modules/network.bicep' = {",
  ],
  ['an endpoint forgotten', NETWORK, "['blob', 'queue', 'table']", "['blob', 'queue']"],
  [
    'a subnet without delegation',
    NETWORK,
    "Microsoft.App/environments' } }]\n        }\n      }\n      {\n        name: 'training'",
    "Microsoft.Web/serverFarms' } }]\n        }\n      }\n      {\n        name: 'training'",
  ],
  [
    'telemetry with a key',
    MONITORING,
    'DisableLocalAuth: true\n  }\n}\n\nresource publisher',
    'DisableLocalAuth: false\n  }\n}\n\nresource publisher',
  ],
  ['the publisher role mistyped', MONITORING, '3913510d', '3913510e'],
  ['a Consumption plan', API, "{ name: 'FC1', tier: 'FlexConsumption' }", "{ name: 'Y1', tier: 'Dynamic' }"],
  ['http to the app', API, 'httpsOnly: true', 'httpsOnly: false'],
  ['a deployment by key', API, "type: 'UserAssignedIdentity'\n", "type: 'StorageAccountConnectionString'\n"],
  [
    'a runtime in siteConfig',
    API,
    "minTlsVersion: '1.2'",
    "minTlsVersion: '1.2'\n      linuxFxVersion: 'NODE|24'",
  ],
  ['another stack', API, "runtime: { name: 'node'", "runtime: { name: 'python'"],
  [
    'passwords for publishing',
    API,
    "name: 'scm'\n  properties: { allow: false }",
    "name: 'scm'\n  properties: { allow: true }",
  ],
  ['the azd tag forgotten', API, "union(tags, { 'azd-service-name': 'api' })", 'tags'],
  ['a setting forbidden on Flex', API, "RULES: 'on'", "RULES: 'on'\n  FUNCTIONS_WORKER_RUNTIME: 'node'"],
  [
    'a connection string',
    API,
    'AzureWebJobsStorage__accountName: storageName',
    'AzureWebJobsStorage: storageName',
  ],
  [
    'storage by the name of a public cloud',
    API,
    'blobServiceUri: blobEndpoint',
    "blobServiceUri: 'https://contoso.blob.core.windows.net'",
  ],
  ['a setting forgotten', API, "  PREDICTION_LOG: 'behind'\n", ''],
  ['a setting that nothing reads', API, "RULES: 'on'", "RULES: 'on'\n  RULESET: 'on'"],
  ['a default unlike the code', API, "MODEL_WEIGHT: '0.7'", "MODEL_WEIGHT: '0.8'"],
  [
    'overrides that win over AUTH_MODE',
    API,
    'union(defaultSettings, appSettings, fixedSettings)',
    'union(defaultSettings, fixedSettings, appSettings)',
  ],
  ['keys behind Easy Auth', API, "AUTH_MODE: empty(authClientId) ? 'key' : 'entra'", "AUTH_MODE: 'key'"],
  [
    'Entra mode without Easy Auth',
    API,
    "module authOn 'auth.bicep' = if (!empty(authClientId)) {",
    "module authOn 'auth.bicep' = if (false) {",
  ],
  ['Easy Auth after the functions were opened', API, '  dependsOn: [authOn]\n', ''],
  ['Easy Auth gone before functions ask for keys', API, '  dependsOn: [settings]\n', ''],
  ['Easy Auth left on in key mode', API, /module authOff [\s\S]*?\n}\n/, ''],
  [
    'Easy Auth that is not switched off',
    AUTH,
    'platform: { enabled: false }',
    "platform: { runtimeVersion: '~1' }",
  ],
  ['Easy Auth the wrong way round', AUTH, '? off : on', '? on : off'],
  ['unauthenticated callers let through', AUTH, "'Return401'", "'AllowAnonymous'"],
  ['a route opened', API, "'/api/v1/ml/health'\n", "'/api/v1/ml/health'\n  '/api/v1/ml/feedback'\n"],
  ['an alert rule removed', ALERTS, /\n {2}\{\n {4}key: 'drift'[\s\S]*?\n {2}\}/, ''],
  ['an alert on an event nobody logs', ALERTS, '{"event":"retrain_tick"', '{"event":"retrain_ticked"'],
  ['an alert on a field nobody logs', ALERTS, 'line.pending', 'line.waiting'],
  ['an alert on a column its query does not give', ALERTS, "measure: 'p95Ms'", "measure: 'p99Ms'"],
  ['a window the platform does not take', ALERTS, "window: 'PT3H'", "window: 'PT7H'"],
  ['alerts that tell nobody', ALERTS, 'actionGroups: empty(email) ? [] : [oncall.id]', 'actionGroups: []'],
  ['rules switched off', ALERTS, 'enabled: true\n    scopes', 'enabled: false\n    scopes'],
  [
    'a key in an output',
    STORAGE,
    'output id string = account.id',
    'output id string = account.listKeys().keys[0].value',
  ],
  ['a schedule with five fields', MAIN, "'0 7 * * * *'", "'7 * * * *'"],
  ['an output callers need, gone', MAIN, /output ALERTFOREST_BASE_URL[^\n]*\n/, ''],
  ['instances of 512 MB', MAIN, '@allowed([2048, 4096])', '@allowed([512, 2048, 4096])'],
  ['instances of 512 MB by default', MAIN, 'instanceMemoryMB int = 2048', 'instanceMemoryMB int = 512'],
  ['instances of any size', MAIN, '@allowed([2048, 4096])\n', ''],
  ['Node.js 20', MAIN, "['22', '24']", "['20', '24']"],
];

describe('the checks of infra/', () => {
  it.each(FAULTS)('catch %s', (_what, path, from, to) => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const faulty = text.replace(from, to);
    expect(faulty).not.toBe(text);
    expect(checkInfra({ ...context, overrides: { [path]: faulty } })).not.toEqual([]);
  });

  it('know a schedule from something like it', () => {
    expect(isSchedule('0 7 * * * *')).toBe(true);
    expect(isSchedule('*/30 * * * * 1-5')).toBe(true);
    expect(isSchedule('0 75 * * * *')).toBe(false);
    expect(isSchedule('hourly')).toBe(false);
  });
});
