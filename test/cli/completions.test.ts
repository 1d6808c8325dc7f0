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
    await (await createProgram()).parseAsync(words, { from: 'user' });
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

  it('has a script that bash takes, again and again, also where any fault ends it', async () => {
    const script = await printed('complete', 'bash');
    const { stderr } = await run('bash', ['-euc', `${script}\n${script}`]);
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

  /** What bash is told of words that were typed, and the words themselves as the command gets them. */
  async function replies(before = '') {
    const script = await printed('complete', 'bash');
    // the command answers from this process' sources
    const typed = `
      ${before}
      compopt() { echo "compopt $*"; }
      alertforest() {
        printf '<%s>' "$@" >&2
        "${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}" "$@"
      }
      ${script.replace('2> /dev/null) ||', ') ||')}
      COMP_WORDS=(alertforest "$@"); COMP_CWORD=$#
      __alertforest_complete
      echo "\${COMPREPLY[*]}"`;
    return async (...words: string[]) => {
      const { stdout, stderr } = await run('bash', ['-euc', typed, 'bash', ...words]);
      return { lines: stdout.trim().split('\n'), asked: stderr };
    };
  }

  it('completes commands and paths in bash as it is typed', async () => {
    const reply = await replies();
    expect((await reply('sco')).lines).toEqual(['compopt +o default', 'score']);
    expect((await reply('score', 'ale')).lines).toEqual(['']);
    expect((await reply('export', 'judgements', '--format', '')).lines).toEqual([
      'compopt +o default',
      'jsonl csv',
    ]);
  });

  it('hands on what is typed in bash as it stands, and runs none of it', async () => {
    const reply = await replies();
    const words = ['score', '$(echo run >&2)', 'a b; echo run', '"half', ''];
    expect((await reply(...words)).asked).toBe(`<complete><-->${words.map((word) => `<${word}>`).join('')}`);
  });

  it('joins what bash parts at = and :, where bash-completion is there to say so', async () => {
    const reply = await replies(
      '_get_comp_words_by_ref() { cur=--format=js; words=(alertforest export judgements --format=js); cword=3; }',
    );
    expect((await reply('export', 'judgements', '--format', '=', 'js')).lines).toEqual([
      'compopt +o default',
      'jsonl',
    ]);
  });
});
