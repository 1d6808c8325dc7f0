import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = join(import.meta.dirname, '../../scripts');
let root: string;

// A project of its own with an npm that notes each call and takes as long as a file says.
const NPM = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
appendFileSync('calls.txt', process.argv.slice(2).join(' ') + '\\n');
const install = () => {
  if (existsSync('hold')) return setTimeout(install, 10);
  if (process.env.NPM_FAILS) process.exit(3);
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/.package-lock.json', '{}');
};
install();
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'with-install-'));
  mkdirSync(join(root, 'scripts'));
  for (const name of ['with-install.mjs', 'pid-lock.mjs'])
    cpSync(join(scripts, name), join(root, 'scripts', name));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'npm.js'), NPM);
  writeFileSync(
    join(root, 'target.mjs'),
    `console.log(JSON.stringify({ args: process.argv.slice(2), node: process.execPath, path: process.env.PATH }));
     process.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(5); });
     if (process.argv[2] === 'wait') { console.log('waiting'); setInterval(() => {}, 1000); }
     else process.exitCode = 7;`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function run(args: readonly string[] = [], env: Record<string, string> = {}) {
  const options: SpawnOptionsWithoutStdio = {
    cwd: root,
    env: { PATH: process.env['PATH'], npm_execpath: join(root, 'npm.js'), ...env },
  };
  const child = spawn(process.execPath, ['scripts/with-install.mjs', 'target.mjs', ...args], options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += String(data);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output };
}

const nInstalls = (): number =>
  existsSync(join(root, 'calls.txt'))
    ? readFileSync(join(root, 'calls.txt'), 'utf8').trim().split('\n').length
    : 0;

describe('with-install', () => {
  it('installs when nothing is installed, says so, and passes arguments and exit code on', async () => {
    const { ended, output } = run(['a', 'b c']);
    expect(await ended).toBe(7);
    expect(output()).toContain('Installing (npm ci), because dependencies are not installed');
    expect(output()).toContain('"args":["a","b c"]');
    expect(readFileSync(join(root, 'calls.txt'), 'utf8')).toContain('ci --include=dev');
  });

  it('installs once and again when the lockfile is newer', async () => {
    await run().ended;
    await run().ended;
    expect(nInstalls()).toBe(1);
    const later = Date.now() / 1000 + 60;
    utimesSync(join(root, 'package-lock.json'), later, later);
    const { ended, output } = run();
    await ended;
    expect(output()).toContain('package-lock.json is newer than node_modules');
    await run().ended;
    expect(nInstalls()).toBe(2);
  });

  it('installs once when two start at the same time', async () => {
    writeFileSync(join(root, 'hold'), '');
    const both = [run(['one']), run(['two'])];
    const said = () => both.map(({ output }) => output()).join('\n');
    await expect.poll(said).toContain('which is installing dependencies');
    rmSync(join(root, 'hold'));
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([7, 7]);
    expect(nInstalls()).toBe(1);
  });

  it('does not run the script when the install fails', async () => {
    const { ended, output } = run(['a'], { NPM_FAILS: '1' });
    expect(await ended).toBe(3);
    expect(output()).toContain('npm ci failed with exit code 3');
    expect(output()).not.toContain('"args"');
  });

  it('passes signals on and ends with the exit code of the script', async () => {
    const { child, ended, output } = run(['wait']);
    await expect.poll(output).toContain('waiting');
    child.kill('SIGTERM');
    expect(await ended).toBe(5);
    expect(output()).toContain('got SIGTERM');
  });

  it('puts the tools of the project first in the path', async () => {
    const { ended, output } = run();
    await ended;
    const path = JSON.parse(
      output()
        .split('\n')
        .find((line) => line.startsWith('{')) ?? '{}',
    ).path as string;
    expect(path.startsWith(join(root, 'node_modules', '.bin'))).toBe(true);
  });
});
