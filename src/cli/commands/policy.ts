import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readOwnWords } from '../../api/own-words.ts';
import { policyRequestSchema } from '../../api/policy/policy.ts';
import { withApp } from '../open-app.ts';
import { operatorName } from '../operator-name.ts';

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
            : await app.policy.put(
                await readOwnWords(
                  { bytes: await readFile(options.set), contentType: undefined },
                  policyRequestSchema,
                ),
                {
                  dryRun: options.dryRun ?? false,
                  by: options.by ?? operatorName(),
                },
              );
        console.log(JSON.stringify(answer, undefined, 2));
      }),
    );
}
