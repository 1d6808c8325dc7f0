import { basename } from 'node:path';
import type { Command } from 'commander';
import { labPage } from '../../evaluation/lab-report.ts';
import { readPackage, scoreLive, writePackage } from '../../logs/lab-package.ts';
import { type LabResult, runLab } from '../../logs/lab-pipeline.ts';
import { readRawLogs } from '../../logs/raw-log.ts';
import { DEFAULT_POLICY } from '../../policy/policy.ts';
import { parseSeed } from '../parse-seed.ts';
import { openInput } from '../payload-file.ts';
import { progressBar } from '../progress-bar.ts';
import { writeWhole } from '../write-whole.ts';

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
    .argument('<logs>', 'CSV, .gz is understood')
    .option('--html <file>', 'write a self-contained report')
    .option('--json <file>', 'write the figures as JSON')
    .option('--package <folder>', 'where the model and its manifest go', 'alertforest-package')
    .option('--seed <n>', 'seed of the held-out quarter, the folds and the learners', parseSeed, 1)
    .action(runPipeline);
}

async function runPipeline(path: string, flags: PipelineFlags): Promise<void> {
  const logs = await readRawLogs(openInput(path));
  for (const { line, reason } of logs.unreadable.slice(0, 10)) console.error(`line ${line}: ${reason}`);
  const bar = progressBar(1000, 'reading');
  try {
    const outcome = runLab(logs, {
      seed: flags.seed,
      costs: DEFAULT_POLICY.costs,
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.stop();
    await writePackage(flags.package, outcome);
    const { manifest, classifier } = await readPackage(flags.package);
    const live = scoreLive(classifier, manifest.close_below, outcome.test, outcome.fit);
    const report = { subject: basename(path), result: outcome.result, manifest, live };
    if (flags.json !== undefined) await writeWhole(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (flags.html !== undefined) await writeWhole(flags.html, await labPage(report));
    printSummary(outcome.result, flags.package);
  } finally {
    bar.stop();
  }
}

function printSummary(result: LabResult, folder: string): void {
  const { quality, test, chosen, critical } = result;
  console.log(
    `${quality.rows} rows, ${quality.unreadableLines} unreadable, ${quality.duplicateRows} repeated, ${quality.attacks} attacks`,
  );
  for (const { column, missing, invalid } of quality.columns) {
    if (missing + invalid > 0) console.log(`  ${column}: ${missing} missing, ${invalid} invalid`);
  }
  for (const { what, why, count } of result.cleaning) console.log(`  ${what}: ${count} (${why})`);
  console.table(
    result.contestants.map(({ name, roc_auc, average_precision, cost, won }) => ({
      contestant: name,
      'ROC-AUC': roc_auc.toFixed(5),
      'average precision': average_precision.toFixed(5),
      'cost per log': cost.toFixed(2),
      won,
    })),
  );
  console.log(
    `held-out quarter, seed ${result.seed}: ROC-AUC ${test.roc_auc.toFixed(5)}, average precision ${test.average_precision.toFixed(5)}`,
  );
  console.log(
    `threshold ${chosen.close_below.toPrecision(3)}: ${chosen.closed} closed, ${chosen.missed_attacks} of ${test.attacks} attacks missed, ${critical.missed} of ${critical.attacks} critical; value ${Math.round(chosen.value)}`,
  );
  console.log(`package: ${folder}`);
}
