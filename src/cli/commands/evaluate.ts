import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { evaluate, SPLIT_KINDS, type SplitKind } from '../../evaluation/evaluate.ts';
import { evaluationPage } from '../../evaluation/evaluation-report.ts';
import { evaluationSet } from '../../evaluation/evaluation-set.ts';
import { LabourThreads } from '../../evaluation/labour/labour-threads.ts';
import { FORMATS, type Format } from '../../evaluation/readers/formats.ts';
import { readLabelled } from '../../evaluation/readers/read-labelled.ts';
import { replayContext } from '../../evaluation/replay-context.ts';
import { newCounts } from '../../logs/skip-counts.ts';
import { shownEvaluation } from '../output/figure-tables.ts';
import { count } from '../output/show.ts';
import { integer } from '../parse-number.ts';
import { parseSeed } from '../parse-seed.ts';
import { printSkipped } from '../print-skipped.ts';
import { progressBar } from '../progress-bar.ts';
import { runFacts } from '../run-facts.ts';
import { checkOutputs, writeTogether } from '../staged-outputs.ts';

interface EvaluateFlags {
  readonly train: string;
  readonly test: string;
  readonly format: Format;
  readonly json?: string;
  readonly html?: string;
  readonly seed: number;
  readonly splits: readonly SplitKind[];
  readonly ablation?: boolean;
  readonly threads: number;
  readonly quiet?: boolean;
}

/** A laptop has fewer; each thread holds a copy of the sets. */
const MAX_THREADS = 64;

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('train on one labelled set and test on another, as the service itself would')
    .requiredOption('--train <file>', 'labelled alerts or closed records to learn from')
    .requiredOption('--test <file>', 'labelled alerts or closed records to predict')
    .addOption(
      new Option('--format <format>', 'evidence rows of GUIDE, or else anything that predict reads')
        .choices(FORMATS)
        .default('auto'),
    )
    .option(
      '--json <file>',
      'write the figures as JSON; - is stdout, as where nothing is asked for and no terminal reads',
    )
    .option('--html <file>', 'write a self-contained report')
    .option('--seed <n>', 'seed of folds and learners', parseSeed, 1)
    .addOption(
      new Option('--splits <kinds>', `splits of the training set, of ${SPLIT_KINDS.join(',')}, or none`)
        .argParser(splitKinds)
        .default([...SPLIT_KINDS], SPLIT_KINDS.join(',')),
    )
    .option('--ablation', 'fit again without each feature group')
    .option(
      '--threads <n>',
      'fits at once; the figures are the same (default: one for each core)',
      integer(1, MAX_THREADS),
      Math.min(MAX_THREADS, availableParallelism()),
    )
    .option('--quiet', 'no progress, no summary line')
    .action(runEvaluate);
}

async function runEvaluate(flags: EvaluateFlags): Promise<void> {
  const { train: trainPath, test: testPath, format, seed, json, html } = flags;
  const { splits } = flags;
  const isPrinted = json === undefined || json === '-';
  await checkOutputs(
    [
      ...(isPrinted ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    [trainPath, testPath],
  );
  const bar = progressBar(1000, 'reading', flags.quiet);
  const threads = flags.threads === 1 ? undefined : new LabourThreads(flags.threads);
  const read = { train: newCounts(), test: newCounts() };
  try {
    const train = await evaluationSet(readLabelled(trainPath, format, read.train));
    const isSame = testPath === trainPath;
    if (isSame) read.test = read.train;
    const test = isSame ? train : await evaluationSet(readLabelled(testPath, format, read.test));
    replayContext(isSame ? [train] : [train, test]);
    printSkipped(basename(trainPath), read.train);
    if (!isSame) printSkipped(basename(testPath), read.test);
    const evaluation = await evaluate(train, test, {
      threads,
      seed,
      splits,
      withAblation: flags.ablation ?? false,
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.update(1000, 'done');
    bar.stop();
    const run = runFacts();
    const text = `${JSON.stringify({ train: trainPath, test: testPath, run, read, ...evaluation }, undefined, 2)}\n`;
    const names = { train: basename(trainPath), test: basename(testPath) };
    await writeTogether([
      ...(isPrinted ? [] : [{ path: json, text }]),
      ...(html === undefined
        ? []
        : [{ path: html, text: await evaluationPage({ evaluation, ...names, read, run }) }]),
    ]);
    if (json === undefined && process.stdout.isTTY) console.log(shownEvaluation(evaluation));
    else if (isPrinted) process.stdout.write(text);
    if (!flags.quiet)
      console.error(
        `macro F1 ${evaluation.macro_f1.toFixed(4)} on ${count(evaluation.alerts, 'alert')}, learned from ${evaluation.fit_alerts}`,
      );
  } finally {
    bar.stop();
    await threads?.close();
  }
}

function splitKinds(text: string): SplitKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = SPLIT_KINDS.find((one) => one === name.trim());
    if (kind !== undefined) return kind;
    throw new InvalidArgumentError(`Expected none alone, or some of ${SPLIT_KINDS.join(', ')}, got ${text}.`);
  });
}
