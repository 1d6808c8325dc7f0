// Writes what is generated from the app settings in src/config.ts: docs/configuration.md, local.settings.sample.json, the
// defaults in infra/modules/api.bicep, and the variables of azd in infra/main.parameters.json, azure.yaml and the workflow.
//
//   node scripts/settings.ts            write all
//   node scripts/settings.ts --check    exit 1 if one differs from what the schema says

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SETTING_NAMES, settingsSchema } from '../src/config.ts';
import { runGenerator } from './generated-files.ts';

/** One setting as the documents show it. */
interface SettingRow {
  readonly name: string;
  /** As text, which is what an app setting is; undefined where there is none. */
  readonly fallback: string | undefined;
  readonly range: string;
  readonly description: string;
}

interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Settings of Node and of the host, which the local host and the template set alike. */
const OF_THE_PLATFORM = {
  FUNCTIONS_WORKER_RUNTIME: 'node',
  NODE_OPTIONS: '--max-http-header-size=65536',
  AzureWebJobsDisableHomepage: 'true',
};

/** Settings of the template that are parameters of it. */
const BICEP_PARAMETERS: Readonly<Record<string, string>> = {
  RETRAIN_SCHEDULE: 'retrainSchedule',
  RETRAIN_AFTER: 'string(retrainAfter)',
  RETRAIN_AFTER_HOURLY: 'string(retrainAfterHourly)',
};

/** Settings that the template fixes or leaves out; test/infra says why of each. */
const NOT_A_DEFAULT = /^AzureWebJobsStorage|^AUTH_MODE$|^ALERTFOREST_CACHE_DIR$|^ALERT_LINK_TEMPLATE$/;

/** Settings that no variable of azd reaches: the template decides them. */
const NOT_BY_AZD = /^AzureWebJobsStorage|^AUTH_MODE$|^ALERTFOREST_CACHE_DIR$/;

function settingRows(): SettingRow[] {
  const { properties = {} } = z.toJSONSchema(settingsSchema, { io: 'input' }) as {
    properties?: Record<string, JsonSchema>;
  };
  return SETTING_NAMES.map((name) => {
    const { description, default: fallback, ...schema } = properties[name] ?? {};
    if (description === undefined) throw new Error(`Expected ${name} in src/config.ts to be described.`);
    return {
      name,
      fallback: fallback === undefined ? undefined : String(fallback),
      range: rangeOf(schema),
      description,
    };
  });
}

function rangeOf({ enum: words, minimum, maximum }: JsonSchema): string {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  if (minimum === undefined) return '';
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
    ? `at least ${minimum}`
    : `${minimum} to ${maximum}`;
}

function configurationPage(rows: readonly SettingRow[]): string {
  const table = rows.map(
    ({ name, fallback, range, description }) =>
      `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${range} | ${description} |`,
  );
  return `# Configuration

Generated from src/config.ts by \`npm run settings\`.

App settings; \`local.settings.sample.json\` has them all. An empty value counts as left out, and wrong values are answered
by name, all at once. Storage needs a connection string or the name of an account.

| setting | default | values | |
|---|---|---|---|
${table.join('\n')}
`;
}

function sampleSettings(rows: readonly SettingRow[]): string {
  const own = rows
    .filter(({ name }) => !name.startsWith('AzureWebJobsStorage'))
    .map(({ name, fallback = '' }) => [name, fallback]);
  const sample = {
    IsEncrypted: false,
    Values: {
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      ...OF_THE_PLATFORM,
      ...Object.fromEntries(own),
    },
    Host: { LocalHttpPort: 7071 },
  };
  return `${JSON.stringify(sample, null, 2)}\n`;
}

/** The template with the block of defaults written anew. */
function template(rows: readonly SettingRow[], current: string): string {
  const lines = rows
    .filter(({ name }) => !NOT_A_DEFAULT.test(name))
    .map(({ name, fallback = '' }) => `  ${name}: ${BICEP_PARAMETERS[name] ?? `'${fallback}'`}`);
  const block = /(?<=\nvar defaultSettings = \{\n)(?: {2}.*\n)*(?=\}\n)/;
  if (!block.test(current))
    throw new Error('Expected a block `var defaultSettings` in infra/modules/api.bicep.');
  return current.replace(block, () => `${lines.join('\n')}\n`);
}

/** What azd calls the variable of a setting. */
const variableOf = (name: string): string => (name.startsWith('ALERTFOREST_') ? name : `ALERTFOREST_${name}`);

/** The file that azd fills in: each app setting is a variable, empty where nobody has set it. */
function azdParameters(rows: readonly SettingRow[], current: string): string {
  const lines = rows
    .filter(({ name }) => !NOT_BY_AZD.test(name) && !(name in BICEP_PARAMETERS))
    .map(({ name }) => `        "${name}": "\${${variableOf(name)}=}"`);
  const block = /(?<=\n {4}"appSettings": \{\n {6}"value": \{\n)(?: {8}.*\n)*(?= {6}\}\n)/;
  if (!block.test(current)) throw new Error('Expected a block `appSettings` in infra/main.parameters.json.');
  return current.replace(block, () => `${lines.join(',\n')}\n`);
}

/** Every variable that `parameters`, the file for azd, asks for, and those that its hooks read. */
function azdVariables(parameters: string): string[] {
  const asked = [...parameters.matchAll(/\$\{(ALERTFOREST_\w+)/g)].map(([, name = '']) => name);
  return [...asked, 'ALERTFOREST_BUDGET'].sort();
}

/** azure.yaml with the variables that `azd pipeline config` hands to the pipeline. */
function azureYaml(variables: readonly string[], current: string): string {
  const block = /(?<=\n {2}variables:\n)(?: {4}- .*\n)*/;
  if (!block.test(current)) throw new Error('Expected `pipeline.variables` in azure.yaml.');
  return current.replace(block, () => variables.map((name) => `    - ${name}\n`).join(''));
}

/** The workflow with the same variables in its environment. */
function workflow(variables: readonly string[], current: string): string {
  const block =
    /(?<=\n {6}# generated by npm run settings\n)(?: {6}\w.*\n)*(?= {6}# end of what is generated)/;
  if (!block.test(current)) throw new Error('Expected the marks of a block in the workflow.');
  return current.replace(block, () =>
    variables.map((name) => `      ${name}: \${{ vars.${name} }}\n`).join(''),
  );
}

/** Path -> text of every generated file. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const rows = settingRows();
  const bicep = 'infra/modules/api.bicep';
  const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const forAzd = azdParameters(rows, read('infra/main.parameters.json'));
  const variables = azdVariables(forAzd);
  const pipeline = '.github/workflows/azure-dev.yml';
  return {
    'docs/configuration.md': configurationPage(rows),
    'local.settings.sample.json': sampleSettings(rows),
    [bicep]: template(rows, read(bicep)),
    'infra/main.parameters.json': forAzd,
    'azure.yaml': azureYaml(variables, read('azure.yaml')),
    [pipeline]: workflow(variables, read(pipeline)),
  };
}

await runGenerator(import.meta.url, 'npm run settings', generatedFiles);
