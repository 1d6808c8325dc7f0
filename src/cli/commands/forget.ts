import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { withApp } from '../open-app.ts';

/** What stands in the place of a forgotten name. */
export const pseudonymOf = (analyst: string): string =>
  `forgotten-${createHash('sha256').update(analyst).digest('hex').slice(0, 16)}`;

/** Takes what one analyst said out of everything that will be learned from. */
export function addForgetCommand(program: Command): void {
  program
    .command('forget')
    .description("remove an analyst's judgements; in the history a hash stands for the name")
    .requiredOption('--analyst <name>', 'as it stands in votes and closings')
    .action((options: { analyst: string }) =>
      withApp(async (app) => {
        const pseudonym = pseudonymOf(options.analyst);
        const alerts = await app.forget(options.analyst, pseudonym);
        console.log(JSON.stringify({ alerts, pseudonym }));
        if (alerts > 0) console.error('Retrain with --force so that no later release has learned from them.');
      }),
    );
}
