import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { AlertforestError } from '../../errors.ts';
import { evaluate, SPLIT_KINDS, type SplitKind } from '../../evaluation/evaluate.ts';
import { evaluationPage } from '../../evaluation/evaluation-report.ts';
import { evaluationSet } from '../../evaluation/evaluation-set.ts';
import { FORMATS, type Format, newCounts, readLabelled } from '../../evaluation/readers/read-labelled.ts';
import { parseSeed } from '../parse-seed.ts';
import { progressBar } from '../progress-bar.ts';
import { writeWhole } from '../write-whole.ts';

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
  const splits = flags.splits === 'none' ? [] : flags.splits.split(',').map(splitKind);
  const bar = progressBar(1000, 'reading');
  try {
    const trainCounts = newCounts();
    const testCounts = newCounts();
    const train = await evaluationSet(readLabelled(flags.train, flags.format, trainCounts));
    const test =
      flags.test === flags.train
        ? train
        : await evaluationSet(readLabelled(flags.test, flags.format, testCounts));
    const evaluation = evaluate(train, test, {
      seed: flags.seed,
      splits,
      withAblation: flags.ablation ?? false,
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.update(1000, 'done');
    bar.stop();
    const report = {
      train: flags.train,
      test: flags.test,
      read: { train: trainCounts, test: testCounts },
      ...evaluation,
    };
    const json = `${JSON.stringify(report, undefined, 2)}\n`;
    if (flags.json === undefined || flags.json === '-') process.stdout.write(json);
    else await writeWhole(flags.json, json);
    if (flags.html !== undefined) {
      await writeWhole(
        flags.html,
        await evaluationPage(evaluation, `${basename(flags.train)} → ${basename(flags.test)}`),
      );
    }
    for (const [name, counts] of [
      ['train', trainCounts],
      ['test', testCounts],
    ] as const) {
      if (counts.skipped > 0)
        console.error(`${name}: ${counts.skipped} rows left out: ${JSON.stringify(counts.reasons)}`);
      for (const example of counts.examples) console.error(`  ${example}`);
    }
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
