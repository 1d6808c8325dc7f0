import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCallerKeys } from '../../scripts/caller-keys.mjs';

/** An Azure CLI that knows two functions and their keys, and notes what it was asked. */
function fakeAz(keysOf: Record<string, string[]>) {
  const commands: string[][] = [];
  let parametersPath = '';
  let parameters: unknown;
  const az = (args: string[]): string => {
    commands.push(args);
    if (args.includes('list') && !args.includes('keys'))
      return JSON.stringify(Object.keys(keysOf).map((name) => `app1/${name}`));
    if (args.includes('keys')) return JSON.stringify(keysOf[args[args.indexOf('--function-name') + 1]!]);
    parametersPath = args.find((arg) => arg.startsWith('@'))!.slice(1);
    parameters = JSON.parse(readFileSync(parametersPath, 'utf8'));
    return '';
  };
  return { az, commands, parameters: () => parameters, parametersPath: () => parametersPath };
}

describe('createCallerKeys', () => {
  it('asks the deployment to leave alone the keys that are there', () => {
    const { az, commands, parameters, parametersPath } = fakeAz({
      predict: ['default', 'pipeline'],
      feedback: ['default'],
    });
    const existing = createCallerKeys({ group: 'rg1', appName: 'app1', az });
    expect(existing).toEqual(['predict/default', 'predict/pipeline', 'feedback/default']);
    expect(parameters()).toMatchObject({
      parameters: { appName: { value: 'app1' }, presentKeys: { value: existing } },
    });
    expect(commands.at(-1)).toEqual(expect.arrayContaining(['deployment', 'group', 'create', 'rg1']));
    const template = readFileSync(new URL('../../infra/caller-keys.bicep', import.meta.url), 'utf8');
    for (const name of Object.keys((parameters() as { parameters: object }).parameters)) {
      expect(template).toMatch(new RegExp(`^param ${name} `, 'm'));
    }
    expect(existsSync(parametersPath())).toBe(false);
  });

  it('never reads the value of a key', () => {
    const { az, commands } = fakeAz({ predict: ['default'] });
    createCallerKeys({ group: 'rg1', appName: 'app1', az });
    const reads = commands.filter((args) => args.includes('keys'));
    expect(reads).toHaveLength(1);
    expect(reads[0]).toEqual(expect.arrayContaining(['--query', 'keys(@)']));
  });

  it('makes no keys before the code is there', () => {
    const { az, commands } = fakeAz({});
    expect(() => createCallerKeys({ group: 'rg1', appName: 'app1', az })).toThrow('deploy the code first');
    expect(commands).toHaveLength(1);
  });
});
