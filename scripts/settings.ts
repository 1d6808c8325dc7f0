// Writes what is generated from the app settings in src/config.ts: docs/configuration.md, local.settings.sample.json and the
// defaults in infra/modules/api.bicep.
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

/** Path -> text of every generated file. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const rows = settingRows();
  const bicep = 'infra/modules/api.bicep';
  const current = readFileSync(new URL(`../${bicep}`, import.meta.url), 'utf8');
  return {
    'docs/configuration.md': configurationPage(rows),
    'local.settings.sample.json': sampleSettings(rows),
    [bicep]: template(rows, current),
  };
}

await runGenerator(import.meta.url, 'npm run settings', generatedFiles);
