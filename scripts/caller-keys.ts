import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Gives every caller its keys after a deployment (infra/caller-keys.bicep), leaving those alone that are there.
// Reads AZURE_RESOURCE_GROUP and ALERTFOREST_APP_NAME, as azd sets them for its hooks, and asks the app for the rest.

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Callers of the page; each has the function of its role that tells whether a key is right. */
const PAGE_CALLERS = {
  'page-scorer': 'meScorer',
  'page-analyst': 'meAnalyst',
  'page-operator': 'meOperator',
};

/** Runs the Azure CLI and gives what it printed, or throws. */
type RunAz = (args: string[]) => string;

export interface CallerKeysOptions {
  readonly group: string;
  readonly appName: string;
  readonly az: RunAz;
}

/**
 * How callers of the app prove who they are, as its settings have it: keys are for `key` alone.
 *
 * @throws Error when the app has no such setting, which every deployment of infra/main.bicep makes
 */
export function authModeOf({ group, appName, az }: CallerKeysOptions): 'key' | 'entra' {
  const query = "[?name=='AUTH_MODE'].value | [0]";
  const list = ['functionapp', 'config', 'appsettings', 'list', '-g', group, '-n', appName];
  const mode: unknown = JSON.parse(az([...list, '--query', query, '-o', 'json']) || 'null');
  if (mode === 'key' || mode === 'entra') return mode;
  throw new Error(
    `Expected the setting AUTH_MODE of ${appName} to be key or entra, got ${JSON.stringify(mode)}.`,
  );
}

/** Gives every caller its keys, leaving those alone that are there; returns the latter as `function/caller`. */
export function createCallerKeys({ group, appName, az }: CallerKeysOptions): string[] {
  const target = ['-g', group, '-n', appName];
  // Names come as app/function.
  const names: string[] = JSON.parse(
    az(['functionapp', 'function', 'list', ...target, '--query', '[].name', '-o', 'json']),
  );
  const functions = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  if (functions.length === 0) throw new Error(`${appName} has no functions yet: deploy the code first.`);
  const existing = functions.flatMap((name) => {
    const keys = az([
      'functionapp',
      'function',
      'keys',
      'list',
      ...target,
      '--function-name',
      name,
      '--query',
      'keys(@)',
      '-o',
      'json',
    ]);
    return (JSON.parse(keys) as string[]).map((key) => `${name}/${key}`);
  });
  const pageKeys = Object.fromEntries(
    Object.entries(PAGE_CALLERS)
      .filter(([, functionName]) => functions.includes(functionName))
      .map(([caller, functionName]) => [
        caller,
        existing.includes(`${functionName}/${caller}`)
          ? keyValue(az, target, functionName, caller)
          : randomBytes(40).toString('base64url'),
      ]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'alertforest-keys-'));
  try {
    const parameters = join(folder, 'parameters.json');
    writeFileSync(
      parameters,
      JSON.stringify({
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
        contentVersion: '1.0.0.0',
        parameters: {
          appName: { value: appName },
          presentKeys: { value: existing },
          pageKeys: { value: pageKeys },
        },
      }),
      { mode: 0o600 },
    );
    const template = join(root, 'infra/caller-keys.bicep');
    az(['deployment', 'group', 'create', '-g', group, '-f', template, '-p', `@${parameters}`, '-o', 'none']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return existing;
}

/** A key of the page has one value everywhere: what is there goes to the functions that came later. */
function keyValue(az: RunAz, target: readonly string[], functionName: string, caller: string): string {
  const list = ['functionapp', 'function', 'keys', 'list', ...target, '--function-name', functionName];
  return JSON.parse(az([...list, '--query', `"${caller}"`, '-o', 'json']));
}

function runAz(args: string[]): string {
  // On Windows the Azure CLI is a script, which only a shell starts.
  const { status, stdout, error } = spawnSync('az', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw new Error(`The Azure CLI cannot be started: ${error.message}`);
  if (status !== 0) throw new Error(`az ${args.slice(0, 4).join(' ')} ended with ${status}.`);
  return stdout;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { AZURE_RESOURCE_GROUP: group, ALERTFOREST_APP_NAME: appName } = process.env;
  if (!group || !appName) {
    console.error('Expected AZURE_RESOURCE_GROUP and ALERTFOREST_APP_NAME in the environment.');
    process.exitCode = 1;
  } else if (authModeOf({ group, appName, az: runAz }) === 'entra') {
    console.log('Callers sign in with Entra: no keys are made.');
  } else {
    const existing = createCallerKeys({ group, appName, az: runAz });
    console.log(`Every caller has its keys; ${existing.length} were there and stay as they are.`);
  }
}
