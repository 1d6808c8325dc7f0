import { createReadStream } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { ENTITY_KINDS, type EntityKind } from '../../alert/alert.ts';
import type { WireIntelChange, WireIntelList, WireIntelLookup } from '../../api/intel/intel.ts';
import { inputIssues } from '../../errors.ts';
import { checkReadable } from '../../logs/open-text.ts';
import { decompressed } from '../../reading/decompress.ts';
import { isRefusal, type Reading } from '../../triage/intel/indicator.ts';
import { IndicatorCollector } from '../../triage/intel/indicator-collector.ts';
import { answerQuestion, intelQuestionSchema, wireIndicator } from '../../triage/intel/questions.ts';
import { readIndicators } from '../../triage/intel/read-indicators.ts';
import { lookUpInFile } from '../intel-file.ts';
import { operatorName } from '../operator-name.ts';
import { shownHits, shownImport, shownSources } from '../output/intel-tables.ts';
import { addShowOptions, type ShowFlags, show } from '../output/show.ts';
import { integer, moment } from '../parse-number.ts';
import { readWholeFile } from '../read-whole-file.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';
import { WrongCall } from '../wrong-call.ts';

type Flags = ServiceFlags & ShowFlags;

interface ImportFlags extends Flags {
  readonly source: string;
  readonly format?: string;
  readonly confidence?: number;
  readonly validDays?: number;
  readonly by?: string;
  readonly dryRun?: boolean;
}

interface LookupFlags extends Flags {
  readonly kind?: EntityKind;
  readonly at?: number;
  readonly from?: string;
  readonly format?: string;
  readonly questions?: string;
}

const answering = (command: Command): Command => addServiceOptions(addShowOptions(command));

/** Commands on the sources of indicators. */
export function addIntelCommands(program: Command): void {
  const intel = program.command('intel').description('threat intelligence: sources of indicators');

  answering(
    intel
      .command('import')
      .description('put a file of indicators in the place of what the source had; of any size')
      .argument('<file>', 'STIX, MISP, JSON, CSV or a list, plain or compressed; - for the standard input')
      .requiredOption('--source <name>', 'name of the source')
      .option('--format <name>', 'shape of the rows, where they have no header that tells it')
      .option(
        '--confidence <number>',
        'confidence of indicators that bring none, 0-100 (default: 50)',
        integer(0, 100),
      )
      .option('--valid-days <days>', 'days after which indicators without an end expire', integer(1, 3650))
      .option('--by <name>', 'who asks')
      .option('--dry-run', 'only show what would be read'),
  ).action(importSource);

  answering(intel.command('list').description('every source with its counts')).action(
    async (flags: Flags) => {
      const answer = await ask<WireIntelList>(flags, {
        service: (client) => client.get('/intel'),
        storage: (app) => app.intel.list(),
      });
      show(answer, flags, () => shownSources(answer));
    },
  );

  answering(
    intel
      .command('remove')
      .description('remove a source with its indicators')
      .argument('<source>', 'as `list` shows it'),
  ).action(async (source: string, flags: Flags) => {
    const answer = await ask<WireIntelChange>(flags, {
      service: (client) => client.delete(`/intel/${encodeURIComponent(source)}`),
      storage: (app) => app.intel.remove(source),
    });
    show(answer, flags, () => ({ text: '', summary: `${source} is removed` }));
  });

  answering(
    intel
      .command('lookup')
      .description('show every hit of a value, or answer questions about how indicators are read')
      .argument('[value]', 'address, domain, URL, digest or mail address in any spelling')
      .option('--kind <kind>', `kind of entity: ${ENTITY_KINDS.join(', ')}`, entityKind)
      .option('--at <time>', 'moment asked about, ISO 8601 (default: now)', moment)
      .option('--from <file>', 'look up in a file of indicators alone instead of the stored sources')
      .option('--format <name>', 'shape of the rows of that file')
      .option('--questions <file>', 'answer a question a line, {"kind","input"}; - for the standard input'),
  ).action(lookup);
}

async function importSource(file: string, flags: ImportFlags): Promise<void> {
  const { source, format, confidence, validDays, dryRun, by = operatorName() } = flags;
  await checkReadable(file);
  if (dryRun) {
    console.log(JSON.stringify(await readAlone(file, format), undefined, 2));
    return;
  }
  const answer = await ask<WireIntelChange>(flags, {
    service: async (client) =>
      client.put(`/intel/${encodeURIComponent(source)}`, {
        query: { format, confidence, valid_days: validDays },
        body: await wholeFile(file),
      }),
    storage: (app) =>
      app.intel.put(source, bytesOf(file), {
        ...(format === undefined ? {} : { format }),
        ...(confidence === undefined ? {} : { confidence }),
        ...(validDays === undefined ? {} : { validDays }),
        by,
      }),
  });
  show(answer, flags, () => shownImport(answer));
}

async function lookup(value: string | undefined, flags: LookupFlags): Promise<void> {
  if (flags.questions !== undefined) {
    await answerQuestions(flags.questions);
    return;
  }
  if (value === undefined) throw new WrongCall('Expected a value to look up, or --questions with a file.');
  const { kind, at, from, format } = flags;
  if (from !== undefined) await checkReadable(from);
  const answer =
    from === undefined
      ? await ask<WireIntelLookup>(flags, {
          service: (client) =>
            client.get('/intel/lookup', {
              query: { value, kind, at: at === undefined ? undefined : new Date(at).toISOString() },
            }),
          storage: async (app) => {
            await app.intel.refresh();
            return app.intel.lookUp(value, kind, at);
          },
        })
      : await lookUpInFile(value, kind, at ?? Date.now(), bytesOf(from), format);
  show(answer, flags, () => shownHits(value, answer));
}

/** One answer a line: the question with `answer` in it, or `error` where it is none. */
async function answerQuestions(file: string): Promise<void> {
  const text = String(await readWholeFile(file === '-' ? '/dev/stdin' : file));
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const question = questionOf(line);
    if (typeof question === 'string') {
      console.log(JSON.stringify({ error: `line ${index + 1}: ${question}` }));
      process.exitCode = 1;
    } else console.log(JSON.stringify({ ...question, answer: await answerQuestion(question) }));
  }
}

/** The question of a line, or why it is none. */
function questionOf(line: string): z.output<typeof intelQuestionSchema> | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'Expected JSON such as {"kind":"ip","input":"198.51.100.7"}.';
  }
  const question = intelQuestionSchema.safeParse(value);
  if (question.success) return question.data;
  return inputIssues(question.error)
    .map(({ path, message }) => `${path}: ${message}`)
    .join(' ');
}

/** What a file holds, without storing it: the first indicators and refusals, and the counts. */
async function readAlone(file: string, format: string | undefined): Promise<unknown> {
  const indicators: unknown[] = [];
  const collector = new IndicatorCollector((reading: Reading) => {
    if (indicators.length < 1000 && !isRefusal(reading)) indicators.push(wireIndicator(reading));
  });
  await readIndicators(bytesOf(file), collector, format);
  const counts = await collector.finish();
  return { ...counts, passed_over: counts.passedOver, passedOver: undefined, first: indicators };
}

async function wholeFile(file: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytesOf(file)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  const source: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
  return decompressed(source, { name: file });
}

function entityKind(text: string): EntityKind {
  const kind = ENTITY_KINDS.find((one) => one === text);
  if (kind === undefined) throw new InvalidArgumentError(`Expected one of ${ENTITY_KINDS.join(', ')}.`);
  return kind;
}
