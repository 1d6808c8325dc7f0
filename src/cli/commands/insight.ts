import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { WireQuarantine } from '../../api/feedback/quarantine.ts';
import type { driftSchema } from '../../api/health/drift.ts';
import { wireDrift } from '../../api/health/wire-drift.ts';
import type { WireSimilar } from '../../api/similar/similar.ts';
import { MAX_SIMILAR } from '../../api/similar/similar-routes.ts';
import type { importancesSchema } from '../../api/versions/audit.ts';
import type { WireWorkload } from '../../api/workload/workload.ts';
import {
  shownDrift,
  shownImportances,
  shownQuarantine,
  shownSimilar,
  shownWorkload,
} from '../output/insight-tables.ts';
import { addShowOptions, type ShowFlags, show } from '../output/show.ts';
import { integer } from '../parse-number.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';

type Flags = ServiceFlags & ShowFlags;

interface WorkloadFlags extends Flags {
  readonly missedAttack?: number;
  readonly falseAlarm?: number;
  readonly correctClose?: number;
}

interface QuarantineFlags extends Flags {
  readonly analyst?: string;
  readonly guard?: string;
  readonly limit: number;
}

const MAX_COST = 1e12;
const MAX_HELD = 200;

const answering = (command: Command): Command => addServiceOptions(addShowOptions(command));

/** Commands that look at what was learned and what it is worth; nothing is changed. */
export function addInsightCommands(program: Command): void {
  answering(
    program.command('drift').description('whether alerts still look like those that were learned from'),
  ).action(async (flags: Flags) => {
    const answer = await ask<z.infer<typeof driftSchema>>(flags, {
      service: (client) => client.get('/drift'),
      storage: async ({ drift }) => wireDrift(await drift.report()),
    });
    show(answer, flags, () => shownDrift(answer));
  });

  answering(
    program
      .command('workload')
      .description('alerts closed against attacks missed, and what other costs would change')
      .option('--missed-attack <cost>', 'of closing an attack, instead of the policy', integer(0, MAX_COST))
      .option('--false-alarm <cost>', 'of looking at what is no attack', integer(0, MAX_COST))
      .option('--correct-close <gain>', 'of closing what is no attack', integer(0, MAX_COST)),
  ).action(async (flags: WorkloadFlags) => {
    const { missedAttack: missed_attack, falseAlarm: false_alarm, correctClose: correct_close } = flags;
    const asked = { missed_attack, false_alarm, correct_close };
    const answer = await ask<WireWorkload>(flags, {
      service: (client) => client.get('/workload', { query: asked }),
      storage: ({ workload }) => workload.report(asked),
    });
    show(answer, flags, () => shownWorkload(answer));
  });

  answering(
    program
      .command('quarantine')
      .description('judgements that the guards hold back, newest first')
      .option('--analyst <name>', 'with a vote of this analyst')
      .option('--guard <name>', 'held by this guard')
      .addOption(new Option('--limit <n>', 'judgements shown').argParser(integer(1, MAX_HELD)).default(50)),
  ).action(async (flags: QuarantineFlags) => {
    const { analyst, guard, limit } = flags;
    const answer = await ask<WireQuarantine>(flags, {
      service: (client) => client.get('/quarantine', { query: { analyst, guard, limit } }),
      storage: ({ judging }) => judging.quarantine.list({ analyst, guard }, limit, 0),
    });
    show(answer, flags, () => shownQuarantine(answer));
  });

  answering(
    program
      .command('similar')
      .description('the nearest judged alerts of the same tenant')
      .argument('<alert-key>', 'of an alert that was scored or judged: alert_key of its verdict')
      .option('--limit <n>', 'alerts at most', integer(1, MAX_SIMILAR), 5),
  ).action(async (alertKey: string, flags: Flags & { readonly limit: number }) => {
    const { limit } = flags;
    const answer = await ask<WireSimilar>(flags, {
      service: (client) =>
        client.get(`/alerts/${encodeURIComponent(alertKey)}/similar`, { query: { limit } }),
      storage: ({ similar }) => similar.of(alertKey, limit),
    });
    show(answer, flags, () => shownSimilar(answer));
  });

  answering(
    program
      .command('importances')
      .description('what the serving models look at, the most important columns first')
      .option('--top <n>', 'columns shown of each model', integer(1, 1_000), 10),
  ).action(async (flags: Flags & { readonly top: number }) => {
    const answer = await ask<z.infer<typeof importancesSchema>>(flags, {
      service: (client) => client.get('/importances'),
      storage: ({ operations }) => operations.importances(),
    });
    show(answer, flags, () => shownImportances(answer, flags.top));
  });
}
