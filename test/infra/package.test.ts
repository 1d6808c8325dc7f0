import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageApp } from '../../scripts/package.ts';
import { licenseProblems, lockedPackages } from '../../scripts/third-party.ts';
import { captureRegistrations } from './registrations.ts';

const run = promisify(execFile);
const driver = fileURLToPath(new URL('./index-functions.mjs', import.meta.url));

interface Indexed {
  readonly registered: readonly {
    readonly name: string;
    readonly bindings: Record<
      string,
      { type: string; route?: string; methods?: string[]; authLevel?: string; schedule?: string }
    >;
  }[];
  readonly problems: readonly string[];
  readonly files: readonly string[];
}

describe('the deployable package', () => {
  let outdir: string;
  let unpacked: string;
  let built: Awaited<ReturnType<typeof packageApp>>;
  let entries: Record<string, Uint8Array>;

  beforeAll(async () => {
    // Far from the project: nothing can be found in its node_modules.
    outdir = mkdtempSync(join(tmpdir(), 'alertforest-package-'));
    unpacked = join(outdir, 'unpacked');
    built = await packageApp({ outdir });
    entries = unzipSync(readFileSync(built.archive));
    for (const [path, bytes] of Object.entries(entries)) {
      mkdirSync(dirname(join(unpacked, path)), { recursive: true });
      writeFileSync(join(unpacked, path), bytes);
    }
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  /** Loads the package in a process that has no setting but those given. */
  const index = async (env: Record<string, string> = {}): Promise<Indexed> => {
    const { stdout } = await run(process.execPath, [driver], { cwd: unpacked, env: { ...env } });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Indexed;
  };

  it('holds only what runs, and the notices that have to travel with it', () => {
    expect(Object.keys(entries).sort()).toEqual([
      'dist/LICENSE',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/index.mjs',
      'dist/page.mjs',
      'dist/reference.mjs',
      'dist/rules-thread.mjs',
      'dist/training-thread.mjs',
      'host.json',
      'package.json',
    ]);
    const manifest = JSON.parse(Buffer.from(entries['package.json']!).toString()) as Record<string, unknown>;
    expect(manifest).toMatchObject({ type: 'module', main: 'dist/index.mjs' });
    for (const name of ['dependencies', 'devDependencies', 'scripts'])
      expect(manifest).not.toHaveProperty(name);
    expect(built.zipBytes).toBeLessThan(4 * 1024 * 1024);
  });

  it('holds the same in the folder as in the zip', () => {
    for (const [path, bytes] of Object.entries(entries)) {
      expect(readFileSync(join(built.folder, path)).equals(bytes)).toBe(true);
    }
    expect(built.files.map(({ path }) => path).sort()).toEqual(Object.keys(entries).sort());
  });

  it('comes out the same, byte for byte, from the same sources', async () => {
    const again = await packageApp({ outdir: join(outdir, 'again') });
    expect(again.sha256).toBe(built.sha256);
  });

  it('names no path of the machine that built it', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    for (const path of ['dist/index.mjs', 'dist/training-thread.mjs', 'dist/rules-thread.mjs']) {
      expect(Buffer.from(entries[path]!).includes(root)).toBe(false);
    }
  });

  it('carries the licence of each package that is in the bundle', () => {
    const notices = Buffer.from(entries['dist/THIRD-PARTY-NOTICES.txt']!).toString();
    for (const name of ['@azure/functions', '@azure/storage-blob', 'zod']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
    // what the viewer of the API reference has bundled itself
    expect(notices).toMatch(/^swagger-ui-dist [\s\S]*SmartBear[\s\S]*DOMPurify/m);
    expect(notices.length).toBeGreaterThan(10_000);
  });

  it('registers every function when it is loaded, without any setting', async () => {
    const { registered, problems, files } = await index();
    expect(files).toEqual(['dist/index.mjs']);
    expect(problems).toEqual([]);
    const { routes, timers, queues } = await captureRegistrations();
    const expected = [...routes.map(({ name }) => name), ...Object.keys(timers), ...Object.keys(queues)];
    expect(registered.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  it('says route, methods and authLevel of every HTTP function', async () => {
    const { registered } = await index();
    const { routes } = await captureRegistrations();
    for (const { name, path, methods, role } of routes) {
      const bindings = registered.find((each) => each.name === name)?.bindings ?? {};
      const trigger = Object.values(bindings).find(({ type }) => type === 'httpTrigger');
      expect({
        name,
        route: trigger?.route,
        methods: trigger?.methods,
        authLevel: trigger?.authLevel,
      }).toEqual({
        name,
        route: path === '' ? 'v1/ml' : `v1/ml/${path}`,
        methods: [...methods],
        authLevel: role === 'anonymous' ? 'anonymous' : 'function',
      });
      expect(path).not.toMatch(/^\/|^(admin|runtime)/);
    }
  });

  it('leaves every HTTP function to Easy Auth in Entra mode', async () => {
    const levelsWith = async (env: Record<string, string>) => {
      const { registered } = await index(env);
      return registered.flatMap(({ bindings }) =>
        Object.values(bindings).flatMap(({ type, authLevel }) => (type === 'httpTrigger' ? [authLevel] : [])),
      );
    };
    const levels = await levelsWith({ AUTH_MODE: 'entra', WEBSITE_AUTH_ENABLED: 'True' });
    expect(levels.length).toBeGreaterThan(5);
    expect(new Set(levels)).toEqual(new Set(['anonymous']));
    // between the settings and Easy Auth, in either direction and after a step that failed: keys, and then nobody
    const between = await levelsWith({ AUTH_MODE: 'entra' });
    expect(between.filter((level) => level === 'function')).not.toEqual([]);
    expect(await levelsWith({})).toEqual(between);
  });

  it('takes the schedule from the settings', async () => {
    const { registered } = await index();
    const timer = registered.find(({ name }) => name === 'retrainHourly');
    expect(Object.values(timer?.bindings ?? {})).toMatchObject([
      { type: 'timerTrigger', schedule: '%RETRAIN_SCHEDULE%' },
    ]);
  });
});

describe('the licences of the lockfile', () => {
  it('are all allowed, and every exception is needed', () => {
    expect(licenseProblems(lockedPackages())).toEqual([]);
  });

  it('are refused when they are not in the list, stated nowhere, or excepted for development alone', () => {
    const packages = lockedPackages();
    const added = (license: string, name = 'left-pad', isDev = true) =>
      licenseProblems([...packages, { name, version: '1.0.0', license, isDev }]);
    expect(added('GPL-3.0-only')).toHaveLength(1);
    expect(added('none stated')).toHaveLength(1);
    expect(added('MIT AND GPL-2.0-only')).toHaveLength(1);
    expect(added('MPL-2.0', 'lightningcss', false)).toHaveLength(1);
    expect(added('(MIT OR GPL-3.0-only)')).toEqual([]);
  });

  it('leave no exception behind for a package that is gone', () => {
    expect(licenseProblems(lockedPackages().filter(({ name }) => name !== 'spdx-ranges'))).toEqual([
      'the exception for spdx-ranges is not needed',
    ]);
  });
});
