import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { readingPage } from '../../evaluation/reading-html.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { type QualityReport, qualityReport } from '../../intake/quality.ts';
import type { LogFile, UnknownFile } from '../../logs/open-logs.ts';
import { payloadsOf } from '../../logs/payload-file.ts';
import { readLogs } from '../../logs/read-logs.ts';
import type { Reading } from '../../logs/reading-tally.ts';
import { encodingOption } from '../encoding-option.ts';
import { addLogOptions, type LogFlags, LogReadingProgress, logOptions } from '../log-options.ts';
import { shownQuality } from '../output/figure-tables.ts';
import { count } from '../output/show.ts';
import { printReading } from '../print-reading.ts';
import { runFacts } from '../run-facts.ts';
import { checkOutputs, StagedOutputs } from '../staged-outputs.ts';
import { unknownFormat } from '../unknown-format.ts';

/** Unreadable lines that are named; all are counted. */
const MAX_SHOWN = 20;
/** Records beside the rows that are looked at for alerts. */
const MAX_OTHERS = 20_000;

interface QualityFlags extends LogFlags {
  readonly as?: 'logs' | 'alerts';
  readonly json?: string;
  readonly html?: string;
  readonly quiet?: boolean;
}

interface AlertQuality extends QualityReport {
  readonly unreadable_lines: number;
}

export function addQualityCommand(program: Command): void {
  const command = program
    .command('quality')
    .description('data-quality report over raw logs, or over alerts in any formats mixed')
    .argument(
      '<files...>',
      'raw logs of one format, rotated files in any order, or alerts; packed or not; - is stdin',
    )
    .option('--json <file>', 'write the report as JSON; - is stdout')
    .option('--html <file>', 'write what was read of raw logs as a page')
    .addOption(
      new Option('--as <kind>', 'what the files hold, instead of looking').choices(['logs', 'alerts']),
    )
    .option('--quiet', 'no summary line')
    .addOption(encodingOption());
  addLogOptions(command).action(runQuality);
}

async function runQuality(paths: readonly string[], flags: QualityFlags): Promise<void> {
  const { json, html } = flags;
  await checkOutputs(
    [
      ...(json === undefined || json === '-' ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
    ],
    paths,
  );
  if (flags.as === 'alerts') return reportAlerts(paths, flags, undefined);
  const options = await logOptions(flags);
  const progress = new LogReadingProgress();
  const files = await progress.open(paths, options);
  const unknown = files.find((file): file is UnknownFile => !('format' in file));
  if (unknown !== undefined) {
    const known = files.find((file) => 'format' in file);
    if (flags.as === 'logs' || known !== undefined) throw unknownFormat(unknown);
    return reportAlerts(paths, flags, unknown);
  }
  const others: unknown[] = [];
  const reading = await readLogs(files as LogFile[], {
    ...options,
    onOther: (record) => {
      if (others.length < MAX_OTHERS) others.push(record);
    },
    onProgress: progress.onProgress,
  });
  const alerts = flags.as === 'logs' ? undefined : alertsAmong(others);
  const report = { reading, ...(alerts && { alerts }) };
  await write(flags, `${JSON.stringify(report, undefined, 2)}\n`, reading, paths);
  if (flags.json === '-') return;
  printReading(reading);
  if (alerts !== undefined)
    console.log(`\n${alerts.read} of the other records are alerts; --as alerts reports all of them`);
}

/** What intake reads among records that are no rows; undefined where it recognises none. */
function alertsAmong(others: readonly unknown[]): QualityReport | undefined {
  if (others.length === 0) return undefined;
  const report = qualityReport(others, { receivedAtMs: Date.now() });
  return report.read > 0 && report.recognised_share > 0 ? report : undefined;
}

async function write(
  { json, html }: QualityFlags,
  text: string,
  reading: Reading,
  paths: readonly string[],
): Promise<void> {
  const staged = new StagedOutputs();
  try {
    if (json === '-') process.stdout.write(text);
    else if (json !== undefined) await staged.file(json, text);
    if (html !== undefined) {
      const subject = paths.map((path) => (path === '-' ? 'stdin' : basename(path))).join(', ');
      await staged.file(html, await readingPage({ subject, reading, run: runFacts() }));
    }
    staged.commit();
  } finally {
    staged.discard();
  }
}

async function reportAlerts(
  paths: readonly string[],
  flags: QualityFlags,
  unknown: UnknownFile | undefined,
): Promise<void> {
  const { json, encoding } = flags;
  const payloads: unknown[] = [];
  let nUnreadable = 0;
  for (const path of paths) {
    // the standard input has been looked at and can be read once
    const input = unknown?.path === path && path === '-' ? unknown.input : undefined;
    for await (const item of payloadsOf(path, { encoding, input })) {
      if ('problem' in item) {
        nUnreadable++;
        if (nUnreadable <= MAX_SHOWN) console.error(`line ${item.line}: ${item.problem}`);
      } else {
        payloads.push(...unwrapEnvelope(item.payload));
      }
    }
  }
  const alerts = qualityReport(payloads, { receivedAtMs: Date.now() });
  const report: AlertQuality = { unreadable_lines: nUnreadable, ...alerts };
  const text = JSON.stringify(report, undefined, 2);
  if (json !== undefined && json !== '-') {
    const staged = new StagedOutputs();
    try {
      await staged.file(json, `${text}\n`);
      staged.commit();
    } finally {
      staged.discard();
    }
  }
  console.log(json === undefined && process.stdout.isTTY ? shownQuality(report) : text);
  if (!flags.quiet)
    console.error(`${count(report.read, 'alert')} read, ${report.rejected + nUnreadable} not readable`);
  if (report.read + report.skipped === 0) {
    console.error(`REQUEST_INVALID: Nothing was read of ${paths.join(', ')}.`);
    process.exitCode = 1;
  }
  if (unknown !== undefined && report.recognised_share === 0) console.error(unknownFormat(unknown).message);
}
