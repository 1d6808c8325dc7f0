import { dirname, join } from 'node:path';
import type { Azurite } from '../src/local/azurite.ts';
import type { FunctionsHost } from '../src/local/functions-host.ts';
import { startLocalService } from '../src/local/local-service.ts';
import { readLocalSettings } from '../src/local/local-settings.ts';

const root = dirname(import.meta.dirname);

/** The built service of `project` as `npm start` runs it, on a free port, its local copy of the models in `stateDir`. */
export function startService(
  azurite: Azurite,
  stateDir: string,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => {},
  project = root,
): Promise<FunctionsHost> {
  return startLocalService({
    root: project,
    port: 0,
    stateDir,
    connectionString: azurite.connectionString,
    values: readLocalSettings(project, ['local.settings.sample.json']).values,
    env: { PATH: process.env['PATH'], ALERTFOREST_CACHE_DIR: join(stateDir, 'cache'), ...env },
    onLine,
  });
}
