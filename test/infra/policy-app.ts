import { readConfig, SETTING_NAMES } from '../../src/config.ts';
import { at, type BicepFile, type Value } from './bicep-file.ts';
import { type Expect, ofType, same, sorted, textOf } from './policy-helpers.ts';

export const FORBIDDEN_ON_FLEX = [
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_MAX_HTTP_CONCURRENCY',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'ENABLE_ORYX_BUILD',
];

/** Settings of src/config.ts that the deployment leaves out, with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  AzureWebJobsStorage: 'a connection string holds a shared key',
  ALERT_LINK_TEMPLATE: 'the address is that of the SIEM at hand; empty shows no link',
  ALERTFOREST_CACHE_DIR: 'the temp directory is right on the platform',
};

export function checkApp(file: BicepFile, expect: Expect): void {
  const plan = ofType(file, 'Microsoft.Web/serverfarms')?.body;
  expect(same(at(plan, 'sku'), { name: 'FC1', tier: 'FlexConsumption' }), 'plan: must be Flex Consumption');
  expect(at(plan, 'properties.reserved') === true, 'plan: must be Linux');
  const app = ofType(file, 'Microsoft.Web/sites')?.body;
  const must: Record<string, Value> = {
    kind: 'functionapp,linux',
    'identity.type': 'UserAssigned',
    'properties.httpsOnly': true,
    'properties.siteConfig.minTlsVersion': '1.2',
    'properties.functionAppConfig.deployment.storage.type': 'blobContainer',
    'properties.functionAppConfig.deployment.storage.authentication.type': 'UserAssignedIdentity',
    'properties.functionAppConfig.runtime.name': 'node',
  };
  for (const [path, value] of Object.entries(must))
    expect(same(at(app, path), value), `app: ${path} must be ${value}`);
  const wired: Record<string, string> = {
    'properties.serverFarmId': 'plan.id',
    'properties.functionAppConfig.deployment.storage.value': 'packageContainerUrl',
    'properties.functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId':
      'identityId',
    'properties.functionAppConfig.runtime.version': 'nodeVersion',
    'properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB': 'instanceMemoryMB',
    'properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount': 'maximumInstanceCount',
    'properties.functionAppConfig.scaleAndConcurrency.triggers.http.perInstanceConcurrency':
      'httpConcurrency',
  };
  for (const [path, text] of Object.entries(wired))
    expect(textOf(at(app, path)) === text, `app: ${path} must be ${text}`);
  expect(
    same(at(app, 'identity.userAssignedIdentities'), { "'${identityId}'": {} }),
    'app: must run as the identity that has the roles',
  );
  expect(
    same(Object.keys((at(app, 'properties.siteConfig') ?? {}) as object), ['minTlsVersion']),
    'app: Flex takes its runtime from functionAppConfig, not from siteConfig',
  );
  expect(
    textOf(at(app, 'tags')).includes("'azd-service-name': 'api'"),
    'app: azd finds it by the tag azd-service-name',
  );
  for (const symbol of ['ftp', 'scm']) {
    const policy = ofType(file, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies', symbol)?.body;
    expect(
      at(policy, 'name') === symbol && at(policy, 'properties.allow') === false,
      `app: ${symbol} must refuse passwords`,
    );
  }
}

/** Read by Node and by the host. */
const OF_THE_PLATFORM = ['NODE_OPTIONS', 'AzureWebJobsDisableHomepage'];

export function checkSettings(file: BicepFile, expect: Expect): void {
  const defaults = (file.variables.get('defaultSettings') ?? {}) as Record<string, Value>;
  const fixed = (file.variables.get('fixedSettings') ?? {}) as Record<string, Value>;
  const settings = ofType(file, 'Microsoft.Web/sites/config', 'settings')?.body;
  expect(at(settings, 'name') === 'appsettings', 'settings: must be the app settings');
  expect(
    textOf(at(settings, 'properties')) === 'union(defaultSettings, appSettings, fixedSettings)',
    'settings: overrides come between defaults and what is fixed',
  );
  const set = new Set([...Object.keys(defaults), ...Object.keys(fixed)]);
  for (const name of SETTING_NAMES)
    expect(
      set.has(name) !== name in LEFT_OUT,
      `settings: ${name} ${name in LEFT_OUT ? 'must be left out' : 'is not set'}`,
    );
  const known = new Set<string>([
    ...SETTING_NAMES,
    'APPLICATIONINSIGHTS_CONNECTION_STRING',
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    ...OF_THE_PLATFORM,
  ]);
  for (const name of set) {
    expect(known.has(name), `settings: nothing reads ${name}`);
    expect(!FORBIDDEN_ON_FLEX.includes(name), `settings: ${name} may not be set on Flex Consumption`);
  }
  for (const name of FORBIDDEN_ON_FLEX)
    expect(!file.text.includes(name), `settings: ${name} may not be set on Flex Consumption`);
  const ofCode = readConfig({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }) as Record<string, unknown>;
  for (const [name, value] of Object.entries(defaults)) {
    if (typeof value === 'string')
      expect(
        value === String(ofCode[name]),
        `settings: ${name} is ${ofCode[name]} in the code, ${value} here`,
      );
  }
  expect(
    fixed['NODE_OPTIONS'] === '--max-http-header-size=65536',
    'settings: NODE_OPTIONS must let the worker read every header that the host takes',
  );
  expect(fixed['AzureWebJobsDisableHomepage'] === 'true', 'settings: no welcome page');
  expect(
    fixed['AzureWebJobsStorage__credential'] === 'managedidentity',
    'settings: storage is reached by identity',
  );
  expect(
    textOf(fixed['AzureWebJobsStorage__accountName']) === 'storageName',
    'settings: AzureWebJobsStorage__accountName',
  );
  for (const service of ['blob', 'queue', 'table'])
    expect(
      textOf(fixed[`AzureWebJobsStorage__${service}ServiceUri`]) === `${service}Endpoint`,
      `settings: the ${service} endpoint must be the account's own`,
    );
  expect(
    textOf(fixed['AzureWebJobsStorage__clientId']) === 'identityClientId',
    'settings: AzureWebJobsStorage__clientId',
  );
  expect(
    textOf(fixed['APPLICATIONINSIGHTS_AUTHENTICATION_STRING']).includes('Authorization=AAD'),
    'settings: telemetry is sent by identity',
  );
  expect(
    textOf(fixed['AUTH_MODE']) === "empty(authClientId) ? 'key' : 'entra'",
    'settings: AUTH_MODE must follow authClientId',
  );
}

export function checkAuth(
  api: BicepFile,
  file: BicepFile,
  anonymousPaths: readonly string[],
  expect: Expect,
): void {
  const auth = ofType(file, 'Microsoft.Web/sites/config', 'auth')?.body;
  expect(at(auth, 'name') === 'authsettingsV2', 'auth: must be authsettingsV2');
  expect(
    textOf(at(auth, 'properties')) === 'empty(authClientId) ? off : on',
    'auth: must be on whenever authClientId is there, and off otherwise',
  );
  const on = file.variables.get('on');
  const must: Record<string, Value> = {
    'platform.enabled': true,
    'globalValidation.requireAuthentication': true,
    'globalValidation.unauthenticatedClientAction': 'Return401',
    'httpSettings.requireHttps': true,
    'identityProviders.azureActiveDirectory.enabled': true,
  };
  for (const [path, value] of Object.entries(must))
    expect(same(at(on, path), value), `auth: ${path} must be ${value}`);
  expect(same(file.variables.get('off'), { platform: { enabled: false } }), 'auth: off must be written out');
  expect(textOf(at(on, 'globalValidation.excludedPaths')) === 'anonymousPaths', 'auth: excludedPaths');
  for (const symbol of ['authOn', 'authOff']) {
    const call = api.modules.find((module) => module.symbol === symbol);
    expect(call?.path === 'auth.bicep', `auth: ${symbol} must be auth.bicep`);
    expect(
      textOf(call?.params['anonymousPaths']) === 'anonymousPaths',
      `auth: ${symbol} must let through the open paths`,
    );
  }
  const open = sorted(api.variables.get('anonymousPaths'));
  expect(
    same(open as Value, [...anonymousPaths].sort()),
    `auth: open paths must be ${anonymousPaths.join(', ')}, got ${open.join(', ')}`,
  );
  for (const fault of openSteps(api)) expect(false, fault);
}

/** How callers are checked at one moment: by what the setting asks for, and whether Easy Auth stands in front. */
interface Guard {
  readonly mode: 'key' | 'entra';
  readonly isEasyAuthOn: boolean;
}

/**
 * Follows both switches step by step, in every order that the template allows, each of which may be the last that
 * succeeds. A fault for each moment at which functions leave callers to Easy Auth and it is not there.
 */
function openSteps(api: BicepFile): string[] {
  const settings = ofType(api, 'Microsoft.Web/sites/config', 'settings');
  const steps = [
    { symbol: 'settings', condition: undefined, dependsOn: at(settings?.body, 'dependsOn') },
    ...api.modules.filter(({ symbol }) => symbol === 'authOn' || symbol === 'authOff'),
  ];
  const namesIn = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(textOf) : []);
  const faults: string[] = [];
  for (const mode of ['key', 'entra'] as const) {
    const isDeployed = (condition: string | undefined): boolean =>
      condition === undefined ||
      (condition === '(!empty(authClientId))' && mode === 'entra') ||
      (condition === '(empty(authClientId))' && mode === 'key');
    const deployed = steps.filter(({ condition }) => isDeployed(condition));
    const after = (symbol: string, guard: Guard): Guard =>
      symbol === 'settings' ? { ...guard, mode } : { ...guard, isEasyAuthOn: mode === 'entra' };
    const go = (guard: Guard, done: readonly string[]): void => {
      if (guard.mode === 'entra' && !guard.isEasyAuthOn)
        faults.push(`auth: to ${mode}, functions are left open after ${done.join(', ')}`);
      for (const { symbol, dependsOn } of deployed) {
        const isReady = namesIn(dependsOn).every(
          (name) => done.includes(name) || !deployed.some((step) => step.symbol === name),
        );
        if (isReady && !done.includes(symbol)) go(after(symbol, guard), [...done, symbol]);
      }
      if (done.length === deployed.length && (guard.mode === 'entra') !== guard.isEasyAuthOn)
        faults.push(`auth: to ${mode} ends with Easy Auth ${guard.isEasyAuthOn ? 'on' : 'off'}`);
    };
    go({ mode: mode === 'key' ? 'entra' : 'key', isEasyAuthOn: mode === 'key' }, []);
  }
  return [...new Set(faults)];
}
