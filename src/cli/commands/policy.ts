import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { withApp } from '../open-app.ts';

/** Shows, previews or replaces the policy in force. */
export function addPolicyCommand(program: Command): void {
  program
    .command('policy')
    .description('show the policy, or with --set preview and replace it')
    .option('--set <file>', 'JSON with the new policy')
    .option('--dry-run', 'show what the new policy would close and miss, change nothing')
    .option('--by <name>', 'who asks, for the record')
    .action((options: { set?: string; dryRun?: boolean; by?: string }) =>
      withApp(async (app) => {
        const answer =
          options.set === undefined
            ? await app.policy.document()
            : await app.policy.put(await readFile(options.set, 'utf8'), {
                dryRun: options.dryRun ?? false,
                by: options.by,
              });
        console.log(JSON.stringify(answer, undefined, 2));
      }),
    );
}
