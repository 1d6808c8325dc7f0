import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { auditSchema } from '../../api/versions/audit.ts';
import type { retrainAcceptedSchema, WireRun } from '../../api/versions/retrain.ts';
import type { versionsSchema, WireActivation, WireVersionCard } from '../../api/versions/versions.ts';
import { operatorName } from '../operator-name.ts';
import { shownActivation, shownAudit, shownRun, shownVersions } from '../output/model-tables.ts';
import { addShowOptions, type ShowFlags, show } from '../output/show.ts';
import { integer, momentText } from '../parse-number.ts';
import type { ServiceClient } from '../service/service-client.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';
import { WrongCall } from '../wrong-call.ts';

interface Flags extends ServiceFlags, ShowFlags {}

interface Signed {
  readonly by?: string;
  readonly why?: string;
}

interface ReplayFlags extends Flags, Signed {
  readonly without: string;
  readonly since?: string;
  readonly lift?: boolean;
}

const MODELS = 'classifier, anomaly or scorer';
/** How often a run on a service is looked at. */
const RUN_POLL_MS = 1_000;
const MAX_AUDIT = 200;

const signed = (command: Command): Command =>
  command.option('--by <name>', 'who asks, for the audit').option('--why <text>', 'why, for the audit');

const answering = (command: Command): Command => addServiceOptions(addShowOptions(command));

const at = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

/** Commands on the versions and on learning. */
export function addModelCommands(program: Command): void {
  answering(
    program
      .command('versions')
      .description('every version of the models, newest first')
      .argument('[model]', MODELS),
  ).action(async (model: string | undefined, flags: Flags) => {
    const answer = await ask<z.infer<typeof versionsSchema>>(flags, {
      service: (client) => client.get(model === undefined ? '/versions' : at('versions', model)),
      storage: (app) => app.operations.versions(model),
    });
    show(answer, flags, () => shownVersions(answer));
  });

  answering(
    program
      .command('card')
      .description('the model card of a version, markdown')
      .argument('<model>', MODELS)
      .argument('<version>', 'as `versions` lists them'),
  ).action(async (model: string, version: string, flags: Flags) => {
    const answer = await ask<WireVersionCard>(flags, {
      service: (client) => client.get(at('versions', model, version, 'card')),
      storage: (app) => app.operations.versionCard(model, version),
    });
    show(answer, flags, () => ({ text: answer.card, summary: `${model} ${version}: ${answer.decision}` }));
  });

  answering(
    signed(
      program
        .command('activate')
        .description('let a version serve and pin it')
        .argument('<model>', MODELS)
        .argument('<version>', 'as `versions` lists them'),
    ),
  ).action(async (model: string, version: string, flags: Flags & Signed) => {
    const { by = operatorName(), why = '' } = flags;
    const answer = await ask<WireActivation>(flags, {
      service: (client) => client.post(at('versions', model, version, 'activate'), { body: { by, why } }),
      storage: (app) => app.operations.activate({ model, version, by, why }),
    });
    show(answer, flags, () => shownActivation(answer));
  });

  answering(
    signed(
      program
        .command('unpin')
        .description('let retrains replace a pinned model again')
        .argument('<model>', MODELS),
    ),
  ).action(async (model: string, flags: Flags & Signed) => {
    const { by = operatorName(), why = '' } = flags;
    const answer = await ask<WireActivation>(flags, {
      service: (client) => client.post(at('versions', model, 'unpin'), { body: { by, why } }),
      storage: (app) => app.operations.unpin({ model, by, why }),
    });
    show(answer, flags, () => shownActivation(answer));
  });

  answering(
    signed(
      program
        .command('train')
        .alias('retrain')
        .description('retrain now: in this process on the storage, or with --url by the service')
        .option('--force', 'let the result serve whatever the gate says; needs --why'),
    ),
  ).action(async (flags: Flags & Signed & { readonly force?: boolean }) => {
    const { force = false, by = operatorName(), why } = flags;
    if (force && !why) throw new WrongCall('Expected --why with --force: it is recorded.');
    const run = await ask<WireRun>(flags, {
      service: (client) => runThere(client, '/retrain', { force, by, why }),
      storage: (app) => app.operations.retrainNow({ force, by, why }),
    });
    show(run, flags, () => shownRun(run));
    if (run.state === 'failed') process.exitCode = 1;
  });

  answering(
    signed(
      program
        .command('replay')
        .description('learn again without the votes of an analyst, or with them again')
        .requiredOption('--without <analyst>', 'whose votes are left out')
        .option('--since <time>', 'only votes from then on, ISO 8601', momentText)
        .option('--lift', 'take the exclusion back'),
    ),
  ).action(async (flags: ReplayFlags) => {
    const { without, since, lift = false, by = operatorName(), why } = flags;
    const run = await ask<WireRun>(flags, {
      service: (client) => runThere(client, '/replay', { without, since, lift, by, why }),
      storage: ({ operations }) =>
        operations.replay({ analyst: without, action: lift ? 'lift' : 'exclude', since, by, why }),
    });
    show(run, flags, () => shownRun(run));
    if (run.state === 'failed') process.exitCode = 1;
  });

  answering(
    program
      .command('audit')
      .description('who changed what and why, newest first')
      .addOption(new Option('--limit <n>', 'entries').argParser(integer(1, MAX_AUDIT)).default(50)),
  ).action(async (flags: Flags & { readonly limit: number }) => {
    const { limit } = flags;
    const answer = await ask<z.infer<typeof auditSchema>>(flags, {
      service: (client) => client.get('/audit', { query: { limit } }),
      storage: (app) => app.operations.audit(limit, undefined),
    });
    show(answer, flags, () => shownAudit(answer));
  });
}

/** Asks for a run and follows it to its end. */
async function runThere(client: ServiceClient, path: '/retrain' | '/replay', body: object): Promise<WireRun> {
  const { run_id } = await client.post<z.infer<typeof retrainAcceptedSchema>>(path, { body });
  for (;;) {
    const run = await client.get<WireRun>(at('retrain', run_id));
    if (run.finished_at !== null && run.state !== 'busy') return run;
    await delay(RUN_POLL_MS);
  }
}
