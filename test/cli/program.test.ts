import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

/** What a command and all below it say of themselves. */
const helpOf = (command: Command): string =>
  [command.helpInformation(), ...command.commands.map(helpOf)].join('\n');

const all = await createProgram();

describe('the program of one command', () => {
  it.each(
    all.commands.flatMap((command) =>
      [command.name(), ...command.aliases()].map((word) => [word, command] as const),
    ),
  )('says what the whole one says of %s', async (word, command) => {
    const program = await createProgram(word);
    const own = program.commands.find((one) => one.name() === word || one.aliases().includes(word));
    expect(helpOf(own!)).toBe(helpOf(command));
  });

  it('knows the commands of that file alone, and all where the word is none', async () => {
    const namesOf = async (word: string): Promise<string[]> =>
      (await createProgram(word)).commands.map((command) => command.name());
    expect(await namesOf('evaluate')).toEqual(['evaluate']);
    expect(await namesOf('health')).toEqual(['health', 'incidents']);
    const names = all.commands.map((command) => command.name());
    for (const word of ['--help', 'evalute', 'help', 'complete', ''])
      expect(await namesOf(word)).toEqual(names);
  });
});
