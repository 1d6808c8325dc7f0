import { basename } from 'node:path';
import type { Command } from 'commander';
import { AlertforestError } from '../../errors.ts';
import { labPage } from '../../evaluation/lab-report.ts';
import { formatWords, looksLike } from '../../evaluation/readers/looks-like.ts';
import { PACKAGE_FILES, packageOf, readPackage } from '../../logs/lab-package.ts';
import { runLab } from '../../logs/lab-pipeline.ts';
import type { LabOutcome } from '../../logs/lab-result.ts';
import { scoreLive } from '../../logs/live-scoring.ts';
import { openText } from '../../logs/open-text.ts';
import { readRawLogs } from '../../logs/raw-log.ts';
import { DEFAULT_POLICY } from '../../policy/policy.ts';
import { parseSeed } from '../parse-seed.ts';
import { printLabSummary } from '../print-lab-summary.ts';
import { progressBar } from '../progress-bar.ts';
import { runFacts } from '../run-facts.ts';
import { checkOutputs, StagedOutputs } from '../staged-outputs.ts';

interface PipelineFlags {
  readonly html?: string;
  readonly json?: string;
  readonly package: string;
  readonly seed: number;
}

export function addPipelineCommand(program: Command): void {
  program
    .command('pipeline')
    .description(
      'raw security logs -> quality -> cleaning -> features -> tournament -> threshold -> package -> live scoring',
    )
    .argument('<logs>', 'CSV, gzip is understood; - is stdin')
    .option('--html <file>', 'write a self-contained report')
    .option('--json <file>', 'write the figures as JSON')
    .option('--package <folder>', 'where the model and its manifest go', 'alertforest-package')
    .option('--seed <n>', 'seed of the held-out quarter, the folds and the learners', parseSeed, 1)
    .action(runPipeline);
}

async function runPipeline(path: string, flags: PipelineFlags): Promise<void> {
  const { html, json, package: folder, seed } = flags;
  await checkOutputs(
    [
      { flag: '--package', path: folder, replaces: PACKAGE_FILES },
      ...(json === undefined ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    [path],
  );
  const guess = await looksLike(path);
  if (guess !== undefined && guess !== 'logs') {
    const where = guess === 'document' ? '' : ', which the command evaluate reads';
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${path} to hold raw logs, it looks like ${formatWords(guess)}${where}.`,
    );
  }
  const name = path === '-' ? 'stdin' : basename(path);
  const bar = progressBar(1000, 'reading');
  try {
    const logs = await readRawLogs(openText(path), path);
    const outcome = runLab(logs, {
      seed,
      costs: DEFAULT_POLICY.costs,
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.stop();
    await writeAll(outcome, name, flags);
  } finally {
    bar.stop();
  }
}

/** Package and reports appear together; the figures of live scoring come from the package as it will lie there. */
async function writeAll(outcome: LabOutcome, name: string, flags: PipelineFlags): Promise<void> {
  const { html, json, package: folder } = flags;
  const staged = new StagedOutputs();
  try {
    const aside = await staged.folder(folder, packageOf(outcome, name).files);
    const { manifest, classifier } = await readPackage(aside);
    const live = scoreLive(classifier, manifest.close_below, outcome.test, outcome.fit, outcome.outOfFold);
    const run = runFacts();
    const report = { subject: name, run, result: outcome.result, manifest, live };
    if (json !== undefined) await staged.file(json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (html !== undefined) await staged.file(html, await labPage({ ...report, folder }));
    staged.commit();
    printLabSummary(report, folder);
  } finally {
    staged.discard();
  }
}
