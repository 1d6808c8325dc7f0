import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAuthorized, type KeySet, readOrCreateKeys } from '../../src/local/function-keys.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keys-'));
  path = join(directory, 'host', 'keys.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('readOrCreateKeys', () => {
  it('makes different keys and gives the same again', () => {
    const keys = readOrCreateKeys(path, ['predict', 'feedback']);
    const all = [
      keys.master,
      ...Object.values(keys.host),
      ...Object.values(keys.functions).flatMap(Object.values),
    ];
    expect(new Set(all).size).toBe(4);
    expect(readOrCreateKeys(path, ['predict', 'feedback'])).toEqual(keys);
  });

  it('adds a key for a function that is new and keeps the others', () => {
    const before = readOrCreateKeys(path, ['predict']);
    const after = readOrCreateKeys(path, ['predict', 'feedback']);
    expect(after.functions['predict']).toEqual(before.functions['predict']);
    expect(after.master).toBe(before.master);
    expect(after.functions['feedback']?.['default']).toBeTruthy();
  });

  it('keeps the file to its owner', () => {
    readOrCreateKeys(path, []);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['no master key', { host: {} }, 'master'],
    ['a host key that is no text', { master: 'm', host: { a: 1 } }, 'host'],
    ['an empty function key', { master: 'm', functions: { f: { a: '' } } }, 'functions'],
  ])('refuses a file with %s and leaves it as it is', (_, content, field) => {
    readOrCreateKeys(path, []);
    writeFileSync(path, JSON.stringify(content));
    expect(() => readOrCreateKeys(path, ['predict'])).toThrow(field);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(content);
  });
});

describe('isAuthorized', () => {
  const keys: KeySet = { master: 'm', host: { a: 'h' }, functions: { f: { a: 'f1', b: 'f2' } } };

  it.each([
    ['anonymous', 'f', undefined, true],
    ['function', 'f', undefined, false],
    ['function', 'f', '', false],
    ['function', 'f', 'f2', true],
    ['function', 'g', 'f2', false],
    ['function', 'g', 'h', true],
    ['function', 'g', 'm', true],
    ['admin', 'f', 'f1', false],
    ['admin', 'f', 'h', false],
    ['admin', 'f', 'm', true],
  ] as const)('%s function %s with key %s: %s', (level, name, key, expected) => {
    expect(isAuthorized(keys, level, name, key)).toBe(expected);
  });
});
