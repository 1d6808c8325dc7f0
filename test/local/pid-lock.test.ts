import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takePidLock } from '../../scripts/pid-lock.mjs';

const module = pathToFileURL(join(import.meta.dirname, '../../scripts/pid-lock.mjs')).href;
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(directory, 'sub', 'the.lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('takePidLock', () => {
  it('is refused while a living process holds it, and says what that process wrote', () => {
    const first = takePidLock(path, { port: 7071 });
    expect(first.holder).toBeUndefined();
    expect(takePidLock(path)).toMatchObject({ holder: { pid: process.pid, port: 7071 } });
    if (first.holder === undefined) first.release();
    expect(takePidLock(path).holder).toBeUndefined();
  });

  it('is taken over when its process is gone', () => {
    const code = `import { takePidLock } from ${JSON.stringify(module)}; takePidLock(${JSON.stringify(path)});`;
    const gone = spawnSync(process.execPath, ['--input-type=module', '-e', code]);
    expect(gone.status).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(gone.pid);
    expect(takePidLock(path).holder).toBeUndefined();
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid);
  });

  it('is taken over when another process has got the same id', () => {
    takePidLock(path);
    const lock = JSON.parse(readFileSync(path, 'utf8'));
    expect(lock.start).toBeTruthy();
    writeFileSync(path, JSON.stringify({ ...lock, start: '1' }));
    expect(takePidLock(path).holder).toBeUndefined();
  });

  it('is taken over when the file cannot be read', () => {
    takePidLock(path);
    writeFileSync(path, 'half a fi');
    expect(takePidLock(path).holder).toBeUndefined();
  });

  it('leaves no other file behind', () => {
    takePidLock(path);
    takePidLock(path);
    writeFileSync(path, '');
    takePidLock(path);
    expect(readdirSync(join(directory, 'sub'))).toEqual(['the.lock']);
  });

  it('has one winner among many that take over at once', async () => {
    takePidLock(path);
    writeFileSync(path, JSON.stringify({ pid: 999_999_999 }));
    const code = `
      import { takePidLock } from ${JSON.stringify(module)};
      const lock = takePidLock(${JSON.stringify(path)});
      console.log(lock.holder === undefined ? 'won' : 'lost');
      process.stdin.resume();`;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', code]),
    );
    const said = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve) =>
            child.stdout.once('data', (data: Buffer) => resolve(String(data).trim())),
          ),
      ),
    );
    for (const child of children) child.kill();
    expect(said.filter((each) => each === 'won')).toHaveLength(1);
  });
});
