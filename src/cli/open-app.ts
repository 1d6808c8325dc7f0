import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { App } from '../app.ts';
import { AlertforestError } from '../errors.ts';
import { usesDevelopmentStorage, withDevelopmentStorage } from '../local/development-storage.ts';
import { mergeSettings, readLocalSettings } from '../local/local-settings.ts';
import { connectionFile, readConnection, STATE_FOLDER } from '../local/state/connection-file.ts';
import { commandId } from '../monitoring/fleet-heartbeat.ts';

/**
 * The service's own objects over the storage that the settings name: the environment first, then local.settings.json of
 * the current folder. Where they name none, or the emulator, it is that of the service which `npm start` runs here.
 * Commands go through the same code as the functions do.
 *
 * @throws AlertforestError CONFIG_INVALID where no storage is named and no service runs here
 */
export async function openApp(): Promise<App> {
  const { values } = readLocalSettings(process.cwd(), ['local.settings.json']);
  const settings = withStorage(mergeSettings(values, process.env));
  // loaded when it is needed: most of the time of a command that asks a service would go into it
  const [{ App }, { readConfig }] = await Promise.all([import('../app.ts'), import('../config.ts')]);
  return new App(readConfig(settings), { writeLine, instanceId: commandId(randomUUID()) });
}

/** Events go where messages go; that models were loaded is no news to who has typed a command. */
function writeLine(line: string): void {
  const { event } = JSON.parse(line) as { readonly event: string };
  if (!event.endsWith('_loaded')) console.error(line);
}

/** Address of the service that `npm start` runs here; undefined where none does. */
export function serviceHere(): string | undefined {
  const { values } = readLocalSettings(process.cwd(), ['local.settings.json']);
  return readConnection(connectionFile(stateFolder(mergeSettings(values, process.env))))?.url;
}

const stateFolder = (settings: Readonly<Record<string, string>>): string =>
  settings['AZURITE_DIR'] || join(process.cwd(), STATE_FOLDER);

function withStorage(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!usesDevelopmentStorage(settings)) return settings;
  const file = connectionFile(stateFolder(settings));
  const connection = readConnection(file);
  if (connection !== undefined) return withDevelopmentStorage(settings, connection.connectionString);
  // an emulator that somebody else has started, on its standard ports
  if (settings['AzureWebJobsStorage']) return settings;
  const message =
    `No storage is named, and no service runs here: ${file} is not there. ` +
    'Run `npm start` in another terminal, or set AzureWebJobsStorage.';
  throw new AlertforestError('CONFIG_INVALID', message);
}

/** Runs `use` with the service's objects and closes them after, whatever happens. */
export async function withApp<T>(use: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp();
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}
