import { once } from 'node:events';
import { AlertforestError } from '../errors.ts';
import { logDrift } from '../logs/log-drift.ts';
import { checkSameFormat, type LogPackage, readLogPackage } from '../logs/log-package.ts';
import type { LogFile, LogOptions } from '../logs/open-logs.ts';
import { readLogs } from '../logs/read-logs.ts';
import { isoTime } from '../logs/reading-tally.ts';
import { RowJudge } from '../logs/score-logs.ts';
import { deriveFeatures } from '../logs/windows/derive.ts';
import { eventRows } from '../logs/windows/join-records.ts';
import { eventsOf } from '../logs/windows/log-events.ts';
import { LogTable } from '../logs/windows/log-table.ts';
import { type LogFlags, LogReadingProgress, logOptions } from './log-options.ts';
import { writeOut } from './staged-outputs.ts';
import { unknownFormat } from './unknown-format.ts';

export interface ScorePackageFlags extends LogFlags {
  readonly package: string;
  readonly cut: string;
  readonly out?: string;
  readonly explain: number;
  readonly quiet?: boolean;
}

/** The cut that a package has by this name. */
export function cutOf({ manifest }: LogPackage, name: string): LogPackage['manifest']['cuts'][number] {
  const cut = manifest.cuts.find((one) => one.name === name);
  if (cut !== undefined) return cut;
  const names = manifest.cuts.map((one) => one.name).join(', ');
  throw new AlertforestError('REQUEST_INVALID', `Expected --cut to be one of ${names}, got ${name}.`);
}

/** A package's own map reads its kind of table again, unless another is given. */
export function withMap({ manifest }: LogPackage, options: LogOptions): LogOptions {
  const { map } = manifest.input;
  return options.map === undefined && map !== null ? { ...options, map } : options;
}

/** Scores raw logs of the format that a package learned from; one JSON line a row, in the order of the lines. */
export async function scorePackage(path: string, flags: ScorePackageFlags): Promise<void> {
  const pack = await readLogPackage(flags.package);
  const cut = cutOf(pack, flags.cut);
  const options = withMap(pack, await logOptions(flags));
  const reader = new LogReadingProgress();
  const [file] = await reader.open([path], options);
  if (file === undefined || !('format' in file)) throw unknownFormat(file!);
  checkSameFormat(pack.manifest, file);
  let summary = '';
  await writeOut(flags.out, async (sink) => {
    summary = await writeScores(pack, cut, file, options, flags.explain, reader, sink);
  });
  if (!flags.quiet) console.error(summary);
}

async function writeScores(
  pack: LogPackage,
  cut: { readonly score: number; readonly with_detectors: boolean },
  file: LogFile,
  options: LogOptions,
  nTop: number,
  reader: LogReadingProgress,
  sink: NodeJS.WritableStream,
): Promise<string> {
  const { plan, training, input } = pack.manifest;
  const table = new LogTable({ only: columnsOf(pack) });
  const lines: number[] = [];
  const rows = eventRows(file.format, (row) => {
    table.add(row);
    lines.push(row.line);
  });
  const reading = await readLogs([file], {
    ...options,
    onRow: (row, isRepeated) => rows.add(row, isRepeated),
    onProgress: reader.onProgress,
  });
  rows.end();
  const events = eventsOf(table, input.time_is === 'end' ? 'end' : 'start');
  const derived = deriveFeatures(table, events, plan);
  const judge = new RowJudge(pack, cut, nTop);
  const scores = judge.scores(derived);
  let nAlarms = 0;
  for (let i = 0; i < table.n; i++) {
    const at = table.time[i] as number;
    const row = judge.judge(derived, events, scores, i, {
      line: lines[i] as number,
      time: Number.isNaN(at) ? null : isoTime(at),
    });
    if (row.alarm) nAlarms++;
    if (!sink.write(`${JSON.stringify(row)}\n`)) await once(sink, 'drain');
  }
  const width = derived.names.length;
  const drift = logDrift(training, (f) =>
    Float64Array.from({ length: table.n }, (_, i) => derived.X[i * width + f] as number),
  );
  return `${table.n} rows scored, ${nAlarms} alarms, ${reading.quality.skipped_lines} lines not readable; drift ${drift.status}: ${drift.shifted} of ${drift.columns} columns shifted`;
}

/** Entities, what failures are told by, and the columns of the plan. */
export function columnsOf({ manifest: { plan } }: LogPackage): string[] {
  return [...plan.numbers, ...plan.words.map(({ column }) => column), ...EVENT_COLUMNS];
}

const EVENT_COLUMNS = [
  'duration_ms',
  'source.ip',
  'source.address',
  'destination.ip',
  'destination.address',
  'host.name',
  'event.provider',
  'user.name',
  'destination.port',
  'source.bytes',
  'destination.bytes',
  'source.packets',
  'destination.packets',
  'connection.state',
  'event.action',
  'event.outcome',
  'http.response.status_code',
  'src2dst_rst_packets',
  'dst2src_rst_packets',
];
