import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runCli } from './run-cli.ts';

/** Every command that does something, with the words that call it. */
function leavesOf(command: Command, words: readonly string[] = []): { command: Command; words: string[] }[] {
  const own = { command, words: [...words] };
  const below = command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));
  return below.length === 0 ? [own] : below;
}

// what completes takes half a call for what it is
const leaves = leavesOf(await createProgram()).filter(({ words }) => words[0] !== 'complete');

/** Calls a command that must be refused; what it prints, and how commander names the fault. */
async function refused(words: readonly string[]): Promise<{ code: string; printed: string }> {
  const program = await createProgram();
  let printed = '';
  const quiet = (command: Command): void => {
    command
      .exitOverride((error) => {
        throw error;
      })
      .configureOutput({
        writeErr: (text) => {
          printed += text;
        },
      });
    for (const each of command.commands) quiet(each);
  };
  quiet(program);
  try {
    await program.parseAsync(['node', 'alertforest', ...words]);
  } catch (error) {
    return { code: (error as CommanderError).code, printed };
  }
  throw new Error(`Expected ${words.join(' ')} to be refused.`);
}

describe('what a command does not know', () => {
  it('has commands to be tried on', () => {
    expect(leaves.length).toBeGreaterThan(15);
    expect(leaves.flatMap(({ command }) => command.options).length).toBeGreaterThan(60);
  });

  it.each(leaves.map(({ command, words }) => [words.join(' '), words, command] as const))(
    'is refused by name: alertforest %s',
    async (_, words, command) => {
      const given = command.options.flatMap(({ mandatory, long, argChoices }) =>
        mandatory ? [long!, argChoices?.[0] ?? 'x'] : [],
      );
      const { code, printed } = await refused([...words, ...given, '--no-such-thing']);
      expect(code).toBe('commander.unknownOption');
      expect(printed).toContain("unknown option '--no-such-thing'");
      for (const option of command.options) {
        // as it is typed in haste: the last letter doubled
        const typed = `${option.long}${option.long?.at(-1)}`;
        if (command.options.some(({ long }) => long === typed)) continue;
        const answer = await refused([...words, ...given, typed]);
        expect(answer.code).toBe('commander.unknownOption');
        expect(answer.printed).toContain(`unknown option '${typed}'`);
        expect(answer.printed).toMatch(/Did you mean /);
        expect(answer.printed).toContain(option.long);
      }
    },
  );

  it('ends with status 2, help and version with 0', async () => {
    const run = async (...args: string[]): Promise<number | null> => (await runCli(args)).code;
    const wrong = await runCli(['score', '--explian', '3', 'x.json']);
    expect(wrong.code).toBe(2);
    // short: what is wrong and where help is
    expect(wrong.stderr.trim().split('\n')).toEqual([
      "error: unknown option '--explian'",
      '(Did you mean --explain?)',
      '(--help tells how the command is called, with examples)',
    ]);
    expect(await run('score', '--help')).toBe(0);
    expect(await run('--version')).toBe(0);
  });

  it('tells of the file that is not there before a service that does not run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alertforest-calls-'));
    try {
      for (const command of ['score', 'import']) {
        const env = { AzureWebJobsStorage: '', ALERTFOREST_URL: '' };
        const { code, stderr } = await runCli([command, 'alert.jsonl'], { cwd: folder, env });
        expect({ command, code, stderr }).toEqual({
          command,
          code: 1,
          stderr: 'REQUEST_INVALID: Cannot read alert.jsonl: there is no such file.\n',
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('names the nearest command', async () => {
    const { code, stderr } = await runCli(['scrore', 'x.json']);
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain('Did you mean score?');
  });
});
