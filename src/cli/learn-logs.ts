import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { AlertforestError } from '../errors.ts';
import { studyPage } from '../evaluation/study-report.ts';
import { LogTimes } from '../logs/formats/log-times.ts';
import { alarmId } from '../logs/live/alarm-alert.ts';
import { logPackageOf, readLogPackage } from '../logs/log-package.ts';
import type { LogFile, LogOptions } from '../logs/open-logs.ts';
import { readLogs } from '../logs/read-logs.ts';
import type { Reading } from '../logs/reading-tally.ts';
import {
  ownLabels,
  type RowLabels,
  readLabelWindows,
  targetLabels,
  windowLabels,
} from '../logs/study/row-labels.ts';
import { alarmIdsOf, judgedAlerts, serviceLabels } from '../logs/study/service-labels.ts';
import { runStudy, type StudyOptions } from '../logs/study/study.ts';
import { eventRows } from '../logs/windows/join-records.ts';
import { LogTable } from '../logs/windows/log-table.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import type { LogReadingProgress } from './log-options.ts';
import { withApp } from './open-app.ts';
import { printStudy } from './print-study.ts';
import { progressBar } from './progress-bar.ts';
import { runFacts } from './run-facts.ts';
import { StagedOutputs } from './staged-outputs.ts';

export interface LearnFlags {
  readonly html?: string;
  readonly json?: string;
  readonly package: string;
  readonly seed: number;
  readonly target?: string;
  readonly labels?: string;
  readonly rest?: 'normal';
  readonly testFrom?: string;
  readonly embargo?: number;
  readonly holdOut?: string;
  readonly keep: readonly string[];
  readonly alarmsPerDay: number;
  readonly maxRows: number;
}

/** Word for `--labels` that means the judged alerts of the service, not a file. */
const SERVICE = 'service';
const DEFAULT_EMBARGO_MIN = 10;
const DEFAULT_ALARMS = 50;
const MAX_ROWS = 1_000_000;
/** Long texts that no column is made of; entities and few words are what is learned from. */
const UNUSED = ['url.original', 'user_agent.original', 'http.request.referrer', 'connection.history'];

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0');
  return value;
};

const atLeastZero = (text: string): number => (text === '0' ? 0 : positive(text));

/** What a person says about labels and the test. */
export function addLearnOptions(command: Command): Command {
  return command
    .option('--target <column>', 'column of the label, or COLUMN=word,word for the words of attacks')
    .option(
      '--labels <file>',
      'CSV start,end,source.ip,destination.ip,label: rows in a window are its attack; service: what was said of alerts',
    )
    .option('--rest <label>', 'what rows without a label are: normal', (text: string) => {
      if (text !== 'normal') throw new InvalidArgumentError('expected normal');
      return 'normal' as const;
    })
    .option('--test-from <time>', 'when the test part begins; without it the last third is the test')
    .option(
      '--embargo <minutes>',
      `left out before the test (default: ${DEFAULT_EMBARGO_MIN}, 0 with --test-from)`,
      atLeastZero,
    )
    .option('--hold-out <column=values>', 'kinds that nobody shall have seen, such as attack=smurf,neptune')
    .option(
      '--keep <column>',
      'learn from a column that looks like a leak; may be given again',
      (name: string, all: readonly string[]) => [...all, name],
      [] as readonly string[],
    )
    .option('--alarms-per-day <n>', 'a second cut: so many alarms on a calm day', positive, DEFAULT_ALARMS)
    .option(
      '--max-rows <n>',
      'rows to learn from at most; attacks of rare kinds all stay',
      positive,
      MAX_ROWS,
    );
}

/** Raw logs of any format to a judged package. */
export async function learnLogs(
  files: readonly LogFile[],
  flags: LearnFlags,
  options: LogOptions,
  reader: LogReadingProgress,
): Promise<void> {
  const subject = files.map(({ path }) => (path === '-' ? 'stdin' : basename(path))).join(', ');
  const table = new LogTable({ skip: UNUSED });
  const lines: number[] = [];
  const judged =
    flags.labels === SERVICE ? await withApp((app) => judgedAlerts(app.judging.judgedAlerts())) : [];
  const raised = alarmIdsOf(judged);
  const alarms = new Map<string, number>();
  const events = eventRows((files[0] as LogFile).format, (row) => {
    if (raised.size > 0) {
      const id = alarmId(row);
      if (raised.has(id)) alarms.set(id, table.n);
    }
    table.add(row);
    lines.push(row.line);
  });
  const reading = await readLogs(files, {
    ...options,
    onRow: (row, isRepeated) => events.add(row, isRepeated),
    onProgress: reader.onProgress,
  });
  events.end();
  const isRestNormal = flags.rest === 'normal';
  const labels =
    flags.labels === SERVICE
      ? serviceLabels(table, judged, alarms, isRestNormal)
      : await labelsOf(table, flags);
  const bar = progressBar(1000, 'learning');
  try {
    const outcome = runStudy(table, {
      ...studyOptions(flags, options, reading, labels),
      lines: Float64Array.from(lines),
      onProgress: (stage, progress) => bar.update(Math.round(1000 * progress), stage),
    });
    bar.stop();
    const { manifest, files: packed } = logPackageOf(outcome, reading, options.map);
    const report = { subject, run: runFacts(), reading, ...outcome.result, manifest };
    const staged = new StagedOutputs();
    try {
      await readLogPackage(await staged.folder(flags.package, packed));
      if (flags.json !== undefined)
        await staged.file(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
      if (flags.html !== undefined) await staged.file(flags.html, await studyPage(report, flags.package));
      staged.commit();
    } finally {
      staged.discard();
    }
    printStudy(report, flags.package);
  } finally {
    bar.stop();
  }
}

/** @throws AlertforestError REQUEST_INVALID where nothing says what is an attack */
async function labelsOf(table: LogTable, { labels, target, rest }: LearnFlags): Promise<RowLabels> {
  if (labels !== undefined) {
    const text = await readFile(labels, 'utf8').catch((cause: unknown) => {
      throw new AlertforestError('REQUEST_INVALID', `Cannot read the labels ${labels}.`, { cause });
    });
    return windowLabels(table, readLabelWindows(text, labels), rest === 'normal');
  }
  const own = target === undefined ? ownLabels(table) : targetLabels(table, target);
  if (own === undefined) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Nothing says what is an attack: name a column with --target COLUMN[=words], or windows with --labels windows.csv.',
    );
  }
  if (rest === 'normal')
    own.attack.forEach((value, i) => {
      if (value === -1) own.attack[i] = 0;
    });
  return own;
}

function studyOptions(
  flags: LearnFlags,
  options: LogOptions,
  reading: Reading,
  labels: RowLabels,
): Omit<StudyOptions, 'lines'> {
  const { seed, testFrom, embargo, holdOut, keep, alarmsPerDay, maxRows, target } = flags;
  const testFromMs = testFrom === undefined ? undefined : timeOf(testFrom, options);
  const at = holdOut?.indexOf('=') ?? -1;
  if (holdOut !== undefined && at < 1)
    throw new AlertforestError('REQUEST_INVALID', `Expected --hold-out COLUMN=VALUE,..., got ${holdOut}.`);
  return {
    seed,
    costs: DEFAULT_POLICY.costs,
    labels,
    reading,
    keep: new Set(keep),
    alarmsPerDay,
    maxRows,
    embargoMs: 60_000 * (embargo ?? (testFrom === undefined ? DEFAULT_EMBARGO_MIN : 0)),
    ...(target === undefined ? {} : { target: target.split('=')[0] as string }),
    ...(testFromMs === undefined ? {} : { testFromMs }),
    ...(holdOut === undefined
      ? {}
      : { holdOut: { column: holdOut.slice(0, at), values: holdOut.slice(at + 1).split(',') } }),
  };
}

function timeOf(text: string, options: LogOptions): number {
  const at = new LogTimes('--test-from', options).any(text);
  if (typeof at === 'number') return at;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `Expected --test-from to be a time such as 2026-03-02T15:02:00Z, got ${text}.`,
  );
}
