import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { hasCode } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { SkippedAlert } from '../../intake/skipped-alert.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import { encodingOption } from '../encoding-option.ts';
import { withApp } from '../open-app.ts';
import { checkOutputs, StagedOutputs } from '../staged-outputs.ts';

export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .description('score alerts from JSON lines or CSV; verdicts go out as JSON lines')
    .argument('<file>', 'alerts in any known format: JSON, lines, a table; packed or not; - is stdin')
    .addOption(encodingOption())
    .option('--out <file>', 'where to write the verdicts; stdout when left out')
    .option('--explain <n>', 'add the n largest contributions', '0')
    .action(async (file: string, options: ScoreFlags) => {
      const explain = Number(options.explain);
      if (options.out !== undefined) await checkOutputs([{ flag: '--out', path: options.out }], [file]);
      await withApp((app) => scoreTo(file, options, (payload) => app.predicting.score(payload, explain)));
    });
}

interface ScoreFlags extends PayloadFileOptions {
  readonly out?: string;
  readonly explain: string;
}

type Score = (payload: unknown) => Promise<unknown>;

async function scoreTo(file: string, flags: ScoreFlags, score: Score): Promise<void> {
  const { out } = flags;
  if (out === undefined) {
    await scoreFile(file, flags, process.stdout, score);
    return;
  }
  const staged = new StagedOutputs();
  try {
    const sink = createWriteStream(staged.place(out));
    // Held at once: the error of a full disk must find a listener whenever it comes.
    const written = finished(sink);
    written.catch(() => {});
    await scoreFile(file, flags, sink, score);
    sink.end();
    await written;
    staged.commit();
  } finally {
    staged.discard();
  }
}

async function scoreFile(
  file: string,
  options: PayloadFileOptions,
  sink: NodeJS.WritableStream,
  score: Score,
): Promise<void> {
  let nScored = 0;
  let nFailed = 0;
  let nSkipped = 0;
  for await (const item of payloadsOf(file, options)) {
    if ('problem' in item) {
      nFailed++;
      const problem = { line: item.line, error: item.problem };
      if (!sink.write(`${JSON.stringify(problem)}\n`)) await once(sink, 'drain');
      continue;
    }
    for (const alert of unwrapEnvelope(item.payload)) {
      const one = await scoreOne(alert, item.line, score);
      if ('error' in one) nFailed++;
      else if ('skipped' in one) nSkipped++;
      else nScored++;
      if (!sink.write(`${JSON.stringify(one)}\n`)) await once(sink, 'drain');
    }
  }
  const skipped = nSkipped === 0 ? '' : `, ${nSkipped} no alerts`;
  console.error(`${nScored} scored, ${nFailed} not readable${skipped}`);
  if (nScored + nSkipped === 0 && nFailed > 0) process.exitCode = 1;
}

/** A verdict, or why there is none; an outage is thrown. */
async function scoreOne(alert: unknown, line: number, score: Score): Promise<object> {
  try {
    return (await score(alert)) as object;
  } catch (error) {
    if (error instanceof SkippedAlert) return { line, skipped: error.skip };
    if (!hasCode(error, 'ALERT_INVALID')) throw error;
    return { line, error: error.message, issues: error.issues };
  }
}
