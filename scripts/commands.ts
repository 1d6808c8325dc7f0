// Writes the commands into docs/cli.md from the program itself.
//
//   node scripts/commands.ts            write them
//   node scripts/commands.ts --check    exit 1 if they are not what the program says

import { readFileSync } from 'node:fs';
import type { Argument, Command, Option } from 'commander';
import { EXAMPLES } from '../src/cli/examples.ts';
import { createProgram } from '../src/cli/program.ts';
import { runGenerator } from './generated-files.ts';

const PAGE = 'docs/cli.md';
/** What is below this line is written by this script. */
const MARK = '## Commands\n';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function row(
  term: string,
  about: { readonly description: string; readonly notes: readonly string[] },
): string {
  const { description, notes } = about;
  return `| \`${term.replaceAll('|', '\\|')}\` | ${cell([description, ...notes].filter(Boolean).join('; '))} |\n`;
}

const argumentRow = (argument: Argument): string =>
  row(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`, {
    description: argument.description,
    notes: [],
  });

function optionRow({ flags, description, mandatory, argChoices, defaultValue, envVar }: Option): string {
  const isStated = defaultValue !== undefined && defaultValue !== false;
  return row(flags, {
    description,
    notes: [
      ...(mandatory ? ['required'] : []),
      ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
      ...(isStated ? [`default ${String(defaultValue)}`] : []),
      ...(envVar === undefined ? [] : [`or ${envVar} of the environment`]),
    ],
  });
}

function section(command: Command, words: readonly string[]): string {
  const name = words.join(' ');
  const call = ['alertforest', name, command.usage()].join(' ');
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const examples = (EXAMPLES[name] ?? []).map((line) => `    ${line}\n`).join('');
  const table = rows.length === 0 ? '' : `| | |\n|---|---|\n${rows.join('')}\n`;
  return `### ${name}\n\n\`${call}\`: ${cell(command.description())}.\n\n${table}${examples}\n`;
}

function sections(command: Command, words: readonly string[] = []): string {
  if (command.commands.length === 0) return section(command, words);
  return command.commands.map((each) => sections(each, [...words, each.name()])).join('');
}

/** Path -> text of the one generated file. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const page = readFileSync(new URL(`../${PAGE}`, import.meta.url), 'utf8');
  const at = page.indexOf(MARK);
  if (at < 0) throw new Error(`Expected the line ${MARK.trim()} in ${PAGE}.`);
  return { [PAGE]: `${page.slice(0, at)}${MARK}\n${sections(await createProgram()).trimEnd()}\n` };
}

await runGenerator(import.meta.url, 'npm run commands', generatedFiles);
