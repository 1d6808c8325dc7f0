import { basename } from 'node:path';
import { evaluate } from '../evaluation/evaluate.ts';
import { evaluationSet } from '../evaluation/evaluation-set.ts';
import type { LabourThreads } from '../evaluation/labour/labour-threads.ts';
import type { Format } from '../evaluation/readers/formats.ts';
import { readLabelled } from '../evaluation/readers/read-labelled.ts';
import { replayContext } from '../evaluation/replay-context.ts';
import type { SplitKind } from '../evaluation/split-kinds.ts';
import { newCounts } from '../logs/skip-counts.ts';
import { shownEvaluation } from './output/figure-tables.ts';
import { count } from './output/show.ts';
import { printSkipped } from './print-skipped.ts';
import { progressBar } from './progress-bar.ts';
import { runFacts } from './run-facts.ts';
import { writeTogether } from './staged-outputs.ts';

export interface EvaluateFlags {
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

/** The command `evaluate`, once its outputs are known to be writable: reads, fits, measures and reports. */
export async function runEvaluation(flags: EvaluateFlags, threads: LabourThreads): Promise<void> {
  const { train: trainPath, test: testPath, format, seed, splits, json, html } = flags;
  const isPrinted = json === undefined || json === '-';
  const bar = progressBar(1000, 'reading', flags.quiet);
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
    const pageOf = async (): Promise<string> => {
      const { evaluationPage } = await import('../evaluation/evaluation-report.ts');
      const names = { train: basename(trainPath), test: basename(testPath) };
      return evaluationPage({ evaluation, ...names, read, run });
    };
    await writeTogether([
      ...(isPrinted ? [] : [{ path: json, text }]),
      ...(html === undefined ? [] : [{ path: html, text: await pageOf() }]),
    ]);
    if (json === undefined && process.stdout.isTTY) console.log(shownEvaluation(evaluation));
    else if (isPrinted) process.stdout.write(text);
    if (!flags.quiet)
      console.error(
        `macro F1 ${evaluation.macro_f1.toFixed(4)} on ${count(evaluation.alerts, 'alert')}, learned from ${evaluation.fit_alerts}`,
      );
  } finally {
    bar.stop();
  }
}
