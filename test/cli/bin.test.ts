import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMPILE_CACHE } from './run-cli.ts';

const bin = fileURLToPath(new URL(`../../${packageJson.bin.alertforest}`, import.meta.url));

describe('the command of a clone', () => {
  it('keeps what Node made of its sources, in the clone or where the environment says', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alertforest-bin-'));
    try {
      const version = (env: Record<string, string>): string =>
        execFileSync(process.execPath, [bin, '--version'], { encoding: 'utf8', env }).trim();
      const { NODE_COMPILE_CACHE: _, ...env } = process.env as Record<string, string>;
      expect(version(env)).toBe(packageJson.version);
      expect(existsSync(COMPILE_CACHE)).toBe(true);
      expect(version({ ...env, NODE_COMPILE_CACHE: folder })).toBe(packageJson.version);
      expect(readdirSync(folder)).not.toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('starts an evaluation, and no other command, with a collector without threads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alertforest-bin-'));
    try {
      const tells = join(folder, 'tells.mjs');
      writeFileSync(
        tells,
        'if (process.argv[1].endsWith("main.ts")) console.error(process.execArgv.join());',
      );
      const env = { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(tells).href}` };
      const flagsOf = (command: string): string =>
        spawnSync(process.execPath, [bin, command, '--help'], { encoding: 'utf8', env }).stderr.trim();
      expect(flagsOf('evaluate')).toBe('--single-threaded-gc');
      expect(flagsOf('simulate')).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends with the status of an evaluation, and stops it when it is told to stop', async () => {
    const status = (...args: string[]): number | null =>
      spawnSync(process.execPath, [bin, 'evaluate', ...args]).status;
    expect(status('--no-such-thing')).toBe(2);
    expect(status('--train', 'nowhere.jsonl', '--test', 'nowhere.jsonl')).toBe(1);

    const folder = mkdtempSync(join(tmpdir(), 'alertforest-bin-'));
    try {
      const pipe = join(folder, 'alerts.jsonl');
      execFileSync('mkfifo', [pipe]);
      const child = spawn(process.execPath, [bin, 'evaluate', '--train', pipe, '--test', pipe], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      // a pipe that nobody has opened to read takes no writer: the evaluation is waiting for rows once it does
      const writer = spawn('sh', ['-c', `exec 3> '${pipe}'; echo open; exec sleep 600`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(writer.stdout, 'data');
      child.kill('SIGTERM');
      // closed when the evaluation itself has let go of it as well
      const [code] = await once(child, 'close');
      expect(code).toBe(128 + 15);
      writer.kill();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
