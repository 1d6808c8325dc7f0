import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { policyAnswerSchema } from '../../api/policy/policy.ts';
import type { versionsSchema } from '../../api/versions/versions.ts';
import type { App } from '../../app.ts';
import { type ExportedRow, judgementRows, verdictRow } from '../export/exported-rows.ts';
import { EXPORT_FORMATS, type ExportFormat, writeRows } from '../export/row-writer.ts';
import { withApp } from '../open-app.ts';
import { count } from '../output/show.ts';
import { moment } from '../parse-number.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';
import { checkOutputs, writeOut } from '../staged-outputs.ts';

interface ExportFlags extends ServiceFlags {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly quiet?: boolean;
}

interface SinceFlags extends ExportFlags {
  readonly since?: number;
}

type WirePolicyAnswer = z.infer<typeof policyAnswerSchema>;
type WireVersions = z.infer<typeof versionsSchema>;

/** What the service knows, as files for other tools. */
export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('what the service knows, as JSON lines or a table: judgements, verdicts, policy, release');

  writing(
    command.command('judgements').description('every vote that stands on an alert, from the storage'),
  ).action((flags: ExportFlags) => withApp((app) => write(judgements(app), flags, 'vote')));

  writing(
    command.command('verdicts').description('the newest logged verdict of each alert, from the storage'),
  )
    .option('--since <time>', 'scored from then on, ISO 8601; left out, all that are kept', moment)
    .action((flags: SinceFlags) => withApp((app) => write(verdicts(app, flags.since), flags, 'verdict')));

  addServiceOptions(writing(command.command('policy').description('the policy in force'))).action(
    async (flags: ExportFlags) => {
      const answer = await ask<WirePolicyAnswer>(flags, {
        service: (client) => client.get('/policy'),
        storage: (app) => app.policy.document(),
      });
      await write(policyRows(answer), flags, 'setting');
    },
  );

  addServiceOptions(
    writing(command.command('release').description('the models that serve, with their cards')),
  ).action(async (flags: ExportFlags) => {
    const answer = await ask<ExportedRow[]>(flags, {
      service: async (client) =>
        releaseRows(await client.get('/versions'), (model, version) =>
          client.get(`/versions/${model}/${encodeURIComponent(version)}/card`),
        ),
      storage: async ({ operations }) =>
        releaseRows(await operations.versions(), (model, version) => operations.versionCard(model, version)),
    });
    await write(each(answer), flags, 'model');
  });
}

const writing = (command: Command): Command =>
  command
    .addOption(
      new Option('--format <format>', 'JSON lines or a table').choices(EXPORT_FORMATS).default('jsonl'),
    )
    .option('--out <file>', 'where to write; stdout when left out')
    .option('--quiet', 'no summary line');

async function write(rows: AsyncIterable<ExportedRow>, flags: ExportFlags, what: string): Promise<void> {
  const { format, out, quiet = false } = flags;
  if (out !== undefined) await checkOutputs([{ flag: '--out', path: out }], []);
  let n = 0;
  await writeOut(out, async (sink) => {
    n = await writeRows(rows, format, sink);
  });
  if (!quiet) console.error(`${count(n, what)} exported${out === undefined ? '' : ` to ${out}`}`);
}

async function* judgements(app: App): AsyncGenerator<ExportedRow> {
  for await (const sample of app.judging.judgedAlerts()) yield* judgementRows(sample);
}

async function* verdicts(app: App, sinceMs = 0): AsyncGenerator<ExportedRow> {
  for await (const entry of app.loggedVerdicts(sinceMs)) yield verdictRow(entry);
}

/** Names of the settings with dots, so that a table can hold them; one row each. */
async function* policyRows({ document, close_below }: WirePolicyAnswer): AsyncGenerator<ExportedRow> {
  const { policy, seq, by, why, updated_at } = document;
  yield* settingRows({ seq, by, why, updated_at, policy, close_below_in_force: close_below });
}

function* settingRows(value: object, path = ''): Generator<ExportedRow> {
  for (const [name, item] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (typeof item === 'object' && item !== null) yield* settingRows(item, at);
    else yield { setting: at, value: item };
  }
}

async function releaseRows(
  { release, versions }: WireVersions,
  cardOf: (model: string, version: string) => Promise<{ readonly card: string }>,
): Promise<ExportedRow[]> {
  return Promise.all(
    versions
      .filter(({ serving }) => serving)
      .map(async ({ model, version, created_at, kind, samples, synthetic, pinned, sha256 }) => ({
        release,
        model,
        version,
        created_at,
        kind,
        samples,
        synthetic,
        pinned,
        sha256,
        card: (await cardOf(model, version)).card,
      })),
  );
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
