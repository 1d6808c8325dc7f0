import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authModeOf, createCallerKeys } from '../../scripts/caller-keys.ts';

/** An Azure CLI that knows functions and their keys, and notes what it was asked. */
function fakeAz(keysOf: Record<string, string[]>) {
  const commands: string[][] = [];
  let parametersPath = '';
  let parameters: unknown;
  const az = (args: string[]): string => {
    commands.push(args);
    if (args.includes('list') && !args.includes('keys'))
      return JSON.stringify(Object.keys(keysOf).map((name) => `app1/${name}`));
    const functionName = args[args.indexOf('--function-name') + 1]!;
    const query = args[args.indexOf('--query') + 1]!;
    if (query.startsWith('"')) return JSON.stringify(`value of ${query.slice(1, -1)} on ${functionName}`);
    if (args.includes('keys')) return JSON.stringify(keysOf[functionName]);
    parametersPath = args.find((arg) => arg.startsWith('@'))!.slice(1);
    parameters = JSON.parse(readFileSync(parametersPath, 'utf8'));
    return '';
  };
  return { az, commands, parameters: () => parameters, parametersPath: () => parametersPath };
}

describe('authModeOf', () => {
  const asked: string[][] = [];
  const modeOf = (printed: string) =>
    authModeOf({
      group: 'rg1',
      appName: 'app1',
      az: (args) => {
        asked.push(args);
        return printed;
      },
    });

  it('is what the app itself has, whatever the environment says', () => {
    expect(modeOf('"key"\n')).toBe('key');
    expect(modeOf('"entra"\n')).toBe('entra');
    expect(asked[0]).toEqual(expect.arrayContaining(['appsettings', 'list', 'rg1', 'app1']));
  });

  it.each(['', 'null', '"Entra"'])('refuses to guess where the app says %j', (printed) => {
    expect(() => modeOf(printed)).toThrow('AUTH_MODE of app1');
  });
});

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

  it('gives each role of the page one value, and what came later the value that is there', () => {
    const run = (meAnalyst: string[]) => {
      const world = fakeAz({ meScorer: [], meAnalyst, meOperator: [], incidents: [] });
      createCallerKeys({ group: 'rg1', appName: 'app1', az: world.az });
      const { parameters } = world.parameters() as {
        parameters: { pageKeys: { value: Record<string, string> } };
      };
      return parameters.pageKeys.value;
    };
    const first = run([]);
    expect(Object.keys(first)).toEqual(['page-scorer', 'page-analyst', 'page-operator']);
    expect(new Set(Object.values(first)).size).toBe(3);
    for (const value of Object.values(first)) expect(value).toMatch(/^[\w-]{54}$/);
    const later = run(['default', 'page-analyst']);
    expect(later['page-analyst']).toBe('value of page-analyst on meAnalyst');
    expect(later['page-operator']).not.toBe(first['page-operator']);
  });

  it('leaves the page without keys where a build has no such function', () => {
    const { az, parameters } = fakeAz({ predict: [] });
    createCallerKeys({ group: 'rg1', appName: 'app1', az });
    expect(parameters()).toMatchObject({ parameters: { pageKeys: { value: {} } } });
  });

  it("never reads the value of a program's key", () => {
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
