import { dirname, join } from 'node:path';
import type { Azurite } from '../src/local/azurite.ts';
import type { FunctionsHost } from '../src/local/functions-host.ts';
import { startLocalService } from '../src/local/local-service.ts';
import { readLocalSettings } from '../src/local/local-settings.ts';

const root = dirname(import.meta.dirname);

/** The service as `npm start` runs it, on a free port and with its local copy of the models in `stateDir`. */
export function startService(
  azurite: Azurite,
  stateDir: string,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => {},
): Promise<FunctionsHost> {
  return startLocalService({
    root,
    port: 0,
    stateDir,
    connectionString: azurite.connectionString,
    values: readLocalSettings(root, ['local.settings.sample.json']).values,
    env: { PATH: process.env['PATH'], ALERTFOREST_CACHE_DIR: join(stateDir, 'cache'), ...env },
    onLine,
  });
}
