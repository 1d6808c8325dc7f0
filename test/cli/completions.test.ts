import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { MAIN } from './run-cli.ts';

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

  it('leaves to the shell what is a file, and nothing else', async () => {
    /** 0 has the shell complete paths where nothing was suggested, 4 keeps it from doing so. */
    const directive = async (...words: string[]): Promise<string | undefined> =>
      (await printed('complete', '--', ...words)).split('\n').at(-1);
    for (const words of [
      ['score', ''],
      ['score', 'ale'],
      ['score', '--package', ''],
      ['score', 'alerts.jsonl', '--out', 'ver'],
      ['intel', 'import', ''],
      ['pipeline', 'conn.log', 'con'],
      ['rules', 'match', '--rules', ''],
    ])
      expect({ words, directive: await directive(...words) }).toEqual({ words, directive: ':0' });
    for (const words of [
      [''],
      ['sc'],
      ['versions', ''],
      ['score', '--ex'],
      ['score', '--explain', ''],
      ['export', 'judgements', '--format', ''],
      ['incidents', 'show', ''],
    ])
      expect({ words, directive: await directive(...words) }).toEqual({ words, directive: ':4' });
  });

  it('completes commands and paths in bash as it is typed', async () => {
    const script = await printed('complete', 'bash');
    // what bash-completion brings, as far as the script asks for it; the command answers from this process' sources
    const typed = `
      _get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; words=("\${COMP_WORDS[@]}"); }
      compopt() { echo "compopt $*"; }
      alertforest() { "${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}" "$@"; }
      ${script}
      complete -p alertforest
      COMP_WORDS=(alertforest "$@"); COMP_CWORD=$#
      __alertforest_complete
      echo "\${COMPREPLY[*]}"`;
    const reply = async (...words: string[]) =>
      (await run('bash', ['-c', typed, 'bash', ...words])).stdout.trim().split('\n');
    expect(await reply('sco')).toEqual([
      'complete -o default -F __alertforest_complete alertforest',
      'compopt +o default',
      'score',
    ]);
    expect(await reply('score', 'ale')).toEqual([
      'complete -o default -F __alertforest_complete alertforest',
    ]);
  });
});
