import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usesDevelopmentStorage, withDevelopmentStorage } from '../../src/local/development-storage.ts';
import { mergeSettings, readLocalSettings, resolveSettings } from '../../src/local/local-settings.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, content: unknown): void =>
  writeFileSync(join(directory, name), JSON.stringify(content));

describe('readLocalSettings', () => {
  it('reads local.settings.json before the sample and says which', () => {
    write('local.settings.sample.json', { Values: { A: 'sample' } });
    expect(readLocalSettings(directory)).toEqual({
      values: { A: 'sample' },
      file: 'local.settings.sample.json',
    });
    write('local.settings.json', { Values: { A: 'own' } });
    expect(readLocalSettings(directory)).toEqual({ values: { A: 'own' }, file: 'local.settings.json' });
  });

  it('gives nothing when there is neither', () => {
    expect(readLocalSettings(directory)).toEqual({ values: {}, file: undefined });
  });

  it('takes numbers and booleans as their text', () => {
    write('local.settings.json', { Values: { N: 5, B: true } });
    expect(readLocalSettings(directory).values).toEqual({ N: '5', B: 'true' });
  });

  it('refuses encrypted settings and values that are no object', () => {
    write('local.settings.json', { IsEncrypted: true, Values: {} });
    expect(() => readLocalSettings(directory)).toThrow('IsEncrypted');
    write('local.settings.json', { Values: ['A'] });
    expect(() => readLocalSettings(directory)).toThrow('Values');
  });

  it('names file, line and column of what is no JSON, and passes over comments', () => {
    const file = join(directory, 'local.settings.json');
    writeFileSync(file, '{\n  // why\n  "Values": {\n    "A": "1"\n    "B": "2"\n  }\n}');
    expect(() => readLocalSettings(directory)).toThrow(
      'local.settings.json:5:5: Expected JSON: comma expected.',
    );
    writeFileSync(file, '\uFEFF{\n  // why\n  "Values": { "A": "1" } /* so */\n}');
    expect(readLocalSettings(directory).values).toEqual({ A: '1' });
    for (const text of ['', '[]', '"x"']) {
      writeFileSync(file, text);
      expect(() => readLocalSettings(directory)).toThrow(/^local\.settings\.json:/);
    }
  });
});

describe('mergeSettings', () => {
  it('lets a non-empty variable beat the file and an empty one not', () => {
    expect(
      mergeSettings({ A: 'file', B: 'file' }, { A: 'env', B: '', C: 'env', D: '', E: undefined }),
    ).toEqual({
      A: 'env',
      B: 'file',
      C: 'env',
      D: '',
    });
  });
});

describe('resolveSettings', () => {
  it('replaces each name between percent signs', () => {
    expect(resolveSettings('%A%-%B%', { A: 'x', B: 'y' }, 'it')).toBe('x-y');
    expect(resolveSettings('0 7 * * * *', {}, 'it')).toBe('0 7 * * * *');
  });

  it('does not read a replacement again', () => {
    expect(resolveSettings('%A%', { A: '$& %B%' }, 'it')).toBe('$& %B%');
  });

  it.each<Record<string, string>>([{}, { A: '' }])(
    'throws for a setting that is missing or empty',
    (settings) => {
      expect(() => resolveSettings('%A%', settings, '`schedule` of function `x`')).toThrow(
        'Expected app setting `A`, which `schedule` of function `x` refers to, got none.',
      );
    },
  );
});

describe('development storage', () => {
  it('is used when it is named or no storage is', () => {
    expect(usesDevelopmentStorage({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' })).toBe(true);
    expect(usesDevelopmentStorage({})).toBe(true);
    expect(usesDevelopmentStorage({ AzureWebJobsStorage: '' })).toBe(true);
    expect(usesDevelopmentStorage({ AzureWebJobsStorage: 'AccountName=x' })).toBe(false);
    expect(usesDevelopmentStorage({ AzureWebJobsStorage__accountName: 'x' })).toBe(false);
  });

  it('is replaced by the real connection string in every setting that means it', () => {
    const settings = {
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      Other: 'UseDevelopmentStorage=true',
      A: '1',
    };
    expect(withDevelopmentStorage(settings, 'real')).toEqual({
      AzureWebJobsStorage: 'real',
      Other: 'real',
      A: '1',
    });
    expect(withDevelopmentStorage({ A: '1' }, 'real')).toEqual({ AzureWebJobsStorage: 'real', A: '1' });
    expect(withDevelopmentStorage({ AzureWebJobsStorage: 'own' }, 'real')).toEqual({
      AzureWebJobsStorage: 'own',
    });
  });
});
