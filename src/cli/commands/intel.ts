import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { ENTITY_KINDS, type EntityKind } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { decompressed } from '../../reading/decompress.ts';
import { isRefusal, type Reading } from '../../triage/intel/indicator.ts';
import { IndicatorCollector } from '../../triage/intel/indicator-collector.ts';
import { answerQuestion, intelQuestionSchema, wireIndicator } from '../../triage/intel/questions.ts';
import { readIndicators } from '../../triage/intel/read-indicators.ts';
import { lookUpInFile } from '../intel-file.ts';
import { withApp } from '../open-app.ts';
import { operatorName } from '../operator-name.ts';

const print = (value: unknown): void => console.log(JSON.stringify(value, undefined, 2));

interface ImportFlags {
  readonly source: string;
  readonly format?: string;
  readonly confidence?: number;
  readonly validDays?: number;
  readonly by?: string;
  readonly dryRun?: boolean;
}

interface LookupFlags {
  readonly kind?: EntityKind;
  readonly at?: number;
  readonly from?: string;
  readonly format?: string;
  readonly questions?: string;
  readonly json?: boolean;
}

/** Commands on the sources of indicators, straight on the storage that the settings name. */
export function addIntelCommands(program: Command): void {
  const intel = program.command('intel').description('threat intelligence: sources of indicators');

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
    .option('--dry-run', 'only show what would be read')
    .action(async (file: string, flags: ImportFlags) => {
      const { source, format, dryRun } = flags;
      if (dryRun) {
        print(await readAlone(file, format));
        return;
      }
      await withApp(async (app) =>
        print(
          await app.intel.put(source, bytesOf(file), {
            ...(format === undefined ? {} : { format }),
            ...(flags.confidence === undefined ? {} : { confidence: flags.confidence }),
            ...(flags.validDays === undefined ? {} : { validDays: flags.validDays }),
            by: flags.by ?? operatorName(),
          }),
        ),
      );
    });

  intel
    .command('list')
    .description('every source with its counts')
    .option('--json', 'as JSON (always)')
    .action(() => withApp(async (app) => print(await app.intel.list())));

  intel
    .command('remove')
    .description('remove a source with its indicators')
    .argument('<source>')
    .action((source: string) => withApp(async (app) => print(await app.intel.remove(source))));

  intel
    .command('lookup')
    .description('show every hit of a value, or answer questions about how indicators are read')
    .argument('[value]', 'address, domain, URL, digest or mail address in any spelling')
    .option('--kind <kind>', `kind of entity: ${ENTITY_KINDS.join(', ')}`, entityKind)
    .option('--at <time>', 'moment asked about, ISO 8601 (default: now)', moment)
    .option('--from <file>', 'look up in a file of indicators alone instead of the stored sources')
    .option('--format <name>', 'shape of the rows of that file')
    .option('--questions <file>', 'answer a question a line, {"kind","input"}; - for the standard input')
    .option('--json', 'as JSON')
    .action((value: string | undefined, flags: LookupFlags) => lookup(value, flags));
}

async function lookup(value: string | undefined, flags: LookupFlags): Promise<void> {
  if (flags.questions !== undefined) {
    await answerQuestions(flags.questions);
    return;
  }
  if (value === undefined)
    throw new AlertforestError('REQUEST_INVALID', 'Expected a value to look up, or --questions with a file.');
  const { kind, at, from, format } = flags;
  const answer =
    from === undefined
      ? await withApp(async (app) => {
          await app.intel.refresh();
          return app.intel.lookUp(value, kind, at);
        })
      : await lookUpInFile(value, kind, at ?? Date.now(), bytesOf(from), format);
  if (flags.json) {
    print(answer);
    return;
  }
  for (const hit of answer.hits)
    console.log(`${hit.state}\t${hit.kind}\t${hit.confidence}\t${hit.source}\t${hit.matched}`);
  if (answer.hits.length === 0) console.log(`no hit for ${value}`);
}

/** One answer a line: the question with `answer` in it, or `error` where it is none. */
async function answerQuestions(file: string): Promise<void> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const question = intelQuestionSchema.safeParse(JSON.parse(line));
    console.log(
      JSON.stringify(
        question.success
          ? { ...question.data, answer: await answerQuestion(question.data) }
          : { error: question.error.issues[0]?.message ?? 'no question' },
      ),
    );
  }
}

/** What a file holds, without storing it: the first indicators and refusals, and the counts. */
async function readAlone(file: string, format: string | undefined): Promise<unknown> {
  const indicators: unknown[] = [];
  const collector = new IndicatorCollector((reading: Reading) => {
    if (indicators.length < 1000 && !isRefusal(reading)) indicators.push(wireIndicator(reading));
  });
  await readIndicators(bytesOf(file), collector, format);
  const counts = collector.finish();
  return { ...counts, passed_over: counts.passedOver, passedOver: undefined, first: indicators };
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  const source: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
  return decompressed(source, { name: file });
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
  };
}

function entityKind(text: string): EntityKind {
  const kind = ENTITY_KINDS.find((one) => one === text);
  if (kind === undefined) throw new InvalidArgumentError(`Expected one of ${ENTITY_KINDS.join(', ')}.`);
  return kind;
}

function moment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a time, ISO 8601.');
  return ms;
}
