import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleCall } from '../src/api/example-call.ts';
import { ROUTES } from '../src/api/routes.ts';
import { startAzurite } from '../src/local/azurite.ts';
import { startLocalService, waitUntilHealthy } from '../src/local/local-service.ts';
import { readLocalSettings } from '../src/local/local-settings.ts';
import { build } from './build.ts';

// Starts the compiled service on an empty storage, plays one call of every operation and keeps the answers as the
// examples of the API documents. Usage: node scripts/record-examples.ts && node scripts/openapi.ts

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Lists in an example are cut to this many items. */
const MAX_ITEMS = 3;
/** Texts beyond the longest that a person would read, the bytes of a model, are cut to this many characters. */
const MAX_TEXT = 20_000;
const CUT_TEXT = 64;

const stateDir = mkdtempSync(join(tmpdir(), 'alertforest-record-'));
await build();
const azurite = await startAzurite({ inMemory: true });
const values = readLocalSettings(root, ['local.settings.sample.json']).values;
const { PATH = '', HOME = '' } = process.env;
const host = await startLocalService({
  root,
  port: 0,
  stateDir,
  connectionString: azurite.connectionString,
  values,
  env: {
    PATH,
    HOME,
    ALERTFOREST_CACHE_DIR: join(stateDir, 'cache'),
    AzureWebJobsStorage: azurite.connectionString,
  },
  maxPollingIntervalMs: 250,
  onLine: () => {},
});
try {
  const api = `${host.url}/api/v1/ml`;
  await waitUntilHealthy(api, { timeoutMs: 120_000 });
  const answers: Record<string, unknown> = {};
  const recorded: Record<string, unknown> = {};
  for (const [name, route] of Object.entries(ROUTES)) {
    const { method, path, body } = exampleCall(route, answers);
    const response = await fetch(api + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    answers[name] = text === '' ? null : JSON.parse(text);
    recorded[name] = { ...(body === undefined ? {} : { request: body }), response: shorten(answers[name]) };
    console.log(`${String(response.status)}  ${name}`);
  }
  const file = join(root, 'src', 'api', 'recorded-examples.json');
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  await host.stop(10_000);
  await azurite.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

/** Cuts long lists and texts; leaves out nothing else, so that the example stays a real answer. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(shorten);
  if (typeof value === 'string' && value.length > MAX_TEXT) return value.slice(0, CUT_TEXT);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shorten(each)]));
}
