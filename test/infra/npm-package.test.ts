import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packCommand } from '../../scripts/pack-command.ts';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));

it('tells nobody that it is installed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alertforest-npm-'));
  try {
    // the script gives npm three seconds for this list, which a busy machine needs alone
    const { stdout: installed } = await run('npm', ['ls', '@scarf/scarf', '--json', '--long'], {
      cwd: project,
    });
    writeFileSync(join(folder, 'installed.json'), installed);
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat '${join(folder, 'installed.json')}'\n`, {
      mode: 0o755,
    });
    // what a dependency of a dependency runs at an install, kept on this machine by its own switch
    const env = {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      INIT_CWD: project,
      ...{ SCARF_LOCAL_PORT: '9', SCARF_VERBOSE: 'true', npm_execpath: 'npm' },
    };
    const { stdout, stderr } = await run(process.execPath, ['report.js'], {
      cwd: join(project, 'node_modules/@scarf/scarf'),
      env,
    });
    expect(stdout + stderr).toMatch(/has been disabled|has opted out/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the package of the command', () => {
  let folder: string;
  let files: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alertforest pack-'));
    const archive = await packCommand(folder);
    files = (await run('tar', ['-tzf', archive])).stdout.trim().split('\n');
    // no registry is asked: there is nothing beside it to install
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const alertforest = (...args: string[]) =>
    run(process.execPath, [join(folder, 'node_modules', '.bin', 'alertforest'), ...args], { cwd: folder });

  it('holds the command, its licence and those of what is in it, and no sources', () => {
    expect(files.map((path) => path.replace(/^package\//, '')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin/alertforest.mjs',
      'dist/cli/THIRD-PARTY-NOTICES.txt',
      'dist/cli/alertforest.mjs',
      'dist/cli/evaluation-thread.mjs',
      'dist/cli/rules-thread.mjs',
      'dist/cli/simulation-thread.mjs',
      'dist/cli/training-thread.mjs',
      'dist/cli/uPlot.iife.min.js',
      'dist/cli/uPlot.min.css',
      'package.json',
    ]);
  });

  it('is what npm pack takes too, beside dependencies that it does not need', async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--dry-run'], { cwd: project });
    const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    // npm takes `main` along where it is built
    const taken = packed.files.map(({ path }) => path).filter((path) => path !== 'dist/index.mjs');
    expect(taken.sort()).toEqual(files.map((path) => path.replace(/^package\//, '')).sort());
  });

  it('brings no other package along, and no map of the sources', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['alertforest']);
    expect(files.filter((path) => path.endsWith('.map'))).toEqual([]);
  });

  it('runs where nothing else is installed, pages with charts included', async () => {
    const logs = Array.from(
      { length: 200 },
      (_, i) =>
        `{"ts":${1_770_000_000 + i},"uid":"C${i}","id.orig_h":"10.0.0.1","id.orig_p":4${100 + i},"id.resp_h":"10.0.0.2","id.resp_p":443,"proto":"tcp","duration":0.5,"orig_bytes":${i},"resp_bytes":9,"conn_state":"SF"}`,
    );
    writeFileSync(join(folder, 'conn.log'), logs.join('\n'));
    const { stdout } = await alertforest('quality', 'conn.log', '--html', 'page.html');
    expect(stdout).toContain('200 rows');
    expect(readdirSync(folder)).toContain('page.html');
  });

  it('ends with status 2 where it is called wrongly', async () => {
    await expect(alertforest('scroe')).rejects.toMatchObject({ code: 2 });
    await expect(alertforest('evaluate', '--splt', 'time')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '--train <file>'"),
    });
  });

  it('evaluates in threads', async () => {
    const alerts = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        alert: {
          id: `${i}`,
          title: i % 2 ? 'Beacon' : 'Scan',
          occurred_at: new Date(1.77e12 + i * 6e5).toISOString(),
        },
        disposition: i % 2 ? 'true_positive' : 'benign',
        group: `${i}`,
      }),
    );
    writeFileSync(join(folder, 'closed.jsonl'), alerts.join('\n'));
    const { stdout } = await alertforest(
      ...[
        'evaluate',
        '--train',
        'closed.jsonl',
        '--test',
        'closed.jsonl',
        '--splits',
        'none',
        '--threads',
        '2',
      ],
    );
    expect(JSON.parse(stdout)).toMatchObject({ alerts: 60 });
  });
});
