import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AuthLevel } from './http-routes.ts';

/** Keys as Azure knows them: the master key opens everything, host keys every function, function keys one function. */
export interface KeySet {
  readonly master: string;
  readonly host: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const newKey = (): string => randomBytes(40).toString('base64url');

function isKeyMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((key) => typeof key === 'string' && key !== '')
  );
}

/** Checks keys read from a file or a setting; `origin` names them in the error. */
export function parseKeySet(value: unknown, origin: string): KeySet {
  const set = value as Partial<KeySet> | null;
  if (typeof set !== 'object' || set === null || typeof set.master !== 'string' || set.master === '') {
    throw new TypeError(`Expected \`master\`, a non-empty key, in ${origin}.`);
  }
  const { host = {}, functions = {} } = set;
  if (!isKeyMap(host)) throw new TypeError(`Expected \`host\` in ${origin} to map names to keys.`);
  if (typeof functions !== 'object' || functions === null || !Object.values(functions).every(isKeyMap)) {
    throw new TypeError(`Expected \`functions\` in ${origin} to map each function to its named keys.`);
  }
  return { master: set.master, host, functions };
}

/**
 * Keys of a keys file. A missing file is created with new keys; a function without a key gets one, as in Azure, and
 * the file is written again. The file is readable by its owner alone.
 */
export function readOrCreateKeys(path: string, functionNames: readonly string[]): KeySet {
  let text: string | undefined;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const existing: KeySet =
    text === undefined
      ? { master: newKey(), host: { default: newKey() }, functions: {} }
      : parseKeySet(JSON.parse(text), path);
  const missing = functionNames.filter((name) => existing.functions[name] === undefined);
  if (text !== undefined && missing.length === 0) return existing;
  const keys: KeySet = {
    ...existing,
    functions: {
      ...existing.functions,
      ...Object.fromEntries(missing.map((name) => [name, { default: newKey() }])),
    },
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** Whether `key` opens a function of the given level. */
export function isAuthorized(
  keys: KeySet,
  level: AuthLevel,
  functionName: string,
  key: string | undefined,
): boolean {
  if (level === 'anonymous') return true;
  if (key === undefined || key === '') return false;
  if (key === keys.master) return true;
  if (level === 'admin') return false;
  return (
    Object.values(keys.host).includes(key) || Object.values(keys.functions[functionName] ?? {}).includes(key)
  );
}
