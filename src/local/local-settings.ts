import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LocalSettings {
  readonly values: Readonly<Record<string, string>>;
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
}

const SETTINGS_FILES = ['local.settings.json', 'local.settings.sample.json'];

/**
 * App settings of this machine: `Values` of local.settings.json, or of local.settings.sample.json when there is none.
 * A value that is no text is taken as its JSON text, as `func start` does for numbers and booleans.
 */
export function readLocalSettings(
  directory: string,
  names: readonly string[] = SETTINGS_FILES,
): LocalSettings {
  for (const name of names) {
    const file = join(directory, name);
    if (!existsSync(file)) continue;
    const { IsEncrypted: isEncrypted, Values: values = {} } = JSON.parse(readFileSync(file, 'utf8'));
    if (isEncrypted === true) throw new Error(`Expected \`IsEncrypted\` false in ${name}.`);
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new TypeError(`Expected \`Values\` in ${name} to map setting names to values.`);
    }
    const texts = Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return { values: Object.fromEntries(texts), file: name };
  }
  return { values: {}, file: undefined };
}

/** Environment of the functions: a non-empty variable of `env` beats the settings file. */
export function mergeSettings(
  values: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...values };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (value !== '' || merged[name] === undefined)) merged[name] = value;
  }
  return merged;
}

/**
 * Replaces each `%NAME%` by the setting of that name, as in `schedule: '%RETRAIN_SCHEDULE%'`. Throws for a setting
 * that is missing or empty; `where` says whose value it is.
 */
export function resolveSettings(
  text: string,
  settings: Readonly<Record<string, string>>,
  where: string,
): string {
  return text.replaceAll(/%([^%\s]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined || value === '') {
      throw new Error(`Expected app setting \`${name}\`, which ${where} refers to, got none.`);
    }
    return value;
  });
}
