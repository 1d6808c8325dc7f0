import tab, { type Command as Completed, ShellCompDirective } from '@bomb.sh/tab';
import addCommand from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { BASH_COMPLETION } from './bash-completion.ts';

/** Names of arguments, and of what options take, that stand for a path. */
const PATHS = /^(file|files|folder|path|logs)$/;

/** Whether what is completed right now is a path. */
let isPath = false;
const onPath = (): void => {
  isPath = true;
};

/**
 * Adds `complete`, which prints the script of a shell and answers its questions. What stands for a path is left to the
 * shell: the library would keep it from completing any.
 */
export function addCompletions(program: Command): void {
  addCommand(program);
  for (const { command, words } of below(program)) {
    const completed = tab.commands.get(words.join(' '));
    if (completed !== undefined) leavePaths(command, completed);
  }
  // read where the answer ends, when the handlers above have been asked; what the library sets says no paths at all
  Object.defineProperty(tab, 'directive', {
    configurable: true,
    get: () =>
      isPath ? ShellCompDirective.ShellCompDirectiveDefault : ShellCompDirective.ShellCompDirectiveNoFileComp,
    set: () => {},
  });
  const { parse, setup } = Object.getPrototypeOf(tab) as typeof tab;
  tab.parse = (words) => {
    isPath = false;
    parse.call(tab, words);
  };
  tab.setup = (name, executable, shell) => {
    if (shell === 'bash') console.log(BASH_COMPLETION);
    else setup.call(tab, name, executable, shell);
  };
}

function leavePaths(command: Command, completed: Completed): void {
  for (const argument of command.registeredArguments)
    if (PATHS.test(argument.name())) completed.argument(argument.name(), onPath, argument.variadic);
  for (const { flags, long, description } of command.options) {
    const [, takes = ''] = /<([^>]*)>/.exec(flags) ?? [];
    if (long && PATHS.test(takes)) completed.option(long.slice(2), description, onPath);
  }
}

function below(command: Command, words: readonly string[] = []): { command: Command; words: string[] }[] {
  return command.commands.flatMap((each) => {
    const own = [...words, each.name()];
    return [{ command: each, words: own }, ...below(each, own)];
  });
}
