import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';
import { createProgram } from '../../src/cli/program.ts';
import { typedCall } from './typed-call.ts';

/** Words of every command that does something. */
function leavesOf(command: Command, words: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [words.join(' ')];
  return command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));
}

/** Calls the command without doing it; the names of what was called. */
async function called(line: string): Promise<string> {
  const program = await createProgram();
  let name = '';
  const idle = (command: Command, words: readonly string[]): void => {
    command.exitOverride((error) => {
      throw error;
    });
    for (const each of command.commands) idle(each, [...words, each.name()]);
    if (command.commands.length === 0)
      command.action(() => {
        name = words.join(' ');
      });
  };
  idle(program, []);
  await program.parseAsync(typedCall(line).args, { from: 'user' });
  return name;
}

describe('the examples of --help', () => {
  it('are there for every command, and for no other', async () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(leavesOf(await createProgram()).sort());
  });

  it.each(Object.entries(EXAMPLES).flatMap(([words, lines]) => lines.map((line) => [line, words] as const)))(
    'are calls that the command takes: %s',
    async (line, words) => {
      expect(await called(line)).toBe(words);
    },
  );
});
