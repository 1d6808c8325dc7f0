import type { Command } from 'commander';
import { withApp } from '../open-app.ts';
import { operatorName } from '../operator-name.ts';

const print = (value: unknown): void => console.log(JSON.stringify(value, undefined, 2));

interface Signed {
  readonly by?: string;
  readonly why?: string;
}

const signed = (command: Command): Command =>
  command.option('--by <name>', 'who asks, for the audit').option('--why <text>', 'why, for the audit');

/** Commands on the versions and on learning, straight on the storage that the settings name. */
export function addModelCommands(program: Command): void {
  program
    .command('versions')
    .description('every version of the models, newest first')
    .argument('[model]', 'classifier, anomaly or scorer')
    .action((model?: string) => withApp(async (app) => print(await app.operations.versions(model))));

  program
    .command('card')
    .description('the model card of a version, markdown')
    .argument('<model>', 'classifier, anomaly or scorer')
    .argument('<version>')
    .action((model: string, version: string) =>
      withApp(async (app) => console.log((await app.operations.versionCard(model, version)).card)),
    );

  signed(
    program
      .command('activate')
      .description('let a version serve and pin it')
      .argument('<model>')
      .argument('<version>'),
  ).action((model: string, version: string, { by = operatorName(), why = '' }: Signed) =>
    withApp(async (app) => print(await app.operations.activate({ model, version, by, why }))),
  );

  signed(
    program.command('unpin').description('let retrains replace a pinned model again').argument('<model>'),
  ).action((model: string, { by = operatorName(), why = '' }: Signed) =>
    withApp(async (app) => print(await app.operations.unpin({ model, by, why }))),
  );

  signed(
    program
      .command('train')
      .description('retrain now, in this process, on the same storage protocol as the service')
      .option('--force', 'let the result serve whatever the gate says; needs --why'),
  ).action((options: Signed & { force?: boolean }) =>
    withApp(async (app) => {
      const run = await app.operations.retrainNow({
        force: options.force ?? false,
        by: options.by ?? operatorName(),
        why: options.why,
      });
      print(run);
      if (run.state === 'failed') process.exitCode = 1;
    }),
  );

  signed(
    program
      .command('replay')
      .description('learn again without the votes of an analyst, or with them again')
      .requiredOption('--without <analyst>', 'whose votes are left out')
      .option('--since <time>', 'only votes from then on, ISO 8601')
      .option('--lift', 'take the exclusion back'),
  ).action((options: Signed & { without: string; since?: string; lift?: boolean }) =>
    withApp(async (app) =>
      print(
        await app.operations.replay({
          analyst: options.without,
          action: options.lift ? 'lift' : 'exclude',
          since: options.since,
          by: options.by ?? operatorName(),
          why: options.why,
        }),
      ),
    ),
  );

  program
    .command('audit')
    .description('who changed what and why, newest first')
    .option('--limit <n>', 'entries', '50')
    .action(({ limit }: { limit: string }) =>
      withApp(async (app) => print(await app.operations.audit(Number(limit), undefined))),
    );
}
