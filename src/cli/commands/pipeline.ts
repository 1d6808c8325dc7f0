import { basename } from 'node:path';
import type { Command } from 'commander';
import { AlertforestError } from '../../errors.ts';
import { labPage } from '../../evaluation/lab-report.ts';
import { guessWords, looksLike } from '../../evaluation/readers/looks-like.ts';
import { packageOf, readPackage } from '../../logs/lab/lab-package.ts';
import { runLab } from '../../logs/lab/lab-pipeline.ts';
import type { LabOutcome } from '../../logs/lab/lab-result.ts';
import { scoreLive } from '../../logs/lab/live-scoring.ts';
import { LOG_COLUMNS, readRawLogs } from '../../logs/lab/raw-log.ts';
import type { LogFile, LogOptions, UnknownFile } from '../../logs/open-logs.ts';
import { PACKAGE_FILES } from '../../logs/package-files.ts';
import { readLogs } from '../../logs/read-logs.ts';
import type { Reading } from '../../logs/reading-tally.ts';
import { DEFAULT_POLICY } from '../../policy/policy.ts';
import { encodingOption } from '../encoding-option.ts';
import { addLearnOptions, type LearnFlags, learnLogs } from '../learn-logs.ts';
import { addLogOptions, type LogFlags, LogReadingProgress, logOptions } from '../log-options.ts';
import { parseSeed } from '../parse-seed.ts';
import { printLabSummary } from '../print-lab-summary.ts';
import { progressBar } from '../progress-bar.ts';
import { runFacts } from '../run-facts.ts';
import { checkOutputs, StagedOutputs } from '../staged-outputs.ts';
import { unknownFormat } from '../unknown-format.ts';

type PipelineFlags = LogFlags & LearnFlags;

export function addPipelineCommand(program: Command): void {
  const command = program
    .command('pipeline')
    .description(
      'raw security logs -> quality -> cleaning -> features -> tournament -> threshold -> package -> live scoring',
    )
    .argument('<logs...>', 'raw logs of one format, packed or not; - is stdin')
    .option('--html <file>', 'write a self-contained report')
    .option('--json <file>', 'write the figures as JSON')
    .option('--package <folder>', 'where the model and its manifest go', 'alertforest-package')
    .option('--seed <n>', 'seed of the held-out quarter, the folds and the learners', parseSeed, 1)
    .addOption(encodingOption());
  addLearnOptions(addLogOptions(command)).action(runPipeline);
}

async function runPipeline(paths: readonly string[], flags: PipelineFlags): Promise<void> {
  const { html, json, package: folder } = flags;
  await checkOutputs(
    [
      { flag: '--package', path: folder, replaces: PACKAGE_FILES },
      ...(json === undefined ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    paths,
  );
  const options = await logOptions(flags);
  const progress = new LogReadingProgress();
  const opened = await progress.open(paths, options);
  const files: LogFile[] = [];
  for (const file of opened) {
    if (!('format' in file)) throw await notRaw(file);
    files.push(file);
  }
  const [first] = files;
  if (files.length === 1 && first !== undefined && isLab(first) && !saysHowToTest(flags)) {
    await runLabFile(first, flags, options);
    return;
  }
  await learnLogs(files, flags, options, progress);
}

/** Tables of the lab's kind are judged on a random quarter unless somebody says otherwise. */
const saysHowToTest = (flags: LearnFlags): boolean =>
  [flags.target, flags.labels, flags.testFrom, flags.holdOut, flags.embargo].some(
    (flag) => flag !== undefined,
  );

const isLab = ({ format, head }: LogFile): boolean => {
  const names = new Set(head.table?.header.map((name) => name.trim().toLowerCase()));
  return format.name === 'lab' && LOG_COLUMNS.every((column) => names.has(column) || column === 'label');
};

/** Alerts and evaluation sets are sent where they are read, anything else gets a draft of a map. */
async function notRaw(file: UnknownFile): Promise<AlertforestError> {
  const guess = await looksLike(file.path);
  if (guess === undefined || guess === 'logs') return unknownFormat(file);
  return new AlertforestError(
    'REQUEST_INVALID',
    `Expected ${file.path} to hold raw logs, it looks like ${guessWords(guess)}, which the command evaluate reads.`,
  );
}

async function runLabFile(file: LogFile, flags: PipelineFlags, options: LogOptions): Promise<void> {
  const name = file.path === '-' ? 'stdin' : basename(file.path);
  // the rows of the lab are in memory anyway, and the standard input comes once
  const pieces: Uint8Array[] = [];
  for await (const piece of file.open() as AsyncIterable<Uint8Array>) pieces.push(piece);
  const again = async function* (): AsyncGenerator<Uint8Array> {
    yield* pieces;
  };
  const bar = progressBar(1000, 'reading');
  try {
    const logs = await readRawLogs(again(), file.path);
    const reading = await readLogs([{ ...file, open: again }], options);
    const outcome = runLab(logs, {
      seed: flags.seed,
      costs: DEFAULT_POLICY.costs,
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.stop();
    await writeAll(outcome, reading, name, flags);
  } finally {
    bar.stop();
  }
}

/** Package and reports appear together; the figures of live scoring come from the package as it will lie there. */
async function writeAll(
  outcome: LabOutcome,
  reading: Reading,
  name: string,
  flags: PipelineFlags,
): Promise<void> {
  const { html, json, package: folder } = flags;
  const staged = new StagedOutputs();
  try {
    const aside = await staged.folder(folder, packageOf(outcome, name).files);
    const { manifest, classifier } = await readPackage(aside);
    const live = scoreLive(classifier, manifest.close_below, outcome.test, outcome.fit, outcome.outOfFold);
    const run = runFacts();
    const report = { subject: name, run, reading, result: outcome.result, manifest, live };
    if (json !== undefined) await staged.file(json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (html !== undefined) await staged.file(html, await labPage({ ...report, folder }));
    staged.commit();
    printLabSummary(report, folder);
  } finally {
    staged.discard();
  }
}
