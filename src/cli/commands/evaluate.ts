import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { AlertforestError } from '../../errors.ts';
import { evaluate, SPLIT_KINDS, type SplitKind } from '../../evaluation/evaluate.ts';
import { evaluationPage } from '../../evaluation/evaluation-report.ts';
import { evaluationSet } from '../../evaluation/evaluation-set.ts';
import { FORMATS, type Format } from '../../evaluation/readers/formats.ts';
import { readLabelled } from '../../evaluation/readers/read-labelled.ts';
import { replayContext } from '../../evaluation/replay-context.ts';
import { newCounts } from '../../logs/skip-counts.ts';
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
  readonly splits: string;
  readonly ablation?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('train on one labelled set and test on another, as the service itself would')
    .requiredOption('--train <file>', 'labelled alerts to learn from')
    .requiredOption('--test <file>', 'labelled alerts to predict')
    .addOption(
      new Option('--format <format>', 'how the files are written').choices(FORMATS).default('canonical'),
    )
    .option('--json <file>', 'write the figures as JSON; - is stdout')
    .option('--html <file>', 'write a self-contained report')
    .option('--seed <n>', 'seed of folds and learners', parseSeed, 1)
    .option(
      '--splits <kinds>',
      `splits of the training set, of ${SPLIT_KINDS.join(',')}, or none`,
      SPLIT_KINDS.join(','),
    )
    .option('--ablation', 'fit again without each feature group')
    .action(runEvaluate);
}

async function runEvaluate(flags: EvaluateFlags): Promise<void> {
  const { train: trainPath, test: testPath, format, seed, json, html } = flags;
  const splits = flags.splits === 'none' ? [] : flags.splits.split(',').map(splitKind);
  const isPrinted = json === undefined || json === '-';
  await checkOutputs(
    [
      ...(isPrinted ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    [trainPath, testPath],
  );
  const bar = progressBar(1000, 'reading');
  const read = { train: newCounts(), test: newCounts() };
  try {
    const train = await evaluationSet(readLabelled(trainPath, format, read.train));
    const isSame = testPath === trainPath;
    if (isSame) read.test = read.train;
    const test = isSame ? train : await evaluationSet(readLabelled(testPath, format, read.test));
    replayContext(isSame ? [train] : [train, test]);
    printSkipped(basename(trainPath), read.train);
    if (!isSame) printSkipped(basename(testPath), read.test);
    const evaluation = evaluate(train, test, {
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
    if (isPrinted) process.stdout.write(text);
  } finally {
    bar.stop();
  }
}

function splitKind(text: string): SplitKind {
  const kind = SPLIT_KINDS.find((one) => one === text.trim());
  if (kind === undefined) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected splits of ${SPLIT_KINDS.join(', ')}, got ${text}.`,
    );
  }
  return kind;
}
