import { type Command, Option } from 'commander';
import { AlertforestError } from '../../errors.ts';
import { checkReadable } from '../../logs/open-text.ts';
import { encodingOption } from '../encoding-option.ts';
import { addLogOptions, type LogFlags } from '../log-options.ts';
import { withApp } from '../open-app.ts';
import { count } from '../output/show.ts';
import { shownVerdicts } from '../output/verdict-table.ts';
import { integer } from '../parse-number.ts';
import { scorePackage } from '../score-package.ts';
import {
  jsonLines,
  type ScoreCounts,
  type ScoredLine,
  type Scoring,
  scoreFile,
  scoringHere,
  scoringThere,
} from '../service/score-alerts.ts';
import { addServiceOptions, type ServiceFlags, serviceOf } from '../service/service-options.ts';
import { checkOutputs, writeOut } from '../staged-outputs.ts';

interface ScoreFlags extends LogFlags, ServiceFlags {
  readonly package?: string;
  readonly cut: string;
  readonly out?: string;
  readonly explain: number;
  readonly trial?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const MAX_EXPLAIN = 100;

export function addScoreCommand(program: Command): void {
  const command = program
    .command('score')
    .description('score alerts, or raw logs by a package of pipeline: a table on a terminal, else JSON lines')
    .argument('<file>', 'alerts in any known format, with --package raw logs; packed or not; - is stdin')
    .option('--package <folder>', 'what pipeline wrote: the file holds raw logs of its format')
    .addOption(
      new Option('--cut <name>', 'with --package: from which score on a row alarms')
        .choices(['cost', 'alarms_per_day', 'one_percent'])
        .default('alarms_per_day'),
    )
    .addOption(encodingOption())
    .option('--out <file>', 'where to write the verdicts as JSON lines; stdout when left out')
    .option(
      '--explain <n>',
      'add the n largest contributions; with --package those of alarms',
      integer(0, MAX_EXPLAIN),
      0,
    )
    .option('--trial', 'with --url: the service neither counts nor logs these alerts')
    .option('--json', 'JSON lines on a terminal too')
    .option('--quiet', 'no summary line, no progress');
  addServiceOptions(addLogOptions(command)).action(async (file: string, flags: ScoreFlags) => {
    if (flags.out !== undefined) await checkOutputs([{ flag: '--out', path: flags.out }], [file]);
    if (flags.package !== undefined) {
      await scorePackage(file, { ...flags, package: flags.package });
      return;
    }
    await checkReadable(file);
    const client = serviceOf(flags);
    const { explain, trial: isTrial = false } = flags;
    if (client !== undefined) await scoreWith(scoringThere(client, { explain, isTrial }), file, flags);
    else
      await withApp((app) =>
        scoreWith(
          scoringHere((payload) => app.predicting.score(payload, explain)),
          file,
          flags,
        ),
      );
  });
}

async function scoreWith(scoring: Scoring, file: string, flags: ScoreFlags): Promise<void> {
  const isTable = flags.out === undefined && !flags.json && process.stdout.isTTY;
  let counts: ScoreCounts | undefined;
  if (isTable) {
    const lines: ScoredLine[] = [];
    counts = await scoreFile(file, flags, scoring, (line) => void lines.push(line));
    console.log(shownVerdicts(lines));
  } else {
    await writeOut(flags.out, async (sink) => {
      counts = await scoreFile(file, flags, scoring, jsonLines(sink));
    });
  }
  const { scored, failed, skipped } = counts!;
  // as the service answers a request without any
  if (scored + failed + skipped === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected alerts, ${file} holds none.`);
  const others = skipped === 0 ? '' : `, ${count(skipped, 'no alert', 'no alerts')}`;
  if (!flags.quiet) console.error(`${scored} scored, ${failed} not readable${others}`);
  if (scored + skipped === 0 && failed > 0) process.exitCode = 1;
}
