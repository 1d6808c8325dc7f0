import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LabourThreads } from '../../evaluation/labour/labour-threads.ts';
import { FORMATS } from '../../evaluation/readers/formats.ts';
import { SPLIT_KINDS, type SplitKind } from '../../evaluation/split-kinds.ts';
import { integer } from '../parse-number.ts';
import { parseSeed } from '../parse-seed.ts';
import type { EvaluateFlags } from '../run-evaluation.ts';
import { checkOutputs } from '../staged-outputs.ts';

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
  const { train, test, json, html } = flags;
  await checkOutputs(
    [
      ...(json === undefined || json === '-' ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    [train, test],
  );
  // the other threads load what they need while this one does
  const threads = new LabourThreads(flags.threads);
  try {
    const { runEvaluation } = await import('../run-evaluation.ts');
    await runEvaluation(flags, threads);
  } finally {
    await threads.close();
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
