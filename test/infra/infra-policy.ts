import { Cron } from 'croner';
import { readConfig } from '../../src/config.ts';
import { at, type BicepFile, loadBicep } from './bicep-file.ts';
import { checkAlerts, type Events } from './policy-alerts.ts';
import { checkApp, checkAuth, checkSettings } from './policy-app.ts';
import { type Expect, ofType, same, textOf } from './policy-helpers.ts';
import { checkAssignment, checkStorage } from './policy-storage.ts';

const METRICS_PUBLISHER = '3913510d-42f4-4e42-8a64-420c390055eb';

const OUTPUTS = [
  'AZURE_LOCATION',
  'AZURE_RESOURCE_GROUP',
  'ALERTFOREST_APP_NAME',
  'ALERTFOREST_BASE_URL',
  'ALERTFOREST_AUTH_MODE',
  'ALERTFOREST_AUDIENCE',
  'ALERTFOREST_STORAGE_ACCOUNT',
  'ALERTFOREST_IDENTITY_NAME',
  'ALERTFOREST_INSIGHTS_NAME',
  'ALERTFOREST_ACTION_GROUP_ID',
  'ALERTFOREST_TRAINING_SUBNET_ID',
];

export interface PolicyContext {
  /** Root of the project. */
  readonly root: string;
  /** Texts to check instead of the files, by path. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Paths of the routes that anyone may call, as the host sees them. */
  readonly anonymousPaths: readonly string[];
  readonly events: Events;
}

/** Everything wrong with infra/main.bicep and its modules; empty when nothing is. */
export function checkInfra(context: PolicyContext): string[] {
  const { files, problems } = loadBicep(context.root, 'infra/main.bicep', context.overrides);
  const found = [...problems];
  if (found.some((problem) => problem.includes('syntax error'))) return found;
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) found.push(sentence);
  };
  const file = (name: string): BicepFile => files.get(`infra/modules/${name}.bicep`) ?? EMPTY;
  checkStorage(file('storage'), expect);
  checkMonitoring(file('monitoring'), expect);
  checkApp(file('api'), expect);
  checkSettings(file('api'), expect);
  checkAuth(file('api'), file('auth'), context.anonymousPaths, expect);
  checkNetwork(file('network'), expect);
  checkAlerts(file('alerts'), context.events, expect);
  checkMain(files.get('infra/main.bicep') ?? EMPTY, expect);
  for (const { path, text } of files.values()) {
    expect(
      !/\blist(Keys|Secrets|AccountSas|ServiceSas)?\s*\(|AccountKey=|SharedAccessSignature/.test(text),
      `${path} reads a key`,
    );
  }
  return found;
}

const EMPTY: BicepFile = {
  path: '',
  text: '',
  targetScope: '',
  parameters: new Map(),
  variables: new Map(),
  resources: [],
  modules: [],
  outputs: new Map(),
  problems: [],
};

function checkMonitoring(file: BicepFile, expect: Expect): void {
  const insights = ofType(file, 'Microsoft.Insights/components')?.body;
  expect(at(insights, 'properties.DisableLocalAuth') === true, 'monitoring: ingestion must need Entra');
  expect(
    textOf(at(insights, 'properties.WorkspaceResourceId')) === 'workspace.id',
    'monitoring: the component needs its workspace',
  );
  expect(
    file.variables.get('monitoringMetricsPublisher') === METRICS_PUBLISHER,
    'monitoring: role Monitoring Metrics Publisher',
  );
  checkAssignment(
    ofType(file, 'Microsoft.Authorization/roleAssignments'),
    'insights',
    'publisherPrincipalId',
    undefined,
    expect,
  );
}

function checkNetwork(file: BicepFile, expect: Expect): void {
  expect(
    same(file.variables.get('services'), ['blob', 'queue', 'table']),
    'network: every service of the account needs an endpoint',
  );
  for (const [type, symbol] of [
    ['Microsoft.Network/privateEndpoints', 'endpoints'],
    ['Microsoft.Network/privateDnsZones', 'zones'],
    ['Microsoft.Network/privateDnsZones/virtualNetworkLinks', 'links'],
    ['Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'records'],
  ] as const) {
    expect(
      ofType(file, type, symbol)?.over === 'services',
      `network: ${symbol} must be made for each service`,
    );
  }
  const subnets = at(ofType(file, 'Microsoft.Network/virtualNetworks')?.body, 'properties.subnets');
  for (const subnet of Array.isArray(subnets) ? subnets : []) {
    const delegation = at(subnet, 'properties.delegations');
    const service = Array.isArray(delegation) ? at(delegation[0], 'properties.serviceName') : undefined;
    const needs = at(subnet, 'name') === 'endpoints' ? undefined : 'Microsoft.App/environments';
    expect(service === needs, `network: subnet ${textOf(at(subnet, 'name'))} must be delegated to ${needs}`);
  }
}

function checkMain(file: BicepFile, expect: Expect): void {
  expect(file.targetScope === 'subscription', 'main: must be deployed at the subscription');
  const node = file.parameters.get('nodeVersion');
  expect(
    node?.default === '24' && same(node.decorators['allowed']?.[0], ['22', '24']),
    'main: Node.js 24, or 22',
  );
  // what the functions take at their peak is measured by `npm run bench -- --only memory`; 512 MB do not hold it
  const memory = file.parameters.get('instanceMemoryMB');
  const sizes = memory?.decorators['allowed']?.[0];
  expect(
    Array.isArray(sizes) &&
      sizes.every((size) => Number(size) >= 2048) &&
      sizes.includes(memory?.default ?? 0),
    'main: instanceMemoryMB must be 2048 at least',
  );
  const schedule = file.parameters.get('retrainSchedule')?.default;
  expect(
    typeof schedule === 'string' && isSchedule(schedule),
    'main: retrainSchedule must be an NCRONTAB expression with six fields',
  );
  const ofCode = readConfig({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  const defaults: Record<string, unknown> = {
    retrainSchedule: ofCode.RETRAIN_SCHEDULE,
    retrainAfter: ofCode.RETRAIN_AFTER,
    retrainAfterHourly: ofCode.RETRAIN_AFTER_HOURLY,
    authClientId: '',
    vnetEnabled: false,
  };
  for (const [name, value] of Object.entries(defaults))
    expect(file.parameters.get(name)?.default === value, `main: ${name} must default to ${value}`);
  for (const [name, parameter] of file.parameters)
    expect(
      !/key|secret|password|connectionstring/i.test(name) || 'secure' in parameter.decorators,
      `main: ${name} looks like a secret`,
    );
  const calls = new Map(file.modules.map((module) => [module.symbol, module]));
  expect(
    same([...calls.keys()].sort(), ['alerts', 'api', 'identity', 'monitoring', 'network', 'storage']),
    'main: modules',
  );
  expect(calls.get('network')?.condition === '(vnetEnabled)', 'main: the network must follow vnetEnabled');
  const wired: [string, string, string][] = [
    ['storage', 'publicAccess', '!vnetEnabled'],
    ['storage', 'appPrincipalId', 'identity.outputs.principalId'],
    ['storage', 'readerPrincipalId', 'readerPrincipalId'],
    ['monitoring', 'publisherPrincipalId', 'identity.outputs.principalId'],
    ['api', 'identityId', 'identity.outputs.id'],
    ['api', 'identityClientId', 'identity.outputs.clientId'],
    ['api', 'storageName', 'storage.outputs.name'],
    ['api', 'packageContainerUrl', 'storage.outputs.packageContainerUrl'],
    ['api', 'subnetId', "vnetEnabled ? network!.outputs.appSubnetId : ''"],
    ['api', 'authClientId', 'authClientId'],
    ['alerts', 'insightsId', 'monitoring.outputs.insightsId'],
    ['alerts', 'email', 'alertEmail'],
  ];
  for (const [symbol, name, text] of wired) {
    expect(textOf(calls.get(symbol)?.params[name]) === text, `main: ${symbol}.${name} must be ${text}`);
  }
  for (const name of OUTPUTS) expect(file.outputs.has(name), `main: there is no output ${name}`);
}

/** Whether the host would take it: six fields, seconds first. */
export function isSchedule(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 6) return false;
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}
