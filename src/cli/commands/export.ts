import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { exportedVerdictsSchema, exportedVotesSchema } from '../../api/export/export.ts';
import type { policyAnswerSchema } from '../../api/policy/policy.ts';
import type { versionsSchema, WireArtefact } from '../../api/versions/versions.ts';
import type { App } from '../../app.ts';
import { EXPORT_FORMATS, type ExportedRow, type ExportFormat, writeRows } from '../output/row-writer.ts';
import { count } from '../output/show.ts';
import { moment } from '../parse-number.ts';
import type { ServiceClient } from '../service/service-client.ts';
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

interface ReleaseFlags extends ExportFlags {
  readonly artefacts?: string;
}

/** Alerts of a page. */
const PAGE = 1_000;

type WireVotes = z.infer<typeof exportedVotesSchema>;
type WireVerdicts = z.infer<typeof exportedVerdictsSchema>;
type WirePolicyAnswer = z.infer<typeof policyAnswerSchema>;
type WireVersions = z.infer<typeof versionsSchema>;

/** What the service knows, as files for other tools. */
export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('what the service knows, as JSON lines or a table: judgements, verdicts, policy, release');

  paged(command.command('judgements').description('every vote that stands on an alert')).action(
    (flags: ExportFlags) =>
      writePages(flags, 'vote', {
        service: (client, after) =>
          client.get<WireVotes>('/export/judgements', { query: { after, limit: PAGE } }),
        storage: ({ exports }, after) => exports.judgements(PAGE, after),
        rowsOf: ({ votes }) => votes,
      }),
  );

  paged(command.command('verdicts').description('the newest logged verdict of each alert'))
    .option('--since <time>', 'scored from then on, ISO 8601; left out, all that are kept', moment)
    .action(({ since: sinceMs = 0, ...flags }: SinceFlags) =>
      writePages(flags, 'verdict', {
        service: (client, after) => {
          const query = { since: new Date(sinceMs).toISOString(), after, limit: PAGE };
          return client.get<WireVerdicts>('/export/verdicts', { query });
        },
        storage: ({ exports }, after) => exports.verdicts(PAGE, sinceMs, after),
        rowsOf: ({ verdicts }) => verdicts,
      }),
    );

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
    writing(command.command('release').description('the models that serve, with their cards')).option(
      '--artefacts <folder>',
      'put the models themselves there too, as MODEL-VERSION.bin',
    ),
  ).action(async (flags: ReleaseFlags) => {
    const { artefacts: folder, ...rest } = flags;
    if (folder !== undefined) await mkdir(folder, { recursive: true });
    const withArtefacts = folder !== undefined;
    const models = await ask<ServedModel[]>(rest, {
      service: async (client) =>
        servedModels(await client.get('/versions'), withArtefacts, {
          card: (at) => client.get(`${at}/card`),
          artefact: async (at) =>
            Buffer.from((await client.get<WireArtefact>(`${at}/artefact`)).base64, 'base64'),
        }),
      storage: async ({ operations }) =>
        servedModels(await operations.versions(), withArtefacts, {
          card: (_, model, version) => operations.versionCard(model, version),
          artefact: async (_, model, version) => (await operations.artefact(model, version)).bytes,
        }),
    });
    if (folder !== undefined) {
      for (const { row, bytes } of models)
        await writeFile(join(folder, `${row['model']}-${row['version']}.bin`), bytes ?? '');
    }
    await write(each(models.map(({ row }) => row)), rest, 'model');
  });
}

interface Paged<Page> {
  readonly service: (client: ServiceClient, after: string | undefined) => Promise<Page>;
  readonly storage: (app: App, after: string | undefined) => Promise<Page>;
  readonly rowsOf: (page: Page) => readonly ExportedRow[];
}

/** Asks for page after page, in the same way, and writes them as they come. */
async function writePages<Page extends { readonly next: string | null }>(
  flags: ExportFlags,
  what: string,
  { service, storage, rowsOf }: Paged<Page>,
): Promise<void> {
  const writeAll = (pageAfter: (after: string | undefined) => Promise<Page>): Promise<void> =>
    write(rows(pageAfter, rowsOf), flags, what);
  await ask<void>(flags, {
    service: (client) => writeAll((after) => service(client, after)),
    storage: (app) => writeAll((after) => storage(app, after)),
  });
}

async function* rows<Page extends { readonly next: string | null }>(
  pageAfter: (after: string | undefined) => Promise<Page>,
  rowsOf: (page: Page) => readonly ExportedRow[],
): AsyncGenerator<ExportedRow> {
  let after: string | undefined;
  do {
    const page = await pageAfter(after);
    yield* rowsOf(page);
    after = page.next ?? undefined;
  } while (after !== undefined);
}

const writing = (command: Command): Command =>
  command
    .addOption(
      new Option('--format <format>', 'JSON lines or a table').choices(EXPORT_FORMATS).default('jsonl'),
    )
    .option('--out <file>', 'where to write; stdout when left out')
    .option('--quiet', 'no summary line');

const paged = (command: Command): Command => addServiceOptions(writing(command));

async function write(rows: AsyncIterable<ExportedRow>, flags: ExportFlags, what: string): Promise<void> {
  const { format, out, quiet = false } = flags;
  if (out !== undefined) await checkOutputs([{ flag: '--out', path: out }], []);
  let n = 0;
  await writeOut(out, async (sink) => {
    n = await writeRows(rows, format, sink);
  });
  if (!quiet) console.error(`${count(n, what)} exported${out === undefined ? '' : ` to ${out}`}`);
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

interface ServedModel {
  readonly row: ExportedRow;
  readonly bytes: Uint8Array | undefined;
}

/** Reads one thing of a version; `at` is its path in the API. */
type ReadOf<What> = (at: string, model: string, version: string) => Promise<What>;

async function servedModels(
  { release, versions }: WireVersions,
  withArtefacts: boolean,
  read: {
    readonly card: ReadOf<{ readonly card: string }>;
    readonly artefact: ReadOf<Uint8Array>;
  },
): Promise<ServedModel[]> {
  return Promise.all(
    versions
      .filter(({ serving }) => serving)
      .map(async ({ model, version, created_at, kind, samples, synthetic, pinned, sha256 }) => {
        const at = `/versions/${model}/${encodeURIComponent(version)}`;
        const { card } = await read.card(at, model, version);
        return {
          row: { release, model, version, created_at, kind, samples, synthetic, pinned, sha256, card },
          bytes: withArtefacts ? await read.artefact(at, model, version) : undefined,
        };
      }),
  );
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
