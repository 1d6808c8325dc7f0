import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const run = promisify(execFile);

afterEach(() => vi.restoreAllMocks());

/** What the command prints, called in this process. */
async function printed(...words: string[]): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
  const before = process.argv;
  process.argv = ['node', 'alertforest', ...words];
  try {
    await createProgram().parseAsync(words, { from: 'user' });
  } finally {
    process.argv = before;
  }
  return lines.join('\n');
}

describe('shell completions', () => {
  it.each(['bash', 'zsh', 'fish'])('has a script for %s that asks the command itself', async (shell) => {
    const script = await printed('complete', shell);
    expect(script).toContain('alertforest');
    expect(script).toContain('complete --');
    expect(script.split('\n').length).toBeGreaterThan(20);
  });

  it('has a script that bash takes', async () => {
    const script = await printed('complete', 'bash');
    const { stderr } = await run('bash', ['-n', '-c', script]);
    expect(stderr).toBe('');
  });

  it('knows commands, those below them, options and their choices', async () => {
    const suggested = async (...words: string[]): Promise<string[]> =>
      (await printed('complete', '--', ...words)).split('\n').map((line) => line.split('\t')[0]!);
    expect(await suggested('')).toEqual(expect.arrayContaining(['score', 'import', 'intel', 'doctor']));
    expect(await suggested('intel', '')).toEqual(expect.arrayContaining(['import', 'lookup']));
    expect(await suggested('versions', '--')).toEqual(expect.arrayContaining(['--url', '--key', '--json']));
    expect(await suggested('export', 'judgements', '--format', '')).toEqual(
      expect.arrayContaining(['jsonl', 'csv']),
    );
  });
});
