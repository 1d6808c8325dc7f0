import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
});
