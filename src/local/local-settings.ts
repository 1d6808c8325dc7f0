import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { AlertforestError } from '../errors.ts';

export interface LocalSettings {
  readonly values: Readonly<Record<string, string>>;
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
}

const SETTINGS_FILES = ['local.settings.json', 'local.settings.sample.json'];

/**
 * App settings of this machine: `Values` of local.settings.json, or of local.settings.sample.json when there is none.
 * A value that is no text is taken as its JSON text, as `func start` does for numbers and booleans.
 *
 * @throws AlertforestError CONFIG_INVALID that names the file, and line and column of what is no JSON
 */
export function readLocalSettings(
  directory: string,
  names: readonly string[] = SETTINGS_FILES,
): LocalSettings {
  for (const name of names) {
    const file = join(directory, name);
    if (!existsSync(file)) continue;
    return { values: settingsOf(readFileSync(file, 'utf8'), name), file: name };
  }
  return { values: {}, file: undefined };
}

/**
 * `Values` of the text of a settings file; comments are passed over, as `func start` does.
 *
 * @param name of the file, for messages
 * @throws AlertforestError CONFIG_INVALID
 */
export function settingsOf(text: string, name: string): Record<string, string> {
  const errors: ParseError[] = [];
  const content: unknown = parse(text.replace(/^\uFEFF/, ''), errors);
  const [error] = errors;
  if (error !== undefined) {
    const before = text.slice(0, error.offset).split('\n');
    const place = `${name}:${before.length}:${before.at(-1)!.length + 1}`;
    throw invalid(`${place}: Expected JSON: ${wordsOf(printParseErrorCode(error.error))}.`);
  }
  if (!isObject(content)) throw invalid(`${name}: Expected an object with \`Values\`.`);
  const { IsEncrypted: isEncrypted, Values: values } = content;
  if (isEncrypted === true) throw invalid(`${name}: Expected \`IsEncrypted\` false.`);
  if (values === undefined) throw invalid(`${name}: Expected an object with \`Values\`.`);
  if (!isObject(values)) throw invalid(`${name}: Expected \`Values\` to map setting names to values.`);
  const texts = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts);
}

const invalid = (message: string): AlertforestError => new AlertforestError('CONFIG_INVALID', message);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `CommaExpected` is said as `comma expected`. */
const wordsOf = (code: string): string =>
  code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();

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
