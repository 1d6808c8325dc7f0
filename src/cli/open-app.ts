import { App } from '../app.ts';
import { readConfig } from '../config.ts';
import { mergeSettings, readLocalSettings } from '../local/local-settings.ts';

/**
 * The service's own objects over the storage that the settings name: the environment first, then
 * local.settings.json of the current folder. Commands go through the same code as the functions do.
 */
export function openApp(): App {
  const { values } = readLocalSettings(process.cwd(), ['local.settings.json']);
  // Events go where messages go: the standard output holds the answer alone.
  return new App(readConfig(mergeSettings(values, process.env)), { writeLine: console.error });
}

/** Runs `use` with the service's objects and closes them after, whatever happens. */
export async function withApp<T>(use: (app: App) => Promise<T>): Promise<T> {
  const app = openApp();
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}
