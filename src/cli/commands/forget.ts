import type { Command } from 'commander';
import type { WireForgotten } from '../../api/feedback/forget.ts';
import { operatorName } from '../operator-name.ts';
import { addShowOptions, count, type ShowFlags, show } from '../output/show.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';

interface ForgetFlags extends ServiceFlags, ShowFlags {
  readonly analyst: string;
  readonly by?: string;
  readonly why?: string;
}

/** Takes what one analyst said out of everything that will be learned from. */
export function addForgetCommand(program: Command): void {
  addServiceOptions(
    addShowOptions(
      program
        .command('forget')
        .description("remove an analyst's judgements for good; in the history a hash stands for the name")
        .requiredOption('--analyst <name>', 'as it stands in votes and closings')
        .option('--by <name>', 'who asks, for the log of a service')
        .option('--why <text>', 'why, for the log of a service'),
    ),
  ).action(async (flags: ForgetFlags) => {
    const { analyst, by = operatorName(), why } = flags;
    const answer = await ask<WireForgotten>(flags, {
      service: (client) => client.post('/forget', { body: { analyst, by, why } }),
      storage: ({ judging }) => judging.forget(analyst),
    });
    const { before, pseudonym, note } = answer;
    show(answer, flags, () => ({
      text: '',
      summary: [
        `forgotten in ${count(before.alerts, 'alert')} and ${count(before.incidents, 'incident')}; ${pseudonym} stands for the name`,
        ...(note === '' ? [] : [note]),
      ].join('\n'),
    }));
  });
}
