import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Command } from 'commander';
import { hasCode } from '../../errors.ts';
import { withApp } from '../open-app.ts';
import { payloadsOf } from '../payload-file.ts';

export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .description('score alerts from JSON lines or CSV; verdicts go out as JSON lines')
    .argument('<file>', 'alerts, any known format, one a line; .csv and .gz are understood; - is stdin')
    .option('--out <file>', 'where to write the verdicts; stdout when left out')
    .option('--explain <n>', 'add the n largest contributions', '0')
    .action(async (file: string, options: { out?: string; explain: string }) => {
      const explain = Number(options.explain);
      await withApp((app) => scoreFile(file, options.out, (payload) => app.score(payload, explain)));
    });
}

/** Verdicts are written to a file beside and moved at the end, so that an interrupted run leaves no half result. */
async function scoreFile(
  file: string,
  out: string | undefined,
  score: (payload: unknown) => Promise<unknown>,
): Promise<void> {
  const aside = out === undefined ? undefined : `${out}.part`;
  const sink = aside === undefined ? process.stdout : createWriteStream(aside);
  let nScored = 0;
  let nFailed = 0;
  for await (const item of payloadsOf(file)) {
    let result: unknown;
    if ('problem' in item) {
      result = { line: item.line, error: item.problem };
      nFailed++;
    } else {
      try {
        result = await score(item.payload);
        nScored++;
      } catch (error) {
        if (!hasCode(error, 'ALERT_INVALID')) throw error;
        result = { line: item.line, error: error.message, issues: error.issues };
        nFailed++;
      }
    }
    if (!sink.write(`${JSON.stringify(result)}\n`)) await once(sink, 'drain');
  }
  if (aside !== undefined && out !== undefined) {
    sink.end();
    await once(sink, 'finish');
    await rename(aside, out);
  }
  console.error(`${nScored} scored, ${nFailed} not readable`);
}
