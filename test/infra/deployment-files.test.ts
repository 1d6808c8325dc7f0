import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig, SETTING_NAMES } from '../../src/config.ts';
import { RETRAIN_QUEUE } from '../../src/store/names.ts';
import { at, loadBicep, type Value } from './bicep-file.ts';
import { isSchedule } from './infra-policy.ts';
import { queryProblems } from './policy-alerts.ts';
import { captureRegistrations } from './registrations.ts';
import { readTelemetryContract } from './telemetry-contract.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readText = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readJson = <T>(path: string): T => JSON.parse(readText(path)) as T;
const main = loadBicep(root, 'infra/main.bicep').files.get('infra/main.bicep')!;

describe('infra/main.parameters.json', () => {
  const { parameters: all } = readJson<{
    parameters: Record<string, { value: string }> & { appSettings: { value: Record<string, string> } };
  }>('infra/main.parameters.json');
  const { appSettings, ...parameters } = all as typeof all & Record<string, { value: string }>;

  it('reaches every parameter but names for the bill, and every app setting, by a variable of its own', () => {
    expect([...main.parameters.keys()].filter((name) => !(name in all))).toEqual(['tags']);
    const variables: string[] = JSON.stringify(all).match(/(?<=\$\{)\w+/g) ?? [];
    expect(variables).toEqual([...new Set(variables)]);
    const ofTheTemplate = /^AzureWebJobsStorage|^AUTH_MODE$|^ALERTFOREST_CACHE_DIR$/;
    for (const name of SETTING_NAMES) {
      const variable = name.startsWith('ALERTFOREST_') ? name : `ALERTFOREST_${name}`;
      expect({ name, isReached: variables.includes(variable) }).toEqual({
        name,
        isReached: !ofTheTemplate.test(name),
      });
    }
    for (const name of Object.keys(appSettings.value)) expect(SETTING_NAMES).toContain(name);
    expect(main.text).toContain('filter(items(appSettings), setting => !empty(setting.value))');
  });

  it('gives parameters that exist, all required ones among them, from the environment', () => {
    for (const [name, { value }] of Object.entries(parameters)) {
      expect([...main.parameters.keys()]).toContain(name);
      expect(value).toMatch(/^\$\{[A-Z][A-Z0-9_]*(=[^}]*)?\}$/);
    }
    for (const [name, parameter] of main.parameters) {
      if (parameter.default === undefined) expect(Object.keys(parameters)).toContain(name);
    }
  });

  it('repeats the defaults of the template', () => {
    for (const [name, { value }] of Object.entries(parameters)) {
      const [, given] = /=([^}]*)\}$/.exec(value) ?? [];
      if (given !== undefined)
        expect(`${name}: ${given}`).toBe(`${name}: ${main.parameters.get(name)?.default}`);
    }
  });
});

describe('docs/deploy.md', () => {
  const page = readText('docs/deploy.md');
  const asked = readText('infra/main.parameters.json').replace(/"appSettings"[\s\S]*/, '');
  const defaults = new Map(
    [...asked.matchAll(/\$\{(ALERTFOREST_\w+)=([^}]*)\}/g)].map(([, name = '', value = '']) => [name, value]),
  );

  it('has a row for each variable, with the default that holds, and for no other', () => {
    const rows = [...page.matchAll(/^\| (`.*?) \| (.*?) \| .* \|$/gm)].flatMap(
      ([, names = '', values = '']) => {
        const [first = '', ...others] = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
        const all = [first, ...others.map((rest) => `ALERTFOREST${rest}`)];
        const given = values.split(', ').map((value) => value.replaceAll('`', '').replace(/^none$/, ''));
        return first.startsWith('ALERTFOREST') ? all.map((name, index) => [name, given[index]] as const) : [];
      },
    );
    // azure.yaml hands it to the companion
    const budget = rows.find(([name]) => name === 'ALERTFOREST_BUDGET');
    expect(readText('azure.yaml')).toContain(`\${ALERTFOREST_BUDGET:-${budget?.[1]}}`);
    const others = rows.filter((row) => row !== budget);
    expect(Object.fromEntries(others)).toEqual(Object.fromEntries(defaults));
  });

  it('names callers, files and outputs that are there', async () => {
    const keys = readText('infra/caller-keys.bicep');
    for (const [, caller, role] of page.matchAll(/`(\w+)` \((scorer|analyst|operator)\)/g))
      expect(keys).toContain(`{ name: '${caller}', role: '${role}' }`);
    for (const [path] of page.matchAll(/\b(?:infra|scripts|test|src|integrations)\/[\w./-]+\.\w+/g))
      expect({ path, exists: existsSync(new URL(`../../${path}`, import.meta.url)) }).toEqual({
        path,
        exists: true,
      });
    expect(readText('infra/modules/auth.bicep')).toContain('/v2.0');
    for (const playbook of ['score-incident', 'send-feedback'])
      expect(
        readJson<{ outputs: object }>(`integrations/logic-apps/${playbook}.json`).outputs,
      ).toHaveProperty('principalId');
    expect(main.text).toMatch(/name: 'rg-alertforest-\$\{environmentName\}'/);
    const { routes } = await captureRegistrations();
    expect(readText('docs/routes.md').match(/^\| `(GET|POST|PUT|DELETE) /gm)).toHaveLength(routes.length);
  });
});

describe('the figures of docs/deploy.md', () => {
  const page = readText('docs/deploy.md');

  it('are those of the templates and of the build', async () => {
    const templates = ['infra', 'infra/modules'].flatMap((folder) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url)).filter((name) => name.endsWith('.bicep')),
    );
    expect(templates).toHaveLength(11);
    expect(page).toContain('evaluates all eleven templates');
    const [, days] = /Soft delete keeps blobs (\d+) days/.exec(page) ?? [];
    expect(readText('infra/modules/storage.bicep')).toMatch(
      new RegExp(` deleteRetentionPolicy: \\{ enabled: true, days: ${days} \\}`),
    );
    const { name, version } = readJson<{ name: string; version: string }>('package.json');
    expect(page).toContain(`--src dist/${name}-${version}.zip`);
    const { routes, timers, queues } = await captureRegistrations();
    // as many as docs/routes.md has rows, and the timer and the queue
    expect([routes.length > 0, Object.keys(timers).length, Object.keys(queues).length]).toEqual([true, 1, 1]);
    for (const [event] of page.matchAll(/(?<=it logs `)\w+/g))
      expect(readText('docs/telemetry.md')).toContain(`\`${event}\``);
  });

  it('name sizes and versions that the templates take', () => {
    const allowed = (name: string): string =>
      new RegExp(`@allowed\\(\\[(.*)\\]\\)\\n@description\\(.*\\)\\nparam ${name} `).exec(main.text)?.[1] ??
      '';
    const row = (variable: string): string =>
      new RegExp(`^\\| \`${variable}\` .*$`, 'm').exec(page)?.[0] ?? '';
    for (const memory of allowed('instanceMemoryMB').split(', '))
      expect(row('ALERTFOREST_INSTANCE_MEMORY_MB')).toContain(memory);
    for (const node of allowed('nodeVersion').replaceAll("'", '').split(', '))
      expect(row('ALERTFOREST_NODE_VERSION')).toContain(node);
  });

  it('need no install before them', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    for (const [, script = ''] of page.matchAll(/\bnpm run ([\w-]+)/g))
      expect(scripts[script]).toMatch(/^node scripts\/with-install\.mjs /);
  });
});

describe('azure.yaml', () => {
  interface Hook {
    readonly run: string;
  }
  type Hooks = Record<string, Record<'posix' | 'windows', Hook>>;
  const azure = parse(readText('azure.yaml')) as {
    hooks: Hooks;
    services: Record<
      string,
      { project: string; dist: string; host: string; remoteBuild: boolean; hooks: Hooks }
    >;
  };

  it('deploys one service without a remote build, under the tag that the app carries', () => {
    expect(Object.keys(azure.services)).toEqual(['api']);
    expect(azure.services['api']).toMatchObject({
      project: '.',
      dist: 'dist/package',
      host: 'function',
      remoteBuild: false,
    });
  });

  const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
  const runs = [...Object.values(azure.hooks), ...Object.values(azure.services['api']!.hooks)].flatMap(
    (hook) => (['posix', 'windows'] as const).map((shell) => ({ shell, run: hook[shell].run })),
  );

  it.each(runs)('names only files, parameters and outputs that exist ($shell: $run)', ({ run }) => {
    const [, script = ''] = /^npm run ([\w-]+)$/.exec(run) ?? [];
    const command = script === '' ? run : (scripts[script] ?? '');
    const files = [...command.matchAll(/(?:infra|scripts)\/[\w.-]+/g)].map(([file]) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(existsSync(new URL(`../../${file}`, import.meta.url))).toBe(true);
    for (const [, name = ''] of run.matchAll(/\$(?:env:|\{)?((?:AZURE|ALERTFOREST)_\w+)/g)) {
      expect([...main.outputs.keys(), 'ALERTFOREST_BUDGET']).toContain(name);
    }
    const template = files.find((file) => file.endsWith('.bicep'));
    if (template === undefined) return;
    const { parameters } = loadBicep(root, template).files.get(template)!;
    const given = [...run.slice(run.indexOf('--parameters')).matchAll(/\b([a-z]\w+)="/g)].map(
      ([, name = '']) => name,
    );
    expect(given.length).toBeGreaterThan(0);
    for (const name of given) expect([...parameters.keys()]).toContain(name);
    for (const [name, { default: value }] of parameters)
      if (value === undefined) expect(given).toContain(name);
  });
});

describe('the templates beside main.bicep', () => {
  const COMPANIONS = ['infra/companion.bicep', 'infra/caller-keys.bicep', 'infra/training-job.bicep'];

  it.each(COMPANIONS)('%s parses, and every name in it exists and is used', (path) => {
    expect(loadBicep(root, path).problems).toEqual([]);
  });

  it('give each caller a key on the functions of its role, and on no other', async () => {
    const { routes } = await captureRegistrations();
    const file = loadBicep(root, 'infra/caller-keys.bicep').files.get('infra/caller-keys.bicep')!;
    expect(file.text).toContain("var functionsOf = loadJsonContent('caller-functions.json')");
    const functionsOf = readJson<Record<string, string[]>>('infra/caller-functions.json');
    const byRole = Object.groupBy(routes, ({ role }) => role);
    for (const role of ['scorer', 'analyst', 'operator']) {
      const names = (byRole[role] ?? []).map(({ name }) => name).sort();
      expect({ role, names: functionsOf[role] }).toEqual({ role, names });
    }
  });

  it('show only lines in the workbook that the service logs', () => {
    const events = readTelemetryContract();
    const { items } = readJson<{ items: { name: string; content: { query?: string } }[] }>(
      'infra/workbook.json',
    );
    const queries = items.flatMap(({ content }) => content.query ?? []);
    expect(queries.length).toBeGreaterThan(5);
    expect(queries.flatMap((query) => queryProblems(query, events))).toEqual([]);
    expect(queryProblems(queries[0]!.replace('"predict"', '"predicted"'), events)).not.toEqual([]);
  });

  it('run the training job as the identity of the service, without keys', () => {
    const { text, resources } = loadBicep(root, 'infra/training-job.bicep').files.get(
      'infra/training-job.bicep',
    )!;
    for (const name of [
      'AzureWebJobsStorage__accountName',
      'AzureWebJobsStorage__blobServiceUri',
      'AzureWebJobsStorage__queueServiceUri',
      'AzureWebJobsStorage__tableServiceUri',
      'AzureWebJobsStorage__credential',
      'AzureWebJobsStorage__clientId',
    ]) {
      expect(text).toContain(`${name}:`);
      expect(SETTING_NAMES).toContain(name);
    }
    expect(text).not.toMatch(/listKeys|adminUserEnabled: true|passwordSecretRef/);
    const job = resources.find(({ type }) => type === 'Microsoft.App/jobs')!;
    expect(at(job.body, 'properties.configuration.scheduleTriggerConfig.parallelism')).toBe(1);
  });
});

describe('infra/app-roles.json', () => {
  const roles =
    readJson<{ id: string; value: string; isEnabled: boolean; allowedMemberTypes: string[] }[]>(
      'infra/app-roles.json',
    );

  it('defines the roles that routes ask for', async () => {
    const { routes } = await captureRegistrations();
    const asked = new Set(routes.map(({ role }) => role).filter((role) => role !== 'anonymous'));
    expect(roles.map(({ value }) => value).sort()).toEqual([...asked].sort());
    expect(new Set(roles.map(({ id }) => id)).size).toBe(roles.length);
    for (const { isEnabled, allowedMemberTypes } of roles) {
      expect(isEnabled).toBe(true);
      expect(allowedMemberTypes).toEqual(['Application', 'User']);
    }
  });
});

describe('host.json', () => {
  const host = readJson<{ [name: string]: Value }>('host.json');

  it('gives a retrain half an hour, takes one request at a time and gives up after five', () => {
    expect(at(host, 'functionTimeout')).toBe('00:30:00');
    expect(at(host, 'extensions.queues')).toMatchObject({
      batchSize: 1,
      newBatchThreshold: 0,
      maxDequeueCount: 5,
    });
    expect(at(host, 'extensions.http.routePrefix')).toBe('api');
    expect(at(host, 'extensionBundle.version')).toBe('[4.*, 5.0.0)');
  });

  it('samples neither requests nor exceptions, which alert rules count', () => {
    expect(
      String(at(host, 'logging.applicationInsights.samplingSettings.excludedTypes')).split(';').sort(),
    ).toEqual(['Exception', 'Request']);
  });

  it('serves the triggers that are registered', async () => {
    const { timers, queues } = await captureRegistrations();
    expect(timers).toMatchObject({ retrainHourly: { schedule: '%RETRAIN_SCHEDULE%', runOnStartup: false } });
    expect(Object.values(queues)).toMatchObject([
      { queueName: RETRAIN_QUEUE, connection: 'AzureWebJobsStorage' },
    ]);
  });
});

describe('local.settings.sample.json', () => {
  const { Values: values } = readJson<{ Values: Record<string, string> }>('local.settings.sample.json');

  it('holds every setting that the code reads, but those of a managed identity', () => {
    const ofIdentity = SETTING_NAMES.filter((name) => name.startsWith('AzureWebJobsStorage__'));
    const expected = [
      ...SETTING_NAMES.filter((name) => !ofIdentity.includes(name)),
      'FUNCTIONS_WORKER_RUNTIME',
      'NODE_OPTIONS',
      'AzureWebJobsDisableHomepage',
    ];
    expect(Object.keys(values).sort()).toEqual(expected.sort());
  });

  it('is valid and says the defaults of the code', () => {
    expect(readConfig(values)).toEqual(readConfig({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }));
    expect(isSchedule(values['RETRAIN_SCHEDULE']!)).toBe(true);
  });
});
