import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputs, StagedOutputs, writeOut, writeTogether } from '../../src/cli/staged-outputs.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alertforest-staged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a module in a process of its own; `wait` resolves with its first line. */
function startModule(source: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_, signal) => resolve(signal)),
  );
  const line = new Promise<string>((resolve) =>
    child.stdout.on('data', (chunk) => resolve(String(chunk).trim())),
  );
  return { child, ended, line };
}
const sourceOf = (name: string) => JSON.stringify(new URL(`../../src/cli/${name}`, import.meta.url).href);

describe('outputs of a command', () => {
  it('appear together, in place of earlier ones', async () => {
    mkdirSync(at('package'));
    writeFileSync(at('package/old'), 'x');
    writeFileSync(at('report'), 'old');
    const staged = new StagedOutputs();
    await staged.file(at('report'), 'new');
    expect(await staged.folder(at('package'), { a: '1' })).toBe(at('package.part'));
    expect(readFileSync(at('report'), 'utf8')).toBe('old');
    staged.commit();
    staged.discard();
    expect(readdirSync(folder).sort()).toEqual(['package', 'report']);
    expect([readFileSync(at('report'), 'utf8'), readdirSync(at('package'))]).toEqual(['new', ['a']]);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'go into a pipe or through a link, which stay what they are',
    async () => {
      spawnSync('mkfifo', [at('pipe')]);
      writeFileSync(at('target'), 'old');
      symlinkSync(at('target'), at('link'));
      await checkOutputs(
        ['pipe', 'link', 'pipe'].map((name) => ({ flag: '--out', path: at(name) })),
        [],
      );
      const reader = spawn('cat', [at('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] });
      let read = '';
      reader.stdout.on('data', (piece) => {
        read += piece;
      });
      const ended = once(reader, 'close');
      await writeOut(at('pipe'), async (sink) => void sink.write('by the pipe'));
      await ended;
      await writeTogether([{ path: at('link'), text: 'by the link' }]);
      expect(read).toBe('by the pipe');
      expect(readFileSync(at('target'), 'utf8')).toBe('by the link');
      const kinds = ['pipe', 'link', 'target'].map((name) => lstatSync(at(name)));
      expect([kinds[0]!.isFIFO(), kinds[1]!.isSymbolicLink(), kinds[2]!.isFile()]).toEqual([
        true,
        true,
        true,
      ]);
      expect(readdirSync(folder).sort()).toEqual(['link', 'pipe', 'target']);
    },
  );

  it('tell of a file that breaks while its writer waits for room', { timeout: 30_000 }, async () => {
    mkdirSync(at('out.part'));
    const writing = writeOut(at('out'), async (sink) => {
      // by now the file could not be opened
      await new Promise((resolve) => setTimeout(resolve, 50));
      while (sink.write('x'.repeat(1 << 16)));
      await once(sink, 'drain');
    });
    await expect(writing).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/^Cannot write \S+out: EISDIR/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leave nothing when one of them cannot be written', async () => {
    await expect(
      writeTogether([
        { path: at('a'), text: '1' },
        { path: at('nowhere/b'), text: '2' },
      ]),
    ).rejects.toThrow(`Cannot write ${at('nowhere/b')}.part: ENOENT`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('leave nothing, and name the file, when it cannot grow', () => {
    const module = `
      const { writeTogether } = await import(${sourceOf('staged-outputs.ts')});
      const files = ['a', 'b'].map((name, i) => ({
        path: ${JSON.stringify(folder)} + '/' + name,
        text: 'x'.repeat(100 + 1e6 * i),
      }));
      await writeTogether(files).catch(({ code, message }) => console.log(code, message));`;
    // the shell's limit on the size of a file, in blocks of 512 bytes: what a full disk does to a writer
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 100 && exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', module],
      { encoding: 'utf8' },
    );
    expect(stdout).toContain(`INTERNAL Cannot write ${at('b')}.part: EFBIG`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leave nothing after %s', async (signal) => {
    const { child, ended, line } = startModule(`
      const { StagedOutputs } = await import(${sourceOf('staged-outputs.ts')});
      const staged = new StagedOutputs();
      await staged.file(${JSON.stringify(at('report'))}, 'half');
      await staged.folder(${JSON.stringify(at('package'))}, { model: 'half' });
      console.log('staged');
      setInterval(() => {}, 1000);`);
    expect(await line).toBe('staged');
    expect(readdirSync(folder).sort()).toEqual(['package.part', 'report.part']);
    child.kill(signal);
    expect(await ended).toBe(signal);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the progress bar on a terminal', () => {
  it('listens to no signal, so that a command deep in a fit still stops at once', async () => {
    const { ended, line } = startModule(`
      process.stderr.write = () => true;
      process.stderr.isTTY = true;
      const { progressBar } = await import(${sourceOf('progress-bar.ts')});
      const bar = progressBar(10, 'fitting');
      bar.update(3);
      console.log(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'));
      bar.stop();`);
    expect(await line).toBe('0');
    expect(await ended).toBe(null);
  });
});
