import type { Command } from 'commander';
import { pseudonymOf } from '../../alert/pseudonym.ts';
import { withApp } from '../open-app.ts';
import { addShowOptions, count, type ShowFlags, show } from '../output/show.ts';

/** Takes what one analyst said out of everything that will be learned from. */
export function addForgetCommand(program: Command): void {
  addShowOptions(
    program
      .command('forget')
      .description(
        "remove an analyst's judgements from the storage; in the history a hash stands for the name",
      )
      .requiredOption('--analyst <name>', 'as it stands in votes and closings'),
  ).action((flags: ShowFlags & { readonly analyst: string }) =>
    withApp(async (app) => {
      const pseudonym = pseudonymOf(flags.analyst);
      const { alerts, incidents } = await app.judging.forget(flags.analyst, pseudonym);
      show({ alerts, incidents, pseudonym }, flags, () => ({
        text: '',
        summary: `forgotten in ${count(alerts, 'alert')} and ${count(incidents, 'incident')}; ${pseudonym} stands for the name`,
      }));
      if (alerts > 0 && !flags.quiet)
        console.error('Retrain with --force so that no later release has learned from them.');
    }),
  );
}
